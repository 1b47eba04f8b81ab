// What the project has to say of itself: what was damaged, recovered, or found at another place.

import { el } from "../elements/dom.js";

/** @import { Page } from "../main.js" */

/** What the dialog holds. @param {Page} page */
export function notesDialog({ store, texts }) {
  const words = texts.notes;
  const lines = store.project.notes.map((note) => el("li", {}, note));
  return { title: words.title, body: el("div", {}, el("p", { className: "ta-lead" }, words.lead), el("ul", { className: "ta-notes" }, lines)) };
}
