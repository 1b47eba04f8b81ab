// The two canvases of the stage, as sharp as the screen: the picture with its masks, and the marks over it.

import { contextOf, el } from "../elements/dom.js";

/** @import { Point } from "../state/types.js" */

export class StageCanvases {
  size = { width: 0, height: 0 }; // CSS pixels
  ratio = { x: 1, y: 1 }; // device pixels per CSS pixel, exactly: a screen may round each side to whole pixels

  /**
   * `onResize()` is called when the size or the screen's density changed; both canvases are empty then.
   * @param {string} kind
   * @param {() => void} onResize
   */
  constructor(kind, onResize) {
    this.picture = el("canvas", { className: "ta-stage-picture" });
    this.marks = el("canvas", { className: "ta-stage-marks", tabIndex: 0, role: "application", "aria-roledescription": kind });
    /** @type {ResizeObserverSize | undefined} */
    let told; // device pixels, as the browser rounds them
    const measure = () => {
      const { width, height } = this.picture.getBoundingClientRect();
      if (width === 0 || height === 0) return; // not on the page, or hidden
      const columns = devicePixels(width, told?.inlineSize);
      const rows = devicePixels(height, told?.blockSize);
      for (const canvas of [this.picture, this.marks]) Object.assign(canvas, { width: columns, height: rows });
      this.size = { width, height };
      this.ratio = { x: columns / width, y: rows / height };
      onResize();
    };
    // Both are needed: a size in CSS pixels may change by so little that the number of device pixels stays.
    new ResizeObserver(measure).observe(this.picture);
    const observer = new ResizeObserver(([entry]) => {
      told = entry.devicePixelContentBoxSize?.[0];
      measure();
    });
    try {
      observer.observe(this.picture, { box: "device-pixel-content-box" });
    } catch {
      // Safari does not tell device pixels: they are computed
    }
  }

  /** Context of the marks, empty, which counts in CSS pixels. */
  freshMarks() {
    const context = contextOf(this.marks);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.marks.width, this.marks.height);
    context.setTransform(this.ratio.x, 0, 0, this.ratio.y, 0, 0);
    return context;
  }

  /** [r, g, b, a] of a point in CSS pixels, marks included. @param {Point} point */
  colourAt({ x, y }) {
    // a copy of one pixel is read: reading the canvases themselves would make them slow from then on
    const context = contextOf(new OffscreenCanvas(1, 1));
    const [column, row] = [Math.floor(x * this.ratio.x), Math.floor(y * this.ratio.y)];
    for (const canvas of [this.picture, this.marks]) context.drawImage(canvas, column, row, 1, 1, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  }
}

/**
 * Device pixels of a length in CSS pixels: as the browser rounds it, unless it only pretends to a density.
 * @param {number} length
 * @param {number} [told]
 */
function devicePixels(length, told) {
  const computed = length * window.devicePixelRatio;
  return told !== undefined && Math.abs(told - computed) < 1 ? told : Math.round(computed);
}
