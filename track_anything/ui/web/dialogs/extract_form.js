// Which objects and frames are handed out, and how their alpha is made: what exports and removals share.

import { el } from "../elements/dom.js";

/** @import { Page } from "../main.js" */

/**
 * The line of choices; `withAlpha` says whether alpha makes a difference, and `withShadows` whether what goes with an
 * object is chosen with it.
 * @param {Page} page
 * @param {{ withAlpha: boolean, withShadows: boolean }} how
 */
export function extractForm({ store, texts }, { withAlpha, withShadows }) {
  const words = texts.exporting;
  const { exportObjects, exportRange, matte, home } = store.state;
  const { project } = store;
  const ticks = project.objects.map(({ id, name, owner }) => {
    const tick = el("input", { type: "checkbox", checked: exportObjects?.has(id) ?? true, value: String(id), onchange: keepObjects });
    return { id, owner, tick, label: el("label", { className: "ta-field" }, tick, name) };
  });
  /** @param {Event} event */
  function keepObjects({ target }) {
    const changed = /** @type {HTMLInputElement} */ (target);
    const going = ticks.filter(({ owner }) => withShadows && owner === Number(changed.value));
    for (const { tick } of going) tick.checked = changed.checked;
    if (!ticks.some(({ tick }) => tick.checked)) for (const tick of [changed, ...going.map((one) => one.tick)]) tick.checked = true; // nothing at all cannot be exported
    const ticked = ticks.filter(({ tick }) => tick.checked).map(({ tick }) => Number(tick.value));
    store.set({ exportObjects: ticked.length === ticks.length ? null : new Set(ticked) });
  }
  /**
   * @param {string} id
   * @param {string} label
   * @param {string[][]} options
   * @param {string} chosen
   * @param {(value: string) => void} keep
   */
  const select = (id, label, options, chosen, keep) => {
    const made = el(
      "select",
      { className: "ta-select", id, "aria-label": label, onchange: () => keep(made.value) },
      options.map(([value, text]) => el("option", { value, selected: value === chosen }, text)),
    );
    return el("label", { className: "ta-field" }, el("span", { className: "ta-dim" }, label), made);
  };
  const spans = [["", words.all], ...(project.range ? [["range", words.range(project.range)]] : [])];
  const alphas = [["", texts.edges.tracked], ...(home?.mattes ?? []).map((one) => [one, texts.edges.mattes[one] ?? one])];
  const keepRange = (/** @type {string} */ value) => store.set({ exportRange: value === "range" });
  const keepAlpha = (/** @type {string} */ value) => store.set({ matte: value || null });
  return el(
    "div",
    { className: "ta-extract" },
    ticks.length > 1 ? el("div", { className: "ta-buttons" }, el("span", { className: "ta-dim" }, words.objects), ticks.map(({ label }) => label)) : null,
    el(
      "div",
      { className: "ta-buttons" },
      select("ta-export-frames", words.frames, spans, exportRange && project.range ? "range" : "", keepRange),
      withAlpha ? select("ta-export-alpha", texts.edges.alpha, alphas, matte ?? "", keepAlpha) : null,
    ),
  );
}
