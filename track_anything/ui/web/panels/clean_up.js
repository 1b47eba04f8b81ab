// How the masks of the selected object are cleaned wherever they are shown or exported; what is tracked stays as it is.

import { button, el } from "../elements/dom.js";

/** @import { Page } from "../main.js" */
/** @import { CleanUp } from "../state/wire.js" */

const AREAS = [0, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000]; // pixels; a slider goes through the places
/** @type {CleanUp} */
const NOTHING = { holes: 0, islands: 0, smooth: 0, grow: 0 };
/**
 * A slider: its places, and the values that they stand for.
 *
 * @typedef {object} Scale
 * @property {number} min
 * @property {number} max
 * @property {number} step
 * @property {(place: number) => number} valueAt
 * @property {(value: number) => number} placeOf
 */

/** @type {Record<keyof CleanUp, Scale>} */
const SCALES = {
  holes: { min: 0, max: AREAS.length - 1, step: 1, valueAt: (place) => AREAS[place], placeOf: placeOfArea },
  islands: { min: 0, max: AREAS.length - 1, step: 1, valueAt: (place) => AREAS[place], placeOf: placeOfArea },
  smooth: { min: 0, max: 20, step: 0.5, valueAt: (place) => place, placeOf: (value) => value },
  grow: { min: -20, max: 20, step: 0.5, valueAt: (place) => place, placeOf: (value) => value },
};

/** The section of the panel. @param {Page} page */
export function cleanUpSection({ store, actions, texts }) {
  const words = texts.cleanUp;
  const names = /** @type {(keyof CleanUp)[]} */ (Object.keys(SCALES));
  const sliders = names.map((name) => {
    const { min, max, step } = SCALES[name];
    const input = el("input", {
      type: "range", min: String(min), max: String(max), step: String(step), className: "ta-band", id: `ta-clean-${name}`,
      "aria-label": words[name], oninput: () => preview(), onchange: () => keep(asked()),
    });
    const shown = el("output", { className: "ta-dim ta-number" });
    const line = el("label", { className: "ta-field", title: words.tips[name] }, el("span", { className: "ta-dim" }, words[name]), input, shown);
    return { name, input, shown, line };
  });
  const on = el("span", { className: "ta-dim" });
  const reset = button({ label: words.reset, className: "ta-small", onclick: () => keep(NOTHING), id: "ta-clean-reset" });
  const section = el(
    "details",
    { className: "ta-fold ta-edges", id: "ta-clean-up" },
    el("summary", {}, words.title, " ", on),
    el("div", { className: "ta-fold-lines" }, sliders.map(({ line }) => line), el("div", { className: "ta-buttons" }, reset)),
  );

  const asked = () => {
    const values = { ...NOTHING };
    for (const { name, input } of sliders) values[name] = SCALES[name].valueAt(Number(input.value));
    return values;
  };

  /** While a slider is dragged the masks are shown as they would be. */
  function preview() {
    store.set({ cleanUp: { objectId: store.state.objectId, ...asked() } });
  }

  /** @param {CleanUp} values */
  async function keep(values) {
    const { objectId } = store.state;
    await actions.edit({ kind: "set_clean_up", object_id: objectId, ...values });
    store.set({ cleanUp: null });
  }

  store.subscribe(["project", "objectId", "cleanUp"], ({ objectId, cleanUp }) => {
    const object = store.object(objectId);
    section.hidden = !object;
    if (!object) return;
    const dragged = cleanUp?.objectId === objectId ? cleanUp : null;
    const values = dragged ?? object.clean_up;
    on.textContent = names.some((name) => values[name] !== 0) ? words.on : "";
    reset.disabled = on.textContent === "";
    for (const { name, input, shown } of sliders) {
      if (!dragged) input.value = String(SCALES[name].placeOf(values[name])); // not under the dragging hand
      shown.textContent = words.value[name](values[name]);
    }
  });
  return section;
}

/** The place of an area, or of the nearest smaller one that the slider has. @param {number} area */
function placeOfArea(area) {
  return AREAS.findLastIndex((one) => one <= area);
}
