// A polygon around an area: its corners are set one by one, and when it is closed the area is painted.

import { POINT_RADIUS, TOUCH_RADIUS } from "./prompt_marks.js";

/** @import { Aim } from "../actions/target.js" */
/** @import { Point } from "../state/types.js" */
/** @import { CanvasPanel } from "./canvas_panel.js" */
/** @import { Gesture, Press } from "./pointer.js" */

const FEWEST = 3;
/** @type {Gesture} */
const NOTHING = { move() {}, end() {}, cancel() {} };

/** The corners are kept in `state.corners`, for the keys. */
export class Polygon {
  /** @type {Aim | null} */
  #aim = null; // whose area it is
  #erases = false;

  /** @param {CanvasPanel} panel */
  constructor(panel) {
    this.panel = panel;
    const { store, actions } = panel;
    store.subscribe(["tool", "frame", "playing"], () => this.drop());
    store.subscribe(["objectId"], () => actions.target.aim !== this.#aim && this.drop());
  }

  get corners() {
    return this.panel.store.state.corners ?? [];
  }

  /**
   * A press sets a corner, which can be dragged until it is let go; on the first corner, or on the last one again, it
   * closes the polygon.
   * @param {Press} press
   * @param {Point} point of the stage
   * @returns {Gesture | null}
   */
  begin({ isNegative, isTouch }, point) {
    const { corners } = this;
    const reach = isTouch ? TOUCH_RADIUS : POINT_RADIUS;
    if (corners.length >= FEWEST && this.#isAt(corners[0], point, reach)) return { ...NOTHING, end: () => this.close() };
    if (corners.length > 0 && this.#isAt(corners[corners.length - 1], point, reach / 2)) return { ...NOTHING, end: () => this.close() };
    if (corners.length === 0) {
      this.#aim = this.panel.aimOfPaint();
      this.#erases = isNegative;
      if (!this.#aim) return null;
    }
    this.#set([...corners, this.#sourceOf(point)]);
    return {
      move: (to) => this.#set([...this.corners.slice(0, -1), this.#sourceOf(to)]),
      end() {},
      cancel: () => this.back(),
    };
  }

  /** Take the last corner back. */
  back() {
    this.#set(this.corners.slice(0, -1));
  }

  /** Give it up. */
  drop() {
    this.#set([]);
  }

  /** Paint the area, once it has one. */
  close() {
    const { corners } = this;
    const aim = this.#aim;
    if (corners.length < FEWEST || !aim) return;
    this.drop();
    this.panel.paintArea(corners, aim, this.#erases);
  }

  /** @param {Point[]} corners */
  #set(corners) {
    this.panel.store.set({ corners: corners.length > 0 ? corners : null });
  }

  /** @param {Point} point */
  #sourceOf({ x, y }) {
    return this.panel.ready.transform.toSource(x, y);
  }

  /** @param {Point} corner @param {Point} point @param {number} reach */
  #isAt(corner, point, reach) {
    const place = this.panel.ready.transform.toStage(corner.x, corner.y);
    return Math.hypot(place.x - point.x, place.y - point.y) <= reach;
  }
}
