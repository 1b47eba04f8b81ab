// @ts-nocheck
// Exporting and removing: a form, a job, a download.

import { button, el, fill } from "../elements/dom.js";
import { removalForm } from "../panels/removal_form.js";
import { isOnItsWay, makesFile } from "../state/store.js";
import { byteSize } from "../texts/texts.js";

/** What the dialog holds. */
export function exportDialog({ store, actions, texts }, signal) {
  const words = texts.exporting;
  const forms = store.state.home?.forms ?? [];
  const status = el("div", { className: "ta-export-status", role: "status" });
  const files = el("ul", { className: "ta-files" });
  const body = el(
    "div",
    {},
    el("p", { className: "ta-lead" }, words.lead),
    extractForm(store, texts),
    status,
    el(
      "ul",
      { className: "ta-forms" },
      forms.map((form) => {
        const [name, meaning] = words.forms[form] ?? [form, ""];
        return el(
          "li",
          {},
          el("div", {}, el("strong", {}, name), el("span", { className: "ta-dim" }, meaning)),
          button({ label: `${words.start} ${name}`, face: words.start, className: "ta-export-form ta-small", onclick: () => actions.exporting.start(form), id: `ta-export-${form}` }),
        );
      }),
    ),
    removalForm({ store, actions, texts }, signal),
    el("h3", {}, words.files),
    files,
  );
  const link = (name, shown, className) =>
    el("a", { href: actions.exporting.addressOf(name), download: name, className }, shown);
  let listed = null;
  const list = async () => {
    const made = (await actions.attempt(() => actions.exporting.list())) ?? [];
    fill(
      files,
      made.length === 0 ? el("li", { className: "ta-hint" }, words.noFiles) : null,
      made.map(({ name, size, manifest }) =>
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
    const isMaking = makesFile(job);
    for (const one of body.querySelectorAll(".ta-export-form")) one.disabled = isOnItsWay(job);
    fill(status, isMaking ? shownJob(job, actions, texts) : null);
    const state = isMaking ? `${job.id} ${job.status}` : "";
    if (state !== listed) list();
    listed = state;
  }, signal);
  return { title: words.title, body };
}

/** Which objects and frames, and how alpha is made. */
function extractForm(store, texts) {
  const words = texts.exporting;
  const { project, exportObjects, exportRange, matte, home } = store.state;
  const ticks = project.objects.map(({ id, name }) => {
    const tick = el("input", { type: "checkbox", checked: exportObjects?.has(id) ?? true, value: String(id), onchange: keepObjects });
    return { tick, label: el("label", { className: "ta-field" }, tick, name) };
  });
  function keepObjects({ target }) {
    if (!ticks.some(({ tick }) => tick.checked)) target.checked = true; // nothing at all cannot be exported
    const ticked = ticks.filter(({ tick }) => tick.checked).map(({ tick }) => Number(tick.value));
    store.set({ exportObjects: ticked.length === ticks.length ? null : new Set(ticked) });
  }
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
  return el(
    "div",
    { className: "ta-buttons ta-extract" },
    ticks.length > 1 ? el("span", { className: "ta-dim" }, words.objects) : null,
    ticks.length > 1 ? ticks.map(({ label }) => label) : null,
    select("ta-export-frames", words.frames, spans, exportRange ? "range" : "", (value) => store.set({ exportRange: value === "range" })),
    select("ta-export-alpha", texts.edges.alpha, alphas, matte ?? "", (value) => store.set({ matte: value || null })),
  );
}

function shownJob(job, actions, texts) {
  const words = texts.job;
  if (job.status === "done") return el("p", { className: "ta-good" }, `${words.done[job.kind]}. ${job.notes.join(" ")}`);
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
