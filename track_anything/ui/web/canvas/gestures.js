// What presses on the picture mean: each gesture is {move(point), end(point), cancel()}, points in CSS pixels.
//
// `panel` is the canvas panel: its `transform`, `actions`, `pan`, the `draft` of what a gesture would give (changed by
// `sketch`), and `stroke`, which shows labels with a stroke, or ends it.

import { Stroke } from "./brush.js";

/** @import { Box, Point } from "../state/types.js" */
/** @import { CanvasPanel, DraftPoint } from "./canvas_panel.js" */
/** @import { Gesture } from "./pointer.js" */
/** @import { ViewTransform } from "./view_transform.js" */

/** @typedef {CanvasPanel & { transform: ViewTransform, labelsShown: Uint8Array }} ReadyPanel while a frame is shown */

const STILL_A_CLICK = 4; // CSS pixels of travel
const LINGER = 300; // ms

/** Move the picture. @param {CanvasPanel} panel @param {Point} start @returns {Gesture} */
export function panGesture(panel, start) {
  let last = start;
  return {
    move(point) {
      panel.pan(point.x - last.x, point.y - last.y);
      last = point;
    },
    end() {},
    cancel() {},
  };
}

/**
 * A press that hardly moves is a click; with a positive one, a longer way is a box.
 * @param {ReadyPanel} panel
 * @param {Point} start
 * @param {boolean} isPositive
 * @returns {Gesture}
 */
export function clickGesture(panel, start, isPositive) {
  const pixel = panel.transform.sourcePixel(start.x, start.y);
  const corner = panel.transform.nearestPixel(start.x, start.y);
  let hasTravelled = false;
  const forget = () => panel.sketch({ box: null });
  return {
    move(point) {
      hasTravelled ||= isFar(start, point);
      if (hasTravelled && isPositive) panel.sketch({ box: boxOf(corner, panel.transform.nearestPixel(point.x, point.y)) });
    },
    end(point) {
      const { box } = panel.draft;
      forget();
      if (hasTravelled || isFar(start, point)) {
        const isEmpty = !box || !isPositive || box.x1 - box.x0 < 2 || box.y1 - box.y0 < 2;
        if (!isEmpty) panel.actions.prompting.box(box.x0, box.y0, box.x1, box.y1);
      } else if (pixel) {
        panel.actions.prompting.click(pixel.x, pixel.y, isPositive);
      }
    },
    cancel: forget,
  };
}

/**
 * A press on a point selects it; dragging moves it.
 * @param {ReadyPanel} panel
 * @param {Point} start
 * @param {number} index
 * @returns {Gesture}
 */
export function pointGesture(panel, start, index) {
  panel.actions.prompting.selectPoint(index);
  /** @type {DraftPoint | null} */
  let dropped = null; // its own, for the draft may still show what was dropped before
  const forget = () => panel.sketch({ point: null });
  return {
    move(point) {
      if (!dropped && !isFar(start, point)) return;
      dropped = { index, ...panel.transform.nearestPixel(point.x, point.y) };
      panel.sketch({ point: dropped });
    },
    end() {
      if (!dropped) return;
      const letGo = () => panel.draft.point === dropped && forget();
      // it stays where it was dropped until the server's answer, asked for anew after the move, shows it there
      Promise.resolve(panel.actions.prompting.movePoint(index, dropped.x, dropped.y)).finally(() => setTimeout(letGo, LINGER));
    },
    cancel: forget,
  };
}

/**
 * A stroke of the brush or the eraser on the selected object.
 *
 * @param {ReadyPanel} panel
 * @param {Point} start
 * @param {{ objectId: number, erases: boolean, diameter: () => number }} how
 * @returns {Gesture}
 */
export function strokeGesture(panel, start, { objectId, erases, diameter }) {
  const stroke = new Stroke(panel.labelsShown, panel.transform.video, objectId, erases);
  const goOn = (/** @type {Point} */ point) => {
    stroke.to(panel.transform.toSource(point.x, point.y), diameter());
    panel.stroke({ labels: stroke.labels });
  };
  goOn(start);
  return {
    move: goOn,
    end: () => panel.stroke({ mask: stroke.mask }),
    cancel: () => panel.stroke({}),
  };
}

/**
 * An area that is outlined freehand, added to the selected object or taken from it when the pointer is let go.
 *
 * @param {ReadyPanel} panel
 * @param {Point} start
 * @param {{ objectId: number, erases: boolean }} how
 * @returns {Gesture}
 */
export function lassoGesture(panel, start, { objectId, erases }) {
  const sourceOf = (/** @type {Point} */ point) => panel.transform.toSource(point.x, point.y);
  const points = [sourceOf(start)];
  const forget = () => panel.sketch({ lasso: null });
  return {
    move(point) {
      points.push(sourceOf(point));
      panel.sketch({ lasso: points });
    },
    end() {
      forget();
      paintArea(panel, points, { objectId, erases });
    },
    cancel() {
      forget();
      panel.stroke({});
    },
  };
}

/**
 * Add what a closed line goes around to an object, or take it away.
 *
 * @param {ReadyPanel} panel
 * @param {Point[]} points in continuous source coordinates
 * @param {{ objectId: number, erases: boolean }} how
 */
export function paintArea(panel, points, { objectId, erases }) {
  const stroke = new Stroke(panel.labelsShown, panel.transform.video, objectId, erases);
  stroke.fill(points);
  panel.stroke({ labels: stroke.labels });
  panel.stroke({ mask: stroke.mask });
}

/** @param {Point} from @param {Point} to */
function isFar(from, to) {
  return Math.hypot(to.x - from.x, to.y - from.y) >= STILL_A_CLICK;
}

/**
 * The box of two pixels and what is between them; x1 and y1 are not included, as in masks.box_of.
 * @param {Point} one
 * @param {Point} other
 * @returns {Box}
 */
function boxOf(one, other) {
  return {
    x0: Math.min(one.x, other.x),
    y0: Math.min(one.y, other.y),
    x1: Math.max(one.x, other.x) + 1,
    y1: Math.max(one.y, other.y) + 1,
  };
}
