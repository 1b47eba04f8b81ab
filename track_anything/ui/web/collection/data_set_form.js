// Handing a collection out: in which form, with which share for validation, and what was made before.

import { button, el, fill } from "../elements/dom.js";
import { isOnItsWay } from "../state/store.js";
import { byteSize } from "../texts/numbers.js";

/** @import { Page } from "../main.js" */

const SHARES = [0, 0.1, 0.2, 0.3];

/** The line of the page. @param {Page} page @param {AbortSignal} signal */
export function dataSetForm({ store, actions, texts }, signal) {
  const words = texts.collection;
  /** @param {string} id @param {string} label @param {string} tip @param {[value: string, text: string][]} options */
  const select = (id, label, tip, options) => {
    const made = el("select", { className: "ta-select", id, title: tip }, options.map(([value, text]) => el("option", { value }, text)));
    return { made, field: el("label", { className: "ta-field" }, el("span", { className: "ta-dim" }, label), made) };
  };
  const forms = store.state.collection?.forms ?? [];
  const form = select("ta-data-set-form", words.form, words.form, forms.map((name) => [name, texts.collection.forms[name] ?? name]));
  form.made.value = "ytvis";
  const shares = SHARES.map((share) => /** @type {[string, string]} */ ([String(share), `${Math.round(100 * share)} %`]));
  const share = select("ta-data-set-share", words.validation, words.validationTip, shares);
  const all = el("input", { type: "checkbox", id: "ta-data-set-all" });
  const write = button({
    label: words.handOut,
    onclick: () => actions.collecting.handOut({ form: form.made.value, validation: Number(share.made.value), all: all.checked }),
    id: "ta-data-set",
  });
  const log = el("a", { className: "ta-button", href: "/api/collection/log", download: "", title: words.logTip, id: "ta-edit-log" }, words.log);
  const files = el("ul", { className: "ta-files" });
  const made = el("details", { className: "ta-fold" }, el("summary", {}, words.made), files);
  store.subscribe(["collection"], ({ collection }) => {
    if (!collection) return;
    const { data_set: newest, videos } = collection;
    const isWriting = isOnItsWay(newest);
    write.disabled = isWriting || videos.every(({ objects }) => objects === 0);
    fill(/** @type {Element} */ (write.querySelector("span")), isWriting ? words.writing : words.handOut);
    made.hidden = collection.files.length === 0;
    fill(files, collection.files.map(({ name, size }) =>
      el("li", {}, el("a", { className: "ta-download", href: `/api/collection/exports/${encodeURIComponent(name)}`, download: name }, name), el("span", { className: "ta-dim" }, byteSize(size))),
    ));
  }, signal);
  return el(
    "div",
    { className: "ta-collection-export" },
    el(
      "div",
      { className: "ta-collection-bar", role: "group", "aria-label": words.handOut },
      form.field, share.field, el("label", { className: "ta-check", title: words.unfinishedTip }, all, words.unfinished), write, log,
    ),
    made,
  );
}
