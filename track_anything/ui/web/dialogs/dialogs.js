// The dialogs: opening, importing, exporting, removing, everything on a frame, and the sheet of keys.

import { collectionDialog } from "../collection/collection.js";
import { exportDialog } from "./export.js";
import { everythingDialog } from "./everything.js";
import { helpDialog } from "./help.js";
import { importDialog } from "./import_masks.js";
import { modelsDialog } from "./models.js";
import { notesDialog } from "./notes.js";
import { openDialog } from "./open.js";
import { removeDialog } from "./remove.js";
import { mountToasts } from "./toasts.js";
import { button, el, fill } from "../elements/dom.js";

/** @import { Page } from "../main.js" */
/** @import { DialogName } from "../state/store.js" */

/**
 * What a dialog holds, and what stands at its foot.
 *
 * @typedef {{ title: string, body: HTMLElement, foot?: HTMLElement }} Content
 */

/** @type {Record<DialogName, (page: Page, signal: AbortSignal) => Content>} */
const MAKERS = {
  open: openDialog, collection: collectionDialog, import: importDialog, export: exportDialog, remove: removeDialog, everything: everythingDialog,
  models: modelsDialog, help: helpDialog, notes: notesDialog,
};

/**
 * Show the dialog that `store.state.dialog` names; without a project, opening and the collection are pages of their own.
 * @param {Element} element
 * @param {Page} page
 */
export function mountDialogs(element, page) {
  const { store, texts } = page;
  const content = el("div", { className: "ta-sheet" });
  const sheet = el("dialog", { className: "ta-dialog" }, content);
  fill(element, sheet);
  mountToasts(element, page, (stack) => {
    const place = sheet.open ? sheet : element;
    if (stack.parentElement !== place) place.append(stack);
  });
  const canClose = () => store.state.project !== null;
  sheet.addEventListener("cancel", (event) => {
    event.preventDefault(); // Escape: the store decides, so that both agree
    if (canClose()) store.set({ dialog: null });
  });
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet && canClose()) store.set({ dialog: null });
  });
  const close = button({ label: texts.close, icon: "close", text: false, className: "ta-bare ta-close", onclick: () => store.set({ dialog: null }) });
  /** @type {DialogName | null} */
  let shown = null;
  let left = new AbortController(); // aborted when the shown dialog is left
  store.subscribe(["dialog", "project"], ({ dialog }) => {
    close.hidden = !canClose();
    sheet.classList.toggle("ta-page", (dialog === "open" || dialog === "collection") && !canClose());
    if (dialog === shown) return;
    shown = dialog;
    left.abort();
    left = new AbortController();
    if (dialog === null) return sheet.close();
    const { title, body, foot } = MAKERS[dialog](page, left.signal);
    sheet.setAttribute("aria-label", title);
    sheet.dataset.dialog = dialog;
    fill(
      content,
      el("div", { className: "ta-sheet-head" }, el("div", {}, el("p", { className: "ta-brand" }, texts.title), el("h2", {}, title)), close),
      el("div", { className: "ta-sheet-body" }, body),
      foot ? el("div", { className: "ta-sheet-foot" }, foot) : null,
    );
    if (!sheet.open) sheet.showModal();
  });
}
