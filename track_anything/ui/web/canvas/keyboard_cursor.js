// Cross hairs for who has no pointer: Alt and the arrow keys move them, Enter presses where they are.

/** @import { Point } from "../state/types.js" */

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * What the cross hairs do. Points are in CSS pixels of the stage.
 *
 * @typedef {object} Doing
 * @property {() => Point | null} begin where they come in, or null
 * @property {(point: Point) => Point} hold keeps them on the picture
 * @property {(isFine: boolean) => number} step how far they go at a time
 * @property {(point: Point | null) => void} move null = they go away
 * @property {(point: Point, isNegative: boolean) => void} press
 */

export class KeyboardCursor {
  /** @type {Point | null} */
  point = null; // null = not in use

  /** @param {HTMLElement} target @param {Doing} doing */
  constructor(target, { begin, hold, step, move, press }) {
    target.addEventListener("keydown", (event) => {
      const arrow = event.altKey && !event.ctrlKey && !event.metaKey ? ARROWS[event.key] : undefined;
      if (arrow) {
        const from = this.point ?? begin();
        if (from) {
          const far = step(event.shiftKey);
          this.point = hold({ x: from.x + arrow[0] * far, y: from.y + arrow[1] * far });
          move(this.point);
        }
      } else if (event.key === "Enter" && this.point) {
        press(this.point, event.altKey);
      } else return;
      event.preventDefault(); // Alt and an arrow would leave the page
      event.stopPropagation();
    });
    const leave = () => {
      if (this.point === null) return;
      this.point = null;
      move(null);
    };
    target.addEventListener("blur", leave);
    target.addEventListener("pointermove", leave);
  }
}
