// What lies on the server's machine: a path to be typed, and folders to be looked into.

import { button, el, fill, onEnter } from "../elements/dom.js";
import { icon } from "../elements/icons.js";

/** @import { IconName } from "../elements/icons.js" */
/** @import { Page } from "../main.js" */
/** @import { Place } from "../state/wire.js" */

/** @type {Record<Place["kind"], IconName>} */
const ICONS = { folder: "folder", images: "images", project: "flag", video: "film" };

/** The section of the dialog. @param {Page} page */
export function placesList({ store, actions, texts }) {
  const roots = store.state.home?.roots ?? [];
  const top = roots.length === 1 ? roots[0] : "";
  const words = texts.open;
  const path = el("input", {
    type: "text", className: "ta-text", id: "ta-path", spellcheck: false, autocomplete: "off", placeholder: words.pathExample, "aria-label": words.path,
  });
  const list = el("ul", { className: "ta-places", "aria-label": words.places });
  const open = (/** @type {string} */ text) => text && actions.opening.openPath(text);
  path.onkeydown = onEnter(() => open(path.value.trim()));

  /** @param {string} folder @returns {Promise<void>} */
  async function look(folder) {
    /** @type {Place[] | undefined} */
    const found = await actions.attempt(() => actions.opening.list(folder));
    if (!found) return;
    const up = folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) : "";
    fill(
      list,
      folder !== top ? place({ path: up, kind: "folder" }, words.up(folder)) : null,
      found.length === 0 ? el("li", { className: "ta-hint" }, words.emptyFolder) : null,
      found.map((one) => place(one, one.path.slice(one.path.lastIndexOf("/") + 1))),
    );
  }

  /** @param {Place} place @param {string} name */
  function place({ path: text, kind }, name) {
    const act = () => (kind === "folder" ? look(text) : open(text));
    const made = el("button", { type: "button", className: "ta-place", title: words.kinds[kind], onclick: act }, icon(ICONS[kind]), el("span", {}, name));
    made.dataset.kind = kind;
    return el("li", {}, made);
  }

  look(top);
  return el(
    "section",
    { className: "ta-server-files" },
    el("h3", {}, words.path),
    el("div", { className: "ta-path" }, path, button({ label: words.openPath, onclick: () => open(path.value.trim()), id: "ta-open-path" })),
    list,
  );
}
