// Masks of other programs: chosen, looked at with what they would become, and taken in.

import { button, el, fill, rgb } from "../elements/dom.js";
import { icon } from "../elements/icons.js";
import { isOnItsWay } from "../state/store.js";

/** @import { Properties } from "../elements/dom.js" */
/** @import { Page } from "../main.js" */
/** @import { ForeignObject, Incoming, MasksFound } from "../state/store.js" */

const READINGS = /** @type {const} */ (["", "labels", "binary", "soft", "alpha", "colours"]);

/** What the dialog holds. @param {Page} page @param {AbortSignal} signal */
export function importDialog(page, signal) {
  const { store, actions, texts } = page;
  const words = texts.importing;
  const { importing } = actions;
  const error = el("p", { className: "ta-error-line ta-alert", role: "alert", hidden: true });
  const found = el("div", {});
  const sending = el("div", { className: "ta-buttons", role: "status" });
  const take = button({ label: words.take, className: "ta-primary", onclick: () => importing.take(), id: "ta-import-take" });
  const foot = el("div", { className: "ta-delivery" }, sending, el("span", { className: "ta-spring" }), take);
  const body = el("div", {}, el("p", { className: "ta-lead" }, words.lead), chooser(page), error, found);
  store.subscribe(["incoming", "job", "project"], ({ incoming, job }) => {
    error.hidden = !incoming?.error;
    error.textContent = incoming?.error ?? "";
    fill(sending, told(incoming, words));
    take.disabled = incoming?.status !== "ready" || Boolean(incoming.error) || isOnItsWay(job);
  }, signal);
  /** @type {MasksFound | null} */
  let shown = null; // what was found when the table was made
  store.subscribe(["incoming"], ({ incoming }) => {
    if (shown === (incoming?.found ?? null)) return;
    shown = incoming?.found ?? null;
    fill(found, shown ? inspection(page, shown) : null);
  }, signal);
  return { title: words.title, body, foot };
}

/** @param {Page} page */
function chooser({ actions, texts }) {
  const words = texts.importing;
  /** @param {string} id @param {Properties<"input">} properties */
  const input = (id, properties) => {
    /** @type {HTMLInputElement} */
    const made = el("input", {
      type: "file", className: "ta-visually-hidden", id, ...properties,
      onchange: () => {
        actions.importing.send([...(made.files ?? [])]);
        made.value = ""; // the same may be chosen again
      },
    });
    return made;
  };
  const files = input("ta-masks-file", { accept: ".zip,.npy,.npz,.json,image/*,video/*", multiple: true });
  const folder = input("ta-masks-folder", { webkitdirectory: true });
  return el(
    "div",
    { className: "ta-buttons ta-choose" },
    el("label", { className: "ta-button", htmlFor: files.id }, files, icon("masks"), words.file),
    el("label", { className: "ta-button", htmlFor: folder.id }, folder, icon("folder"), words.folder),
    el("span", { className: "ta-dim" }, words.kinds),
  );
}

/** @param {Incoming | null} incoming @param {Page["texts"]["importing"]} words */
function told(incoming, words) {
  if (incoming?.status === "sending") {
    return [el("progress", { className: "ta-progress", max: 1, value: incoming.sent ?? 0, "aria-label": words.sending }), el("span", { className: "ta-dim" }, words.sending)];
  }
  if (incoming?.status === "looking") return [el("span", { className: "ta-spinner", "aria-hidden": "true" }), el("span", { className: "ta-dim" }, words.looking)];
  return null;
}

/** @param {Page} page @param {MasksFound} found */
function inspection(page, { name, kind, meaning, match, frames, first, last, objects, notes }) {
  const { store, actions, texts } = page;
  const words = texts.importing;
  const { how = {} } = store.state.incoming ?? {};
  /** @type {HTMLSelectElement} */
  const reading = el(
    "select",
    { className: "ta-select", id: "ta-import-reading", onchange: () => again() },
    READINGS.map((one) => el("option", { value: one, selected: one === (how.reading ?? "") }, words.readings[one])),
  );
  /** @type {HTMLInputElement} */
  const number = el("input", {
    type: "number", step: "1", className: "ta-text ta-pixels", id: "ta-import-first", placeholder: words.automatic, value: String(how.first_number ?? ""), onchange: () => again(),
  });
  const again = () =>
    actions.importing.inspect({ reading: reading.value || null, first_number: number.value === "" ? null : Number(number.value) });
  return [
    el(
      "div",
      { className: "ta-extract" },
      el("p", {}, el("strong", {}, name), ` · ${kind}${meaning ? ` · ${meaning}` : ""}`),
      el("p", { className: "ta-dim" }, words.frames(frames, match, first, last)),
      notes.map((note) => el("p", { className: "ta-dim" }, note)),
      el(
        "div",
        { className: "ta-buttons" },
        el("label", { className: "ta-field" }, el("span", { className: "ta-dim" }, words.reading), reading),
        el("label", { className: "ta-field", title: words.firstTip }, el("span", { className: "ta-dim" }, words.first), number),
      ),
    ),
    el(
      "table",
      { className: "ta-remap" },
      el("thead", {}, el("tr", {}, [words.object, words.onFrames, words.becomes].map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, objects.map((one) => row(page, one))),
    ),
  ];
}

/** @param {Page} page @param {ForeignObject} object */
function row({ store, actions, texts }, { foreign, name, frames }) {
  const words = texts.importing;
  const chosen = store.state.incoming?.choices?.get(foreign) ?? null;
  /** @type {HTMLSelectElement} */
  const target = el(
    "select",
    {
      className: "ta-select", "aria-label": words.becomesOf(name), dataset: { foreign: String(foreign) },
      onchange: () => actions.importing.choose(foreign, target.value === "" ? null : Number(target.value)),
    },
    el("option", { value: "", selected: chosen === null }, words.newObject),
    store.project.objects.map((object) => el("option", { value: String(object.id), selected: object.id === chosen }, object.name)),
  );
  const colour = store.object(chosen)?.colour;
  const chip = el("span", { className: "ta-chip", style: colour ? { background: rgb(colour) } : {} });
  return el("tr", {}, el("td", {}, name), el("td", { className: "ta-number" }, String(frames)), el("td", { className: "ta-becomes" }, chip, target));
}
