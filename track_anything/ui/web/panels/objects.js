// The panel at the right: the objects, and what can be done with the selected one.

import { button, el, fill } from "../elements/dom.js";
import { icon } from "../elements/icons.js";
import { KeyedList } from "../elements/keyed_list.js";
import { changesSection } from "./changes.js";
import { cleanUpSection } from "./clean_up.js";
import { edgesSection } from "./edges.js";
import { objectClassSection } from "./object_class.js";
import { ObjectActions } from "./object_actions.js";
import { ObjectRow } from "./object_row.js";

/** @import { Page } from "../main.js" */

/** Build the panel. @param {Element} element @param {Page} page */
export function mountObjects(element, page) {
  const { store, actions, texts } = page;
  const words = texts.objects;
  const list = el("ul", { className: "ta-objects", role: "listbox", "aria-label": words.title });
  const hint = el("p", { className: "ta-hint" }, words.none);
  const rows = new KeyedList(list, (object) => new ObjectRow(page, object));
  const everything = button({
    label: words.everything, icon: "grid", className: "ta-wide", id: "ta-everything",
    onclick: () => actions.everything.find(),
  });
  const named = el("input", { type: "text", className: "ta-text", id: "ta-words", maxLength: 200, placeholder: words.wordsSuch, "aria-label": words.words });
  const find = button({ label: words.find, className: "ta-small", id: "ta-find-words" });
  find.type = "submit";
  const detect = button({ label: words.detect, className: "ta-small", onclick: () => actions.everything.find({ detect: true, words: named.value }), id: "ta-detect" });
  detect.title = words.detectTip;
  /** @type {HTMLInputElement} */
  const boxes = el("input", {
    type: "file", className: "ta-visually-hidden", id: "ta-boxes", accept: ".json",
    onchange: () => {
      const [file] = boxes.files ?? [];
      if (file) actions.everything.findInBoxes(file);
      boxes.value = ""; // the same may be chosen again, for another frame
    },
  });
  const fromFile = el("label", { className: "ta-button", htmlFor: boxes.id, title: `${words.boxes}: ${words.boxesTip}` }, boxes, icon("boxes"));
  boxes.setAttribute("aria-label", words.boxes);
  const byName = el(
    "form",
    {
      className: "ta-buttons",
      onsubmit: (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        if (named.value.trim()) actions.everything.find({ words: named.value });
      },
    },
    named,
    find,
    detect,
  );
  fill(
    element,
    el(
      "aside",
      { className: "ta-panel ta-objects-panel" },
      el(
        "div",
        { className: "ta-panel-head" },
        el("h2", {}, words.title),
        button({ label: words.add, icon: "plus", key: "A", className: "ta-small", onclick: () => actions.addObject(), id: "ta-add-object" }),
      ),
      hint,
      list,
      objectClassSection(page),
      new ObjectActions(page).element,
      changesSection(page),
      cleanUpSection(page),
      edgesSection(page),
      el("section", { className: "ta-find", "aria-label": words.find }, byName),
      el("div", { className: "ta-foot" }, everything, fromFile),
    ),
  );
  store.subscribe(["project", "objectId", "hidden", "solo"], ({ project }) => {
    const objects = project?.objects ?? [];
    hint.hidden = objects.length > 0;
    rows.update(objects);
    everything.disabled = !project;
    find.disabled = !project;
    named.disabled = !project;
    detect.disabled = !project;
    boxes.disabled = !project;
  });
}
