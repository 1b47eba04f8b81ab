// @ts-nocheck
// How the masks of the selected object are cleaned wherever they are shown or exported; what is tracked stays as it is.

import { button, el } from "../elements/dom.js";

const AREAS = [0, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000]; // pixels; a slider goes through the places
const NOTHING = { holes: 0, islands: 0, smooth: 0, grow: 0 };
const SCALES = {
  holes: { min: 0, max: AREAS.length - 1, step: 1, valueAt: (place) => AREAS[place], placeOf: placeOfArea },
  islands: { min: 0, max: AREAS.length - 1, step: 1, valueAt: (place) => AREAS[place], placeOf: placeOfArea },
  smooth: { min: 0, max: 20, step: 0.5, valueAt: (place) => place, placeOf: (value) => value },
  grow: { min: -20, max: 20, step: 0.5, valueAt: (place) => place, placeOf: (value) => value },
};

/** The section of the panel. */
export function cleanUpSection({ store, actions, texts }) {
  const words = texts.cleanUp;
  const sliders = Object.entries(SCALES).map(([name, { min, max, step }]) => {
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
    sliders.map(({ line }) => line),
    el("div", { className: "ta-buttons" }, reset),
  );

  const asked = () => Object.fromEntries(sliders.map(({ name, input }) => [name, SCALES[name].valueAt(Number(input.value))]));

  /** While a slider is dragged the masks are shown as they would be. */
  function preview() {
    store.set({ cleanUp: { objectId: store.state.objectId, ...asked() } });
  }

  async function keep(values) {
    const { objectId } = store.state;
    await actions.edit({ kind: "set_clean_up", object_id: objectId, ...values });
    store.set({ cleanUp: null });
  }

  store.subscribe(["project", "objectId", "cleanUp"], ({ objectId, cleanUp }) => {
    const object = store.object(objectId);
    section.hidden = !object;
    if (!object) return;
    const isDragged = cleanUp?.objectId === objectId;
    const values = isDragged ? cleanUp : object.clean_up;
    on.textContent = Object.keys(NOTHING).some((name) => values[name] !== 0) ? words.on : "";
    reset.disabled = on.textContent === "";
    for (const { name, input, shown } of sliders) {
      if (!isDragged) input.value = String(SCALES[name].placeOf(values[name])); // not under the dragging hand
      shown.textContent = words.value[name](values[name]);
    }
  });
  return section;
}

/** The place of an area, or of the nearest smaller one that the slider has. */
function placeOfArea(area) {
  return AREAS.findLastIndex((one) => one <= area);
}
