// The keys: a table, so that the help sheet shows what is really bound.

import { listenWhileShown } from "../elements/dom.js";
import { texts } from "../texts/texts.js";
import { isClick } from "../state/tools.js";
import { VIEWS } from "../state/views.js";

/** @import { CanvasElement, CanvasHandle } from "../canvas/canvas.js" */
/** @import { Page } from "../main.js" */
/** @import { State } from "../state/store.js" */
/** @import { Tool } from "../state/tools.js" */

const keys = texts.keys;
/** @typedef {(page: Page) => unknown} Act */

/** @param {number} step @returns {Act} */
const seekBy = (step) => ({ actions, store }) => actions.seek(store.state.frame + step);
/** @param {Tool} name @returns {Act} */
const tool = (name) => ({ store }) => store.set({ tool: name });
const stage = () => /** @type {CanvasElement} */ (document.querySelector("[data-part=canvas]")).canvas;
/** @param {(canvas: CanvasHandle) => void} call @returns {Act} */
const canvas = (call) => () => call(stage());

/** @param {Page} page @param {number} factor */
function resizeBrush({ store }, factor) {
  const size = store.state.brushSize;
  const resized = Math.round(size * factor);
  store.set({ brushSize: Math.min(Math.max(resized === size ? size + Math.sign(factor - 1) : resized, 1), 400) });
}

/** @param {Page} page */
function leaveOff({ store, actions }) {
  const { dialog, project, pointIndex, corners } = store.state;
  stage().cancel();
  if (dialog) return project && store.set({ dialog: null });
  if (corners) return stage().polygon.drop();
  if (pointIndex !== null) return actions.prompting.selectPoint(null);
  actions.prompting.dismissCandidates();
  store.set({ selection: null });
  store.hush();
}

/** Whether a polygon is in progress. @param {State} state */
const draws = ({ corners }) => corners !== null;

/** Whether a collection is labelled. @param {State} state */
const labels = ({ collection }) => collection !== null;

/** Every key: [shown, group, meaning, matches(event), action(page)]. */
export const KEYS = [
  key(" ", keys.play, "play", ({ actions }) => actions.togglePlay(), { shown: "Space" }),
  key("ArrowLeft", keys.back, "play", seekBy(-1), { shown: "←" }),
  key("ArrowRight", keys.forward, "play", seekBy(1), { shown: "→" }),
  key("ArrowLeft", keys.back10, "play", seekBy(-10), { shift: true, shown: "Shift ←" }),
  key("ArrowRight", keys.forward10, "play", seekBy(10), { shift: true, shown: "Shift →" }),
  key("Home", keys.first, "play", ({ actions }) => actions.seek(0)),
  key("End", keys.last, "play", ({ actions, store }) => actions.seek((store.state.project?.video.frames ?? 1) - 1)),
  key("PageUp", keys.previousPrompt, "play", ({ actions }) => actions.jumpToMark(-1), { shown: "PgUp" }),
  key("PageDown", keys.nextPrompt, "play", ({ actions }) => actions.jumpToMark(1), { shown: "PgDn" }),
  key("n", keys.fix, "play", ({ actions }) => actions.nextToFix()),
  key("n", keys.nextVideo, "play", ({ actions }) => actions.collecting.next(), { shift: true, shown: "Shift N", when: labels }),
  key("d", keys.reviewed, "edit", ({ actions }) => actions.collecting.reviewed(), { when: labels }),
  key("i", keys.inPoint, "play", ({ actions }) => actions.setIn()),
  key("o", keys.outPoint, "play", ({ actions }) => actions.setOut()),
  ...Array.from({ length: 9 }, (_, place) =>
    key(String(place + 1), keys.object, "mark", selectNth(place), { shown: place === 0 ? "1 – 9" : null }),
  ),
  key("a", keys.newObject, "mark", ({ actions }) => actions.addObject()),
  key("c", keys.click, "mark", tool("plus")),
  key("x", keys.minus, "mark", tool("minus")),
  key("r", keys.brush, "mark", tool("brush")),
  key("e", keys.eraser, "mark", tool("eraser")),
  key("g", keys.lasso, "mark", tool("lasso")),
  key("p", keys.polygon, "mark", tool("polygon")),
  key("Enter", keys.closePolygon, "mark", canvas(({ polygon }) => polygon.close()), { when: draws }),
  key("Backspace", keys.dropCorner, "mark", canvas(({ polygon }) => polygon.back()), { when: draws, shown: "Backspace" }),
  key("z", keys.dropCorner, "mark", canvas(({ polygon }) => polygon.back()), { when: draws, control: "either", shown: null }),
  key("[", keys.smaller, "mark", (page) => resizeBrush(page, 0.8)),
  key("]", keys.larger, "mark", (page) => resizeBrush(page, 1.25)),
  key(".", keys.nextCandidate, "mark", ({ actions }) => actions.prompting.nextCandidate(), {
    when: ({ candidates, tool: held }) => candidates !== null && isClick(held),
  }),
  key("Delete", keys.deletePoint, "mark", ({ actions }) => actions.prompting.deletePoint(), {
    when: ({ pointIndex }) => pointIndex !== null,
    shown: "Del",
  }),
  key("Backspace", keys.deletePoint, "mark", ({ actions }) => actions.prompting.deletePoint(), {
    when: ({ pointIndex }) => pointIndex !== null,
    shown: null,
  }),
  key("Delete", keys.clear, "edit", ({ actions }) => actions.editHere("clear"), {
    when: ({ selection, pointIndex }) => selection !== null && pointIndex === null,
    shown: "Del",
  }),
  key("l", keys.lock, "edit", ({ actions }) => actions.toggleLock()),
  key("z", keys.undo, "edit", ({ actions }) => actions.undo(), { control: "either" }),
  key("z", keys.redo, "edit", ({ actions }) => actions.redo(), { shift: true, control: "either", shown: "Shift Z" }),
  key("f", keys.trackForward, "edit", ({ actions }) => actions.track("forward")),
  key("b", keys.trackBackward, "edit", ({ actions }) => actions.track("backward")),
  key("t", keys.trackBoth, "edit", ({ actions }) => actions.track("both")),
  key("s", keys.step, "edit", ({ actions }) => actions.step()),
  key("v", keys.nextView, "look", ({ store }) => store.set({ view: nextOf(VIEWS, store.state.view) })),
  key("h", keys.hide, "look", ({ actions, store }) => actions.toggleHidden(store.state.objectId)),
  key("0", keys.fit, "look", canvas((shown) => shown.fit())),
  key("+", keys.actual, "look", canvas((shown) => shown.actualSize()), { shift: "either", shown: "+" }),
  key("Escape", keys.escape, "look", leaveOff, { inDialogs: true, shown: "Esc" }),
  key("?", keys.help, "look", ({ store }) => store.set({ dialog: "help" }), { shift: "either" }),
];

/** Act on keys, except while somebody types or a dialog is open. @param {Page} page */
export function listenForKeys(page) {
  const anchor = /** @type {Element} */ (document.querySelector(".ta-editor"));
  listenWhileShown(anchor, document, "keydown", (event) => {
    const { state } = page.store;
    const bound = KEYS.find((entry) => entry.matches(event, state));
    if (!bound || isTyping(event) || pressesControl(event)) return;
    if (state.dialog && !bound.inDialogs) return;
    if (!state.project && !bound.inDialogs) return;
    event.preventDefault();
    bound.action(page);
  });
}

/**
 * What a key does, when, and what is said of it.
 *
 * @typedef {object} Options
 * @property {boolean | "either"} [shift]
 * @property {boolean | "either"} [control]
 * @property {(state: State) => boolean} [when]
 * @property {boolean} [inDialogs]
 * @property {string | null} [shown] as on the sheet of keys; null = not there
 */

/**
 * @param {string} name
 * @param {string} meaning
 * @param {"play" | "mark" | "edit" | "look"} group
 * @param {Act} action
 * @param {Options} [options]
 */
function key(name, meaning, group, action, options = {}) {
  const { shift = false, control = false, when = () => true, inDialogs = false } = options;
  const shown = options.shown === undefined ? upperCased(name) : options.shown;
  /** @param {KeyboardEvent} event @param {State} state */
  const matches = (event, state) => {
    const pressesCommand = event.ctrlKey || event.metaKey;
    /** @param {boolean | "either"} wanted @param {boolean} pressed */
    const fits = (wanted, pressed) => wanted === "either" || wanted === pressed;
    const isName = event.key === name || (name.length === 1 && event.key.toLowerCase() === name);
    return isName && !event.altKey && fits(shift, event.shiftKey) && fits(control, pressesCommand) && when(state);
  };
  return { shown, meaning, group, action, matches, inDialogs };
}

/** Letters as they stand on the keys; names as they are. @param {string} name */
function upperCased(name) {
  return name.length === 1 ? name.toUpperCase() : name;
}

/** @param {number} place @returns {Act} */
function selectNth(place) {
  return ({ actions, store }) => {
    const object = store.project.objects[place];
    if (object) actions.selectObject(object.id);
  };
}

/** @template T @param {readonly T[]} list @param {T} value */
function nextOf(list, value) {
  return list[(list.indexOf(value) + 1) % list.length];
}

/** The element that has the focus. @param {Event} event */
const focused = (event) => (event.target instanceof Element ? event.target : null);

/** @param {Event} event */
function isTyping(event) {
  return focused(event)?.closest("input:not([type=checkbox]):not([type=range]):not([type=color]), textarea, select, [contenteditable]");
}

/** Space and Enter on a focused button press that button. @param {KeyboardEvent} event */
function pressesControl(event) {
  return [" ", "Enter"].includes(event.key) && focused(event)?.closest("button, a, summary, input, select");
}
