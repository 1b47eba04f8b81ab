// From pointer events to gestures. What a gesture does is said in gestures.js.

import { Pinch } from "./pinch.js";

/** @import { Point } from "../state/types.js" */

const WHEEL_STEP = 0.0016; // share of zoom per CSS pixel of wheel
const PINCH_STEP = 0.01; // a trackpad's pinch comes as a wheel with Ctrl, in smaller portions
const ROUNDING = 1e-3; // pixels; a division may fall just short of a corner
const LINE_HEIGHT = 16; // CSS pixels, for wheels that count in lines

/** @typedef {{ isPan: boolean, isNegative: boolean, isTouch: boolean }} Press */
/** @typedef {{ move: (point: Point) => void, end: (point: Point) => void, cancel: () => void }} Gesture */

/**
 * What a pointer does.
 *
 * @typedef {object} Doing
 * @property {(press: Press, point: Point) => Gesture | null} begin
 * @property {(point: Point | null, isPressed?: boolean) => void} hover
 * @property {(point: Point, factor: number) => void} zoom
 * @property {(dx: number, dy: number) => void} pan
 */

/**
 * Listen to mouse, pen, touch and wheel on `target`.
 *
 * `begin(press, point)` answers a press with a gesture {move(point), end(point), cancel()} or null, where a press is
 * {isPan, isNegative, isTouch}; `hover(point, isPressed)` follows the pointer, and gets null when it leaves;
 * `zoom(point, factor)` and `pan(dx, dy)` come from the wheel. Points are {x, y} in CSS pixels of the target, a canvas: the
 * middles of its own pixels, for it is there that the picture was looked up, while positions come as corners of pixels.
 *
 * Returns {cancel()}, which breaks off a gesture in progress.
 *
 * @param {HTMLCanvasElement} target
 * @param {Doing} doing
 */
export function attachPointer(target, { begin, hover, zoom, pan }) {
  /** @type {Gesture | null} */
  let gesture = null;
  /** @type {number | null} */
  let pointerId = null;
  /** @type {Pinch | null} */
  let pinch = null;
  /** @type {Map<number, Point>} */
  const fingers = new Map(); // on the picture, by the ids of their pointers

  const pointOf = (/** @type {MouseEvent} */ { clientX, clientY }) => {
    const { left, top, width, height } = target.getBoundingClientRect();
    return {
      x: middleOfPixel(clientX, left, target.width / width),
      y: middleOfPixel(clientY, top, target.height / height),
    };
  };

  const finish = (/** @type {(ended: Gesture) => void} */ how) => {
    const ended = gesture;
    gesture = null;
    if (ended) how(ended);
  };

  /** Take note of one more finger; whether it is one of several. */
  const joins = (/** @type {PointerEvent} */ event) => {
    if (event.pointerType !== "touch") return false;
    fingers.set(event.pointerId, pointOf(event));
    if (fingers.size === 2) {
      finish((ended) => ended.cancel()); // what the first finger began was meant for two
      pinch = new Pinch(fingers);
    }
    return fingers.size > 1;
  };
  const lift = (/** @type {PointerEvent} */ event) => {
    if (fingers.delete(event.pointerId)) pinch = null; // the finger that stays does nothing until it is lifted, too
  };

  target.addEventListener("pointerdown", (event) => {
    if (joins(event)) return;
    if (gesture || event.button > 2) return;
    const press = {
      isPan: event.button === 1 || (event.button === 0 && event.shiftKey),
      isNegative: event.button === 2 || event.altKey || event.ctrlKey, // a Mac's right click may be Ctrl with the left
      isTouch: event.pointerType === "touch",
    };
    gesture = begin(press, pointOf(event));
    if (!gesture) return;
    pointerId = event.pointerId;
    target.setPointerCapture(pointerId);
  });
  target.addEventListener("pointermove", (event) => {
    const point = pointOf(event);
    if (pinch && fingers.has(event.pointerId)) {
      const { middle, factor, dx, dy } = pinch.move(event.pointerId, point);
      pan(dx, dy);
      return zoom(middle, factor);
    }
    if (!gesture) return event.buttons === 0 ? hover(point) : undefined;
    if (event.pointerId !== pointerId) return;
    // between two pictures there are several positions: a quick stroke is round, not angular
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const one of passed.length ? passed : [event]) gesture.move(pointOf(one));
    hover(point, true);
  });
  target.addEventListener("pointerup", (event) => {
    lift(event);
    if (event.pointerId === pointerId) finish((ended) => ended.end(pointOf(event)));
  });
  for (const type of /** @type {const} */ (["pointercancel", "lostpointercapture"])) {
    target.addEventListener(type, (event) => {
      if (type === "pointercancel") lift(event);
      if (event.pointerId === pointerId) finish((ended) => ended.cancel());
    });
  }
  target.addEventListener("pointerleave", () => {
    if (!gesture) hover(null);
  });
  target.addEventListener("contextmenu", (event) => event.preventDefault());
  target.addEventListener("mousedown", (event) => {
    if (event.button === 1) event.preventDefault(); // no automatic scrolling
  });
  target.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const unit = event.deltaMode === 0 ? 1 : LINE_HEIGHT;
      const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
      if (Math.abs(dx) > Math.abs(dy)) pan(-dx, -dy);
      else zoom(pointOf(event), Math.exp(-dy * (event.ctrlKey ? PINCH_STEP : WHEEL_STEP)));
      if (!gesture) hover(pointOf(event));
    },
    { passive: false },
  );

  return { cancel: () => finish((ended) => ended.cancel()) };
}

/**
 * Where the middle of the pixel under a client coordinate is, from the start of a canvas of `ratio` pixels per CSS
 * pixel. The screen shows the canvas from a whole pixel on, wherever the layout has it.
 * @param {number} client
 * @param {number} start
 * @param {number} ratio
 */
function middleOfPixel(client, start, ratio) {
  const density = window.devicePixelRatio;
  const pixel = Math.floor(client * density + ROUNDING) - Math.round(start * density);
  return (pixel + 0.5) / ratio;
}
