// Brush and eraser: hard-edged discs of whole source pixels.

import { fillPolygon } from "./lasso.js";

/** @import { Box, Point, Size } from "../state/types.js" */

/**
 * Set `mask` to `value` along a line between two points, in continuous source coordinates, with a disc of `diameter`
 * source pixels. A diameter of 1 sets exactly the pixels under the line.
 *
 * Returns the box that may have changed, {x0, y0, x1, y1} with x1 and y1 not included.
 * @param {Uint8Array} mask
 * @param {number} width
 * @param {number} height
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 * @param {number} diameter
 * @param {number} value
 * @returns {Box}
 */
export function stampLine(mask, width, height, x0, y0, x1, y1, diameter, value) {
  const disc = discOf(diameter);
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
  const box = { x0: width, y0: height, x1: 0, y1: 0 };
  for (let step = 0; step <= steps; step++) {
    const share = step / steps;
    const left = topLeft(x0 + (x1 - x0) * share, disc.diameter);
    const top = topLeft(y0 + (y1 - y0) * share, disc.diameter);
    stamp(mask, width, height, left, top, disc, value);
    box.x0 = Math.max(Math.min(box.x0, left), 0);
    box.y0 = Math.max(Math.min(box.y0, top), 0);
    box.x1 = Math.min(Math.max(box.x1, left + disc.diameter), width);
    box.y1 = Math.min(Math.max(box.y1, top + disc.diameter), height);
  }
  return box;
}

/**
 * The disc that a stamp at a point covers, as {x, y, radius} in continuous source coordinates.
 * @param {number} x
 * @param {number} y
 * @param {number} diameter
 */
export function discAt(x, y, diameter) {
  const whole = wholeDiameter(diameter);
  return { x: topLeft(x, whole) + whole / 2, y: topLeft(y, whole) + whole / 2, radius: whole / 2 };
}

/** @typedef {{ diameter: number, indents: Int32Array }} Disc how many pixels each row is indented */

/** A stroke in progress: the object's mask, and the label map as it will look, both grow with it. */
export class Stroke {
  /** @type {Point | null} */
  #last = null;

  /**
   * `objectId` is what is painted, or with `erases` taken away, in a copy of `labels`.
   * @param {Uint8Array} labels
   * @param {Size} size
   * @param {number} objectId
   * @param {boolean} erases
   */
  constructor(labels, { width, height }, objectId, erases) {
    this.width = width;
    this.height = height;
    this.objectId = objectId;
    this.erases = erases;
    this.labels = labels.slice();
    this.mask = new Uint8Array(labels.length);
    for (let pixel = 0; pixel < labels.length; pixel++) this.mask[pixel] = labels[pixel] === objectId ? 1 : 0;
  }

  /** Go on to a point, in continuous source coordinates. @param {Point} point @param {number} diameter */
  to({ x, y }, diameter) {
    const from = this.#last ?? { x, y };
    this.#last = { x, y };
    const { width, height, mask } = this;
    this.#label(stampLine(mask, width, height, from.x, from.y, x, y, diameter, this.erases ? 0 : 1));
  }

  /** All that a closed line goes around, in continuous source coordinates. @param {Point[]} points */
  fill(points) {
    const { width, height, mask } = this;
    this.#label(fillPolygon(mask, width, height, points, this.erases ? 0 : 1));
  }

  /** Have the labels show what changed in a box of the mask. @param {Box} box */
  #label(box) {
    const { width, mask, labels, objectId } = this;
    for (let row = box.y0; row < box.y1; row++) {
      for (let pixel = row * width + box.x0, end = row * width + box.x1; pixel < end; pixel++) {
        if (mask[pixel]) labels[pixel] = objectId;
        else if (labels[pixel] === objectId) labels[pixel] = 0;
      }
    }
  }
}

/** @param {number} diameter */
const wholeDiameter = (diameter) => Math.max(1, Math.round(diameter));

/**
 * First pixel of a disc about a coordinate: odd ones are centred on a pixel, even ones between two.
 * @param {number} coordinate
 * @param {number} diameter
 */
function topLeft(coordinate, diameter) {
  return diameter % 2 ? Math.floor(coordinate) - (diameter - 1) / 2 : Math.round(coordinate) - diameter / 2;
}

/**
 * The rows of a disc: how many pixels each is indented. A pixel belongs to it when its centre does.
 * @param {number} wanted
 * @returns {Disc}
 */
function discOf(wanted) {
  const diameter = wholeDiameter(wanted);
  const radius = diameter / 2;
  const indents = Int32Array.from({ length: diameter }, (_, row) => {
    const above = row + 0.5 - radius;
    return Math.ceil(radius - Math.sqrt(radius * radius - above * above) - 0.5);
  });
  return { diameter, indents };
}

/**
 * @param {Uint8Array} mask
 * @param {number} width
 * @param {number} height
 * @param {number} left
 * @param {number} top
 * @param {Disc} disc
 * @param {number} value
 */
function stamp(mask, width, height, left, top, { diameter, indents }, value) {
  for (let row = Math.max(0, -top); row < diameter && top + row < height; row++) {
    const start = Math.max(0, left + indents[row]);
    const end = Math.min(width, left + diameter - indents[row]);
    if (start < end) mask.fill(value, (top + row) * width + start, (top + row) * width + end);
  }
}
