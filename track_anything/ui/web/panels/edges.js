// How alpha is made along outlines: the way to make mattes, and the band in which the selected object's is sought.

import { el } from "../elements/dom.js";

/** @import { Page } from "../main.js" */
/** @import { ViewName } from "../state/views.js" */

const WIDEST = 120; // pixels; more is for the command line

/** The section of the panel. @param {Page} page */
export function edgesSection({ store, actions, texts }) {
  const words = texts.edges;
  /** @type {HTMLSelectElement} */
  const matte = el(
    "select",
    { className: "ta-select", id: "ta-matte", "aria-label": words.alpha, onchange: () => store.set({ matte: matte.value || null }) },
  );
  /** @type {HTMLInputElement} */
  const width = el("input", {
    type: "range", min: "1", max: String(WIDEST), step: "1", className: "ta-band", id: "ta-band", "aria-label": words.band,
    oninput: () => preview(),
    onchange: () => keep(),
  });
  let viewBefore = /** @type {ViewName} */ ("overlay"); // the view that a drag left
  const shown = el("output", { className: "ta-dim ta-number" });
  const section = el(
    "section",
    { className: "ta-edges", "aria-label": words.title },
    el("label", { className: "ta-field", title: words.alphaTip }, el("span", { className: "ta-dim" }, words.alpha), matte),
    el("label", { className: "ta-field", title: words.bandTip }, el("span", { className: "ta-dim" }, words.band), width, shown),
  );

  /** While it is dragged the trimap is shown: what the band leaves unknown. */
  function preview() {
    if (store.state.band === null) viewBefore = store.state.view;
    store.set({ band: { objectId: store.state.objectId, width: Number(width.value) }, view: "trimap" });
  }

  async function keep() {
    await actions.edit({ kind: "set_band", object_id: store.state.objectId, width: Number(width.value) });
    store.set({ band: null, view: store.state.view === "trimap" ? viewBefore : store.state.view });
  }

  store.subscribe(["home"], ({ home }) => {
    const option = (/** @type {string} */ value, /** @type {string} */ text) => el("option", { value }, text);
    matte.replaceChildren(option("", words.tracked), ...(home?.mattes ?? []).map((one) => option(one, words.mattes[one] ?? one)));
  });
  store.subscribe(["home", "matte"], (state) => {
    matte.value = state.matte ?? "";
  });
  store.subscribe(["project", "objectId", "band"], ({ objectId, band }) => {
    const object = store.object(objectId);
    section.hidden = !object;
    if (!object) return;
    const value = band?.objectId === objectId ? band.width : object.band;
    if (band === null) width.value = String(value); // not under the dragging hand
    shown.textContent = `${value} px`;
  });
  return section;
}
