// The bar at the top: the project, undo and redo, tools, views, and the dialogs.

import { button, el, fill, setName } from "../elements/dom.js";
import { isOnItsWay } from "../state/store.js";
import { toggleTheme } from "../actions/theme.js";
import { hasSize, TOOLS } from "../state/tools.js";
import { VIEWS } from "../state/views.js";

/** @import { Page } from "../main.js" */
/** @import { ViewName } from "../state/views.js" */

/** Build the bar. @param {Element} element @param {Page} page */
export function mountHeader(element, { store, actions, texts }) {
  const words = texts.header;
  const name = el("span", { className: "ta-project-name" });
  const open = button({ label: words.open, onclick: () => store.set({ dialog: "open" }), id: "ta-open" });
  const collection = button({ label: texts.collection.open, icon: "grid", onclick: () => store.set({ dialog: "collection" }), id: "ta-collection" });
  collection.title = texts.collection.openTip;
  const importing = button({ label: texts.importing.open, icon: "masks", text: false, onclick: () => store.set({ dialog: "import", incoming: null }), id: "ta-import" });
  const notes = button({ label: "", icon: "warn", text: false, className: "ta-bare ta-notes-open", onclick: () => store.set({ dialog: "notes" }), id: "ta-notes" });
  const undo = button({ label: words.undo, icon: "undo", key: "Z", text: false, onclick: () => actions.undo(), id: "ta-undo" });
  const redo = button({ label: words.redo, icon: "redo", key: "Shift Z", text: false, onclick: () => actions.redo(), id: "ta-redo" });
  const choices = TOOLS.map(([one, key]) => {
    const onclick = () => store.set({ tool: one });
    return { one, made: button({ label: texts.tools[one], icon: one, key, text: false, pressed: false, className: "ta-tool", onclick, id: `ta-tool-${one}` }) };
  });
  const tools = el("div", { className: "ta-group", role: "group", "aria-label": words.tools }, choices.map(({ made }) => made));
  const size = el("input", {
    type: "range", min: "1", max: "200", className: "ta-brush-size", "aria-label": words.brushSize, title: `${words.brushSize} ([ and ])`,
    oninput: () => store.set({ brushSize: Number(size.value) }),
  });
  const sizeShown = el("output", { className: "ta-dim ta-number" });
  const brush = el("label", { className: "ta-brush" }, size, sizeShown);
  /** @type {HTMLSelectElement} */
  const view = el(
    "select",
    { className: "ta-select", "aria-label": words.view, title: `${words.view} (V)`, id: "ta-view", onchange: () => store.set({ view: /** @type {ViewName} */ (view.value) }) },
    VIEWS.map((one) => el("option", { value: one }, texts.views[one])),
  );
  const exporting = button({ label: words.exportNow, onclick: () => actions.exporting.start(), id: "ta-export" });
  const exportAs = button({ label: words.exportAs, icon: "down", text: false, className: "ta-more", onclick: () => store.set({ dialog: "export" }), id: "ta-export-as" });
  const models = button({ label: texts.models.open, icon: "chip", text: false, onclick: () => store.set({ dialog: "models" }), id: "ta-models" });
  const help = button({ label: words.help, icon: "help", text: false, key: "?", onclick: () => store.set({ dialog: "help" }), id: "ta-help" });
  const theme = button({ label: words.theme, icon: "theme", text: false, onclick: toggleTheme, id: "ta-theme" });
  fill(
    element,
    el(
      "header",
      { className: "ta-header" },
      el("h1", { className: "ta-title" }, texts.title),
      collection,
      open,
      importing,
      name,
      notes,
      el("span", { className: "ta-spring" }),
      undo,
      redo,
      tools,
      brush,
      el("label", { className: "ta-field" }, el("span", { className: "ta-dim" }, words.view), view),
      el("span", { className: "ta-spring" }),
      el("div", { className: "ta-split" }, exporting, exportAs),
      models,
      help,
      theme,
    ),
  );
  store.subscribe(["collection"], ({ collection: labelled }) => {
    collection.hidden = labelled === null;
  });
  store.subscribe(["project"], ({ project }) => {
    const video = project?.video;
    name.textContent = project ? project.name : "";
    name.title = project && video ? `${project.name}, ${video.width} × ${video.height}, ${video.frames} frames, ${video.rate.toFixed(2)} fps` : "";
    notes.hidden = !project || project.notes.length === 0;
    setName(notes, texts.notes.open(project?.notes.length ?? 0));
    undo.disabled = !project?.can_undo;
    redo.disabled = !project?.can_redo;
    importing.disabled = !project;
    exportAs.disabled = !project || project.objects.length === 0;
  });
  store.subscribe(["project", "job", "exportForm"], ({ project, job, exportForm }) => {
    exporting.disabled = !project || project.objects.length === 0 || isOnItsWay(job);
    const [form] = texts.exporting.forms[exportForm];
    fill(/** @type {Element} */ (exporting.querySelector("span")), texts.exporting.startForm(form));
    exporting.title = words.exportTip(form);
  });
  store.subscribe(["models", "project"], ({ models: known, project }) => {
    const chosen = known?.chosen ?? null;
    models.hidden = !project || !chosen;
    if (chosen) models.title = texts.models.openTip(chosen);
  });
  store.subscribe(["tool"], ({ tool }) => {
    for (const { one, made } of choices) made.setAttribute("aria-pressed", String(tool === one));
    brush.classList.toggle("ta-away", !hasSize(tool)); // its place is kept: nothing moves under the hand
  });
  store.subscribe(["brushSize"], ({ brushSize }) => {
    size.value = String(brushSize);
    sizeShown.textContent = `${brushSize} px`;
  });
  store.subscribe(["view"], (state) => {
    view.value = state.view;
  });
}
