// The line between two ways to see a frame, before and now: dragged, or moved with the arrow keys.

import { el } from "../elements/dom.js";

const STEP = 0.02; // share of the stage per key press
const STEPS = new Map([["ArrowLeft", -1], ["ArrowRight", 1]]);

export class WipeLine {
  #share = 0.5; // of the stage's width

  /** `onMove()` is called when the line moved. @param {() => void} onMove */
  constructor(onMove) {
    this.onMove = onMove;
    this.left = el("span", { className: "ta-wipe-side ta-wipe-before" });
    this.right = el("span", { className: "ta-wipe-side ta-wipe-now" });
    this.element = el(
      "div",
      { className: "ta-wipe", tabIndex: 0, role: "slider", "aria-orientation": "horizontal" },
      this.left,
      el("span", { className: "ta-wipe-grip", "aria-hidden": "true" }),
      this.right,
    );
    this.element.setAttribute("aria-valuemin", "0");
    this.element.setAttribute("aria-valuemax", "100");
    this.#listen();
    this.#place(this.#share);
  }

  /** Where the line is on a stage of some width. @param {number} width */
  at(width) {
    return this.#share * width;
  }

  /**
   * Show it between two things, {label, left, right}, or not at all (null).
   * @param {{ label: string, left: string, right: string } | null} words
   */
  show(words) {
    this.element.hidden = words === null;
    if (words === null) return;
    this.element.setAttribute("aria-label", words.label);
    this.left.textContent = words.left;
    this.right.textContent = words.right;
  }

  #listen() {
    const line = this.element;
    line.addEventListener("pointerdown", (event) => {
      if (event.button === 0) line.setPointerCapture(event.pointerId);
    });
    line.addEventListener("pointermove", ({ clientX, pointerId }) => {
      if (!line.hasPointerCapture(pointerId)) return;
      const { left, width } = /** @type {Element} */ (line.parentElement).getBoundingClientRect();
      this.#place((clientX - left) / width);
    });
    line.addEventListener("keydown", (event) => {
      const direction = STEPS.get(event.key);
      if (direction === undefined) return;
      event.preventDefault();
      event.stopPropagation(); // the arrows step through frames elsewhere
      this.#place(this.#share + direction * STEP);
    });
  }

  /** @param {number} share */
  #place(share) {
    this.#share = Math.min(Math.max(share, 0), 1);
    this.element.style.left = `${100 * this.#share}%`;
    this.element.setAttribute("aria-valuenow", String(Math.round(100 * this.#share)));
    this.onMove();
  }
}
