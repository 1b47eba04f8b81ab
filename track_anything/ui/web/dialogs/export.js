// Exporting: a form, a job, a download.

import { deliveryStatus } from "./delivery_status.js";
import { extractForm } from "./extract_form.js";
import { namesForm } from "./names_form.js";
import { button, el, fill } from "../elements/dom.js";
import { isOnItsWay, makesFile } from "../state/store.js";
import { byteSize } from "../texts/numbers.js";

/** @import { Page } from "../main.js" */
/** @import { ExportedFile } from "../state/wire.js" */

/** What the dialog holds. @param {Page} page @param {AbortSignal} signal */
export function exportDialog(page, signal) {
  const { store, actions, texts } = page;
  const words = texts.exporting;
  const files = el("ul", { className: "ta-files" });
  const made = el("section", {}, el("h3", {}, words.files), files);
  const groups = groupsOf(store.state.home?.forms ?? [], words);
  const body = el(
    "div",
    {},
    el("p", { className: "ta-lead" }, words.lead),
    extractForm(page, { withAlpha: true, withShadows: false }),
    namesForm(page),
    groups.map(({ title, forms }) => el("section", {}, el("h3", {}, title), el("ul", { className: "ta-forms" }, forms.map(card)))),
    made,
  );

  /** @param {string} form */
  function card(form) {
    const [name, meaning] = words.forms[form] ?? [form, ""];
    return el(
      "li",
      {},
      el("div", {}, el("strong", {}, name), el("span", { className: "ta-dim" }, meaning)),
      button({ label: `${words.start} ${name}`, face: words.start, className: "ta-export-form ta-small", onclick: () => actions.exporting.start(form), id: `ta-export-${form}` }),
    );
  }

  /** @param {string} name @param {string} shown @param {string} className */
  const link = (name, shown, className) =>
    el("a", { href: actions.exporting.addressOf(name), download: name, className }, shown);
  /** @type {string | null} */
  let listed = null;
  const list = async () => {
    /** @type {ExportedFile[]} */
    const found = (await actions.attempt(() => actions.exporting.list())) ?? [];
    made.hidden = found.length === 0;
    fill(
      files,
      found.map(({ name, size, manifest }) =>
        el(
          "li",
          {},
          link(name, name, "ta-download"),
          el("span", { className: "ta-spring" }),
          manifest ? link(manifest, words.manifest, "ta-manifest") : null,
          el("span", { className: "ta-dim ta-number" }, byteSize(size)),
        ),
      ),
    );
  };
  store.subscribe(["job"], ({ job }) => {
    for (const one of /** @type {NodeListOf<HTMLButtonElement>} */ (body.querySelectorAll(".ta-export-form"))) one.disabled = isOnItsWay(job);
    const state = job && makesFile(job) ? `${job.id} ${job.status}` : "";
    if (state !== listed) list();
    listed = state;
  }, signal);
  signal.addEventListener("abort", () => actions.exporting.dismiss());
  return { title: words.title, body, foot: deliveryStatus(page, signal, { kind: "export" }) };
}

/**
 * Title and forms of every group with forms that are offered; what belongs to none comes last.
 * @param {string[]} offered
 * @param {Page["texts"]["exporting"]} words
 */
function groupsOf(offered, words) {
  const placed = new Set(words.groups.flatMap(([, forms]) => forms));
  const others = offered.filter((form) => !placed.has(form));
  /** @type {[title: string, forms: string[]][]} */
  const groups = [...words.groups, [words.otherForms, others]];
  return groups.map(([title, forms]) => ({ title, forms: forms.filter((form) => offered.includes(form)) })).filter(({ forms }) => forms.length > 0);
}
