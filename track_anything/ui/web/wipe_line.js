// The line between "before" and "now": dragged, or moved with the arrow keys.

import { el } from "./dom.js";

const STEP = 0.02; // share of the stage per key press

export class WipeLine {
  #share = 0.5; // of the stage's width

  /** `onMove()` is called when the line moved. */
  constructor(texts, onMove) {
    this.onMove = onMove;
    this.element = el(
      "div",
      { className: "ta-wipe", tabIndex: 0, role: "slider", "aria-label": texts.wipe, "aria-orientation": "horizontal" },
      el("span", { className: "ta-wipe-side ta-wipe-before" }, texts.before),
      el("span", { className: "ta-wipe-grip", "aria-hidden": "true" }),
      el("span", { className: "ta-wipe-side ta-wipe-now" }, texts.now),
    );
    this.element.setAttribute("aria-valuemin", "0");
    this.element.setAttribute("aria-valuemax", "100");
    this.#listen();
    this.#place(this.#share);
  }

  /** Where the line is on a stage of some width. */
  at(width) {
    return this.#share * width;
  }

  /** Show it or not. */
  show(isShown) {
    this.element.hidden = !isShown;
  }

  #listen() {
    const line = this.element;
    line.addEventListener("pointerdown", (event) => {
      if (event.button === 0) line.setPointerCapture(event.pointerId);
    });
    line.addEventListener("pointermove", ({ clientX, pointerId }) => {
      if (!line.hasPointerCapture(pointerId)) return;
      const { left, width } = line.parentElement.getBoundingClientRect();
      this.#place((clientX - left) / width);
    });
    line.addEventListener("keydown", (event) => {
      const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!direction) return;
      event.preventDefault();
      event.stopPropagation(); // the arrows step through frames elsewhere
      this.#place(this.#share + direction * STEP);
    });
  }

  #place(share) {
    this.#share = Math.min(Math.max(share, 0), 1);
    this.element.style.left = `${100 * this.#share}%`;
    this.element.setAttribute("aria-valuenow", String(Math.round(100 * this.#share)));
    this.onMove();
  }
}
