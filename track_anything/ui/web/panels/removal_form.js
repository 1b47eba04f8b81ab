// @ts-nocheck
// How objects are removed from the picture: how wide the hole is, and what is made up in it.

import { button, el } from "../elements/dom.js";
import { isOnItsWay } from "../state/store.js";

/** The section of the dialog; objects and frames are those of the export. */
export function removalForm({ store, actions, texts }, signal) {
  const words = texts.removal;
  const { home, removal } = store.state;
  const offered = home?.removal ?? { dilation: {}, feather: {}, unseen: [] };
  const pixels = (name) =>
    el("input", {
      type: "number", min: "0", max: String(offered[name].most), step: "1", required: true, className: "ta-text ta-pixels",
      value: String(removal?.[name] ?? offered[name].usual), id: `ta-remove-${name}`,
    });
  const [dilation, feather] = [pixels("dilation"), pixels("feather")];
  const unseen = el(
    "select",
    { className: "ta-select", id: "ta-remove-unseen" },
    offered.unseen.map((one) => el("option", { value: one, selected: one === removal?.unseen }, words.methods[one] ?? one)),
  );
  const remove = button({ label: words.start, className: "ta-small", onclick: () => start(), id: "ta-remove" });
  const field = (label, input, { tip, unit } = {}) =>
    el("label", { className: "ta-field", title: tip }, el("span", { className: "ta-dim" }, label), input, unit ? el("span", { className: "ta-dim" }, unit) : null);

  function start() {
    if (![dilation, feather].every((one) => one.reportValidity())) return;
    actions.exporting.remove({ dilation: Number(dilation.value), feather: Number(feather.value), unseen: unseen.value });
  }

  store.subscribe(["job"], ({ job }) => {
    remove.disabled = isOnItsWay(job);
  }, signal);
  return el(
    "section",
    { className: "ta-removal", "aria-label": words.title },
    el("h3", {}, words.title),
    el("p", { className: "ta-dim" }, words.lead),
    el(
      "div",
      { className: "ta-buttons" },
      field(words.dilation, dilation, { tip: words.dilationTip, unit: texts.pixels }),
      field(words.feather, feather, { tip: words.featherTip, unit: texts.pixels }),
      field(words.unseen, unseen),
      el("span", { className: "ta-spring" }),
      remove,
    ),
  );
}
