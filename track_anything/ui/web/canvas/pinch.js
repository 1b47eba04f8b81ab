// Two fingers on the picture: apart zooms in, together out, about the middle between them, and both move it.

/** @import { Point } from "../state/types.js" */

export class Pinch {
  /** @type {Map<number, Point>} */
  #places;

  /** @param {Map<number, Point>} places where the two fingers are, by the ids of their pointers */
  constructor(places) {
    this.#places = new Map(places);
  }

  /**
   * A finger moved; tells how the picture is to follow: by `dx` and `dy`, then by a `factor` about the `middle`.
   * @param {number} id
   * @param {Point} point
   */
  move(id, point) {
    const before = this.#shape();
    this.#places.set(id, point);
    const { middle, length } = this.#shape();
    return { middle, factor: length / before.length, dx: middle.x - before.middle.x, dy: middle.y - before.middle.y };
  }

  #shape() {
    const [one, other] = [...this.#places.values()];
    const length = Math.max(Math.hypot(other.x - one.x, other.y - one.y), 1);
    return { middle: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 }, length };
  }
}
