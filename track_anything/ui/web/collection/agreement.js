// How far two labellers of the same videos agree, object by object, least first.

import { button, el, fill } from "../elements/dom.js";
import { isOnItsWay } from "../state/store.js";

/** @import { Page } from "../main.js" */

/** The fold of the page; hidden where there is nobody to compare with. @param {Page} page @param {AbortSignal} signal */
export function agreementFold({ store, actions, texts }, signal) {
  const words = texts.agreement;
  const title = el("summary", {});
  const status = el("p", { className: "ta-dim ta-number", role: "status" });
  const compare = button({ label: words.compare, onclick: () => actions.collecting.compare(), id: "ta-compare" });
  const notes = el("p", { className: "ta-hint" });
  const body = el("tbody", {});
  const heads = [words.video, words.object, "J", "F"].map((text) => el("th", { scope: "col" }, text));
  const table = el("table", { className: "ta-scores" }, el("thead", {}, el("tr", {}, heads)), body);
  table.title = words.measures;
  const fold = el("details", { className: "ta-fold", id: "ta-agreement" }, title, el("div", { className: "ta-collection-bar" }, compare, status), table, notes);
  let told = "";
  store.subscribe(["collection"], ({ collection }) => {
    const said = collection?.comparison ?? null;
    fold.hidden = said === null;
    if (said === null || JSON.stringify(said) === told) return;
    told = JSON.stringify(said);
    const { other, error, scores } = said;
    const isComparing = isOnItsWay(said);
    fill(title, words.title(other));
    compare.disabled = isComparing;
    status.classList.toggle("ta-error-line", error !== null);
    status.textContent = isComparing ? words.comparing : (error ?? (scores ? words.all(scores) : words.none));
    table.hidden = scores === null;
    fill(body, (scores?.objects ?? []).map((each) => {
      const open = el(
        "button",
        { type: "button", className: "ta-link", title: words.open(each.video, each.frame), onclick: () => actions.collecting.open(each.video, each) },
        each.video,
      );
      return el("tr", {}, el("td", {}, open), el("td", {}, each.name), score(each.j), score(each.f));
    }));
    notes.hidden = said.notes.length === 0;
    notes.textContent = said.notes.join(" · ");
  }, signal);
  return fold;
}

/** @param {number} value from 0 to 1 */
function score(value) {
  return el("td", { className: "ta-number" }, value.toFixed(3));
}
