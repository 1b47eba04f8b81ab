// What cut-outs are seen over: a checker, black, white, or a colour of one's own. There while they are shown.

import { el } from "../elements/dom.js";
import { RECIPES } from "../state/views.js";

/** @import { Store } from "../state/store.js" */
/** @import { CanvasTexts } from "./stage_bars.js" */

const GREEN = "#00b140"; // of studios; what exports over a colour begin with
const FIXED = ["checker", "#000000", "#ffffff"];

/** The choice, in the line below the picture. @param {Store} store @param {CanvasTexts} texts */
export function backdropChoice(store, texts) {
  const words = texts.backdrops;
  const own = el("input", { type: "color", className: "ta-colour", value: GREEN, id: "ta-backdrop-colour", "aria-label": words.colour });
  const choice = el(
    "select",
    { className: "ta-select", id: "ta-backdrop", "aria-label": words.label, title: words.label },
    [...FIXED, "own"].map((value) => el("option", { value }, words.names[value])),
  );
  choice.onchange = () => store.set({ backdrop: choice.value === "own" ? own.value : choice.value });
  own.oninput = () => store.set({ backdrop: own.value });
  const element = el("div", { className: "ta-stage-backdrop", role: "group", "aria-label": words.label }, choice, own);
  store.subscribe(["view", "backdrop"], ({ view, backdrop }) => {
    element.hidden = RECIPES[view].mode !== "cut";
    choice.value = FIXED.includes(backdrop) ? backdrop : "own";
    own.hidden = choice.value !== "own";
  });
  return element;
}
