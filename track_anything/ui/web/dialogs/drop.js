// Files that are dropped anywhere on the page are opened: a browser left alone would leave the page for them.
// Boxes for an open project are looked into.

import { listenWhileShown } from "../elements/dom.js";

/** @import { Page } from "../main.js" */

/** Take the first file of a drop; while files are over the page, the body says so. @param {Page} page */
export function listenForDrops({ store, actions }) {
  const anchor = /** @type {Element} */ (document.querySelector(".ta-editor"));
  const holdsFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  const over = (/** @type {boolean} */ isOver) => document.body.classList.toggle("ta-dropping", isOver);
  listenWhileShown(anchor, document, "dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    over(true);
  });
  listenWhileShown(anchor, document, "dragleave", (event) => event.relatedTarget === null && over(false));
  listenWhileShown(anchor, document, "drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    over(false);
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    const holdsBoxes = /\.json$/i.test(file.name) && store.state.project !== null;
    if (holdsBoxes) actions.everything.findInBoxes(file);
    else actions.opening.send(file);
  });
}
