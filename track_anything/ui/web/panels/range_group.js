// The in and out points: set at the shown frame, said in words, taken away.

import { button, el, setName } from "../elements/dom.js";

/** @import { Page } from "../main.js" */

/** The group of the bar. @param {Page} page */
export function rangeGroup({ store, actions, texts }) {
  const words = texts.range;
  const setIn = button({ label: words.setIn, icon: "in", key: "I", text: false, onclick: () => actions.setIn(), id: "ta-set-in" });
  const setOut = button({ label: words.setOut, icon: "out", key: "O", text: false, onclick: () => actions.setOut(), id: "ta-set-out" });
  const clear = button({ label: words.clear, icon: "close", text: false, className: "ta-bare", onclick: () => actions.setRange(null), id: "ta-clear-range" });
  const said = el("span", { className: "ta-dim ta-number", id: "ta-range" });
  const group = el("div", { className: "ta-group ta-range", role: "group", "aria-label": words.title }, setIn, said, setOut, clear);
  store.subscribe(["project"], ({ project }) => {
    const range = project?.range ?? null;
    for (const one of [setIn, setOut]) one.disabled = !project;
    said.hidden = clear.hidden = range === null;
    if (range === null) return;
    said.textContent = words.short(range);
    setName(said, words.long(range));
  });
  return group;
}
