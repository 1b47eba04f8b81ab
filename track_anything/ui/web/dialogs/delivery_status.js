// How far an export or removal is, at the foot of its dialog; and what is asked before it begins.

import { button, el, fill } from "../elements/dom.js";

/** @import { Page } from "../main.js" */
/** @import { State } from "../state/store.js" */
/** @import { Job, JobKind } from "../state/wire.js" */

/**
 * The foot for jobs of a kind; `idle` is an element that is seen while nothing is done or asked, or null.
 * @param {Page} page
 * @param {AbortSignal} signal
 * @param {{ kind: JobKind, idle?: HTMLElement | null }} what
 */
export function deliveryStatus({ store, actions, texts }, signal, { kind, idle = null }) {
  const status = el("div", { className: "ta-export-status", role: "status" });
  const foot = el("div", { className: "ta-delivery" }, status, idle);
  store.subscribe(["job", "lackingAsked"], ({ job, lackingAsked }) => {
    const told = job?.kind === kind ? shownJob(job, actions, texts) : null;
    const shown = lackingAsked !== null ? question(lackingAsked, actions, texts) : told;
    fill(status, shown);
    foot.classList.toggle("ta-asking", lackingAsked !== null);
  }, signal);
  return foot;
}

/** @param {NonNullable<State["lackingAsked"]>} asked @param {Page["actions"]} actions @param {Page["texts"]} texts */
function question({ lacking, proceed }, actions, texts) {
  const words = texts.exporting;
  const lines = lacking.flatMap(({ name, missing, stale, all }) => [
    missing > 0 ? words.missing(name, missing, all) : null,
    stale > 0 ? words.stale(name, stale, all) : null,
  ]);
  return [
    el("div", { className: "ta-question", role: "alert" }, lines.filter(Boolean).map((line) => el("p", {}, line))),
    el(
      "div",
      { className: "ta-buttons" },
      button({ label: words.trackAndExport, className: "ta-primary", onclick: () => actions.exporting.trackFirst(proceed), id: "ta-track-and-export" }),
      button({ label: words.exportAnyway, onclick: () => actions.exporting.goOn(proceed), id: "ta-export-anyway" }),
      button({ label: texts.cancel, className: "ta-link", onclick: () => actions.exporting.dismiss() }),
    ),
  ];
}

/** @param {Job} job @param {Page["actions"]} actions @param {Page["texts"]} texts */
function shownJob(job, actions, texts) {
  const words = texts.job;
  if (job.status === "done") return el("p", { className: "ta-good" }, words.done[job.kind], ". ", job.notes.map((note) => el("span", { className: "ta-note" }, sentence(note))));
  if (job.status === "failed") return el("p", { className: "ta-error-line" }, words.failed(job.error));
  if (job.status === "cancelled") return el("p", { className: "ta-dim" }, words.cancelled);
  const bar = el("progress", { className: "ta-progress", max: 1, "aria-label": words.stages[job.stage] });
  if (job.total) bar.value = job.done / job.total;
  const facts = [words.count(job.done, job.total), job.eta !== null ? words.left(job.eta) : null].filter(Boolean);
  return el(
    "div",
    { className: "ta-buttons" },
    el("span", {}, words.stages[job.stage]),
    bar,
    el("span", { className: "ta-dim ta-number" }, facts.join(" · ")),
    button({ label: words.cancel, className: "ta-small", onclick: () => actions.control("cancel") }),
  );
}

/** A note as a sentence, so that several do not run together. @param {string} note */
function sentence(note) {
  const begun = note[0].toUpperCase() + note.slice(1);
  return /[.!?]$/.test(begun) ? `${begun} ` : `${begun}. `;
}
