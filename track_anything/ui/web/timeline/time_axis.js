// The geometry of the timeline: which frame lies where. No page is needed to use it.

export const WIDEST_FRAME = 60; // pixels per frame, at most; few frames may have to be wider to fill the axis
const ROUNDING = 1e-6; // frames; forgives what is lost when positions are multiplied and divided

/**
 * Cells of equal `width` from `x` on; see `TimeAxis.cells`.
 *
 * @typedef {{ begins: Int32Array, x: number, width: number }} Cells
 */

/**
 * Frames along a line of `width` pixels. Frame f covers x from `edgeOf(f)` to `edgeOf(f + 1)`.
 * An axis never changes: zooming and panning make another one, always inside the video.
 */
export class TimeAxis {
  /**
   * `first` is the frame at x = 0, with a fraction; `scale` is in pixels per frame; by default all is shown.
   * @param {number} frames
   * @param {number} width
   * @param {number} [first]
   * @param {number} [scale]
   */
  constructor(frames, width, first = 0, scale = 0) {
    this.frames = frames;
    this.width = width;
    this.scale = clamp(scale, this.#fit, Math.max(this.#fit, WIDEST_FRAME));
    this.first = clamp(first, 0, Math.max(0, frames - this.span));
    Object.freeze(this);
  }

  get #fit() {
    return this.frames > 0 && this.width > 0 ? this.width / this.frames : 1;
  }

  /** How many frames fit, with a fraction. */
  get span() {
    return this.width / this.scale;
  }

  /** Whether the whole video is shown. */
  get isWhole() {
    return this.span >= this.frames - ROUNDING;
  }

  /** The first and the last frame of which something is shown. @returns {[number, number]} */
  get visible() {
    const last = Math.ceil(this.first + this.span - ROUNDING) - 1;
    return [this.#frame(this.first + ROUNDING), this.#frame(last)];
  }

  /** The frame under x; the nearest one for an x outside the video. @param {number} x */
  frameAt(x) {
    return this.#frame(this.first + x / this.scale);
  }

  /** The nearest border between two frames, as the number of the frame after it: 0 to `frames`. @param {number} x */
  borderAt(x) {
    return clamp(Math.round(this.first + x / this.scale), 0, this.frames);
  }

  /** x where a frame begins. @param {number} frame */
  edgeOf(frame) {
    return (frame - this.first) * this.scale;
  }

  /** x of the middle of a frame. @param {number} frame */
  xOf(frame) {
    return this.edgeOf(frame + 0.5);
  }

  /** Whether the middle of a frame is shown. @param {number} frame */
  isVisible(frame) {
    const x = this.xOf(frame);
    return x >= 0 && x <= this.width;
  }

  /** Frames become `factor` times as wide; what is at x stays there. @param {number} factor @param {number} x */
  zoomed(factor, x) {
    const zoomed = new TimeAxis(this.frames, this.width, 0, this.scale * factor);
    const at = this.first + x / this.scale;
    return new TimeAxis(this.frames, this.width, at - x / zoomed.scale, zoomed.scale);
  }

  /** The view moves to the right by `distance` pixels. @param {number} distance */
  panned(distance) {
    return new TimeAxis(this.frames, this.width, this.first + distance / this.scale, this.scale);
  }

  /** The view moves so that a frame lies at a share (0 to 1) of the width. @param {number} frame @param {number} share */
  showing(frame, share) {
    return new TimeAxis(this.frames, this.width, frame + 0.5 - share * this.span, this.scale);
  }

  /** All is shown. */
  whole() {
    return new TimeAxis(this.frames, this.width);
  }

  /** Another width: what was whole stays whole, otherwise frames keep theirs. @param {number} width */
  resized(width) {
    const isUnset = this.width <= 0 || this.isWhole;
    return isUnset ? new TimeAxis(this.frames, width) : new TimeAxis(this.frames, width, this.first, this.scale);
  }

  /**
   * Round numbers of frames between ticks: labelled ones at least `spacing` pixels apart, and those between them.
   * @param {number} spacing
   */
  tickSteps(spacing) {
    const major = roundStep(spacing / this.scale);
    const minor = [10, 5, 4, 2].map((parts) => major / parts).find((step) => isTick(step, this.scale)) ?? major;
    return { major, minor };
  }

  /**
   * What can be told apart on a screen with `density` device pixels per pixel: cells of equal `width` from `x` on.
   * Cell i stands for the frames from begins[i] up to, not including, begins[i + 1]: a single frame when frames are
   * wider than a device pixel, otherwise all frames of a column. Every shown frame is in a cell.
   * @param {number} density
   * @returns {Cells}
   */
  cells(density) {
    const [from, last] = this.visible;
    if (this.scale * density >= 1) {
      const begins = Int32Array.from({ length: last - from + 2 }, (_, cell) => from + cell);
      return { begins, x: this.edgeOf(from), width: this.scale };
    }
    const columns = Math.max(1, Math.round(this.width * density));
    const begins = new Int32Array(columns + 1);
    const framesPerColumn = this.span / columns;
    for (let column = 0; column < columns; column++) {
      begins[column] = Math.floor(this.first + column * framesPerColumn + ROUNDING);
    }
    begins[columns] = last + 1;
    return { begins, x: 0, width: this.width / columns };
  }

  /** @param {number} position */
  #frame(position) {
    return clamp(Math.floor(position), 0, Math.max(0, this.frames - 1));
  }
}

/** @param {number} step @param {number} scale */
function isTick(step, scale) {
  const pixelsApart = step * scale;
  return Number.isInteger(step) && pixelsApart >= 6;
}

/** The smallest of 1, 2, 5, 10, 20, 50, ... that is not less than `least`. @param {number} least */
function roundStep(least) {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, least))));
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= least - ROUNDING) ?? 10 * power;
}

/** @param {number} value @param {number} least @param {number} most */
function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
