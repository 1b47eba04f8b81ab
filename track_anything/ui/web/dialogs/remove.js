// Removing objects from the picture: which, how wide the hole is, and what is made up in it.

import { deliveryStatus } from "./delivery_status.js";
import { extractForm } from "./extract_form.js";
import { button, el } from "../elements/dom.js";
import { isOnItsWay } from "../state/store.js";

/** @import { Page } from "../main.js" */
/** @import { Offered } from "../state/wire.js" */

const NOTHING = /** @type {Partial<Offered>} */ ({}); // until it is known what is offered
const BEST_LOOKING = "exemplar"; // of what no frame shows, where it can be had

/** What the dialog holds. @param {Page} page @param {AbortSignal} signal */
export function removeDialog(page, signal) {
  const { store, actions, texts } = page;
  const words = texts.removal;
  const { home, removal } = store.state;
  /** @type {Record<"dilation" | "feather", Partial<Offered>> & { unseen: string[] }} */
  const offered = home?.removal ?? { dilation: NOTHING, feather: NOTHING, unseen: [] };
  const pixels = (/** @type {"dilation" | "feather"} */ name) =>
    el("input", {
      type: "number", min: "0", max: String(offered[name].most), step: "1", required: true, className: "ta-text ta-pixels",
      value: String(removal?.[name] ?? offered[name].usual), id: `ta-remove-${name}`,
    });
  const [dilation, feather] = [pixels("dilation"), pixels("feather")];
  const chosen = removal?.unseen ?? (offered.unseen.includes(BEST_LOOKING) ? BEST_LOOKING : offered.unseen[0]);
  const unseen = el(
    "select",
    { className: "ta-select", id: "ta-remove-unseen" },
    offered.unseen.map((one) => el("option", { value: one, selected: one === chosen }, words.methods[one] ?? one)),
  );
  const remove = button({ label: words.start, icon: "remove", className: "ta-primary", onclick: () => start(), id: "ta-remove" });
  /** @param {string} label @param {HTMLElement} input @param {{ tip?: string, unit?: string }} [more] */
  const field = (label, input, { tip, unit } = {}) =>
    el("label", { className: "ta-field", title: tip }, el("span", { className: "ta-dim" }, label), input, unit ? el("span", { className: "ta-dim" }, unit) : null);

  function start() {
    if (![dilation, feather].every((one) => one.reportValidity())) return;
    actions.exporting.remove({ dilation: Number(dilation.value), feather: Number(feather.value), unseen: unseen.value });
  }

  store.subscribe(["job"], ({ job }) => {
    remove.disabled = isOnItsWay(job);
  }, signal);
  signal.addEventListener("abort", () => actions.exporting.dismiss());
  const body = el(
    "div",
    { className: "ta-removal" },
    el("p", { className: "ta-lead" }, words.lead),
    extractForm(page, { withAlpha: false, withShadows: true }),
    el(
      "div",
      { className: "ta-buttons" },
      field(words.unseen, unseen),
      field(words.dilation, dilation, { tip: words.dilationTip, unit: texts.pixels }),
      field(words.feather, feather, { tip: words.featherTip, unit: texts.pixels }),
    ),
  );
  return { title: words.title, body, foot: deliveryStatus(page, signal, { kind: "removal", idle: remove }) };
}
