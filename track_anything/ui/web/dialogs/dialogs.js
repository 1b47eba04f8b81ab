// @ts-nocheck
// The dialogs: opening, exporting, everything on a frame, and the sheet of keys.

import { exportDialog } from "./export.js";
import { everythingDialog } from "./everything.js";
import { helpDialog } from "./help.js";
import { openDialog } from "./open.js";
import { button, el, fill } from "../elements/dom.js";

const MAKERS = { open: openDialog, export: exportDialog, everything: everythingDialog, help: helpDialog };

/** Show the dialog that `store.state.dialog` names. */
export function mountDialogs(element, page) {
  const { store, texts } = page;
  const sheet = el("dialog", { className: "ta-dialog" });
  fill(element, sheet);
  const canClose = () => store.state.project !== null || store.state.job !== null;
  sheet.addEventListener("cancel", (event) => {
    event.preventDefault(); // Escape: the store decides, so that both agree
    if (canClose()) store.set({ dialog: null });
  });
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet && canClose()) store.set({ dialog: null });
  });
  let shown = null;
  let left = new AbortController(); // aborted when the shown dialog is left
  store.subscribe(["dialog"], ({ dialog }) => {
    if (dialog === shown) return;
    shown = dialog;
    left.abort();
    left = new AbortController();
    if (dialog === null) return sheet.close();
    const { title, body } = MAKERS[dialog](page, left.signal);
    const close = button({ label: texts.close, icon: "close", text: false, className: "ta-bare", onclick: () => store.set({ dialog: null }) });
    close.hidden = !canClose();
    sheet.setAttribute("aria-label", title);
    sheet.dataset.dialog = dialog;
    fill(sheet, el("div", { className: "ta-sheet" }, el("div", { className: "ta-panel-head" }, el("h2", {}, title), close), body));
    if (!sheet.open) sheet.showModal();
  });
}
