// What lies over the picture: clicks, boxes, the preview of a click, the brush. Drawn in CSS pixels of the stage.

import { contextOf, tiling } from "../elements/dom.js";
import { discAt } from "./brush.js";
import { pathOf, traceOutlines } from "./outline.js";

/** @import { Box, Point } from "../state/types.js" */
/** @import { Prompts } from "../state/wire.js" */
/** @import { Draft } from "./canvas_panel.js" */
/** @import { ViewTransform } from "./view_transform.js" */

export const POINT_RADIUS = 7; // CSS pixels
export const TOUCH_RADIUS = 18;
const GRACE = 3; // a press this far beside a point still means it
const POSITIVE = "#168a4a";
const NEGATIVE = "#cf2f2f";
export const WHITE = "#ffffff";
const SHADE = "rgb(0 0 0 / 0.7)";
const SMALLEST_RING = 3; // CSS pixels of radius; smaller brushes are shown by a cross

/** @type {CanvasPattern | null} */
let hatch = null;
/** @type {WeakMap<Uint8Array, Path2D>} */
const pathsOfMasks = new WeakMap(); // the preview is drawn many times

/**
 * Index of the point of `prompts` (as in `state.about`) under a point of the stage, or null.
 * @param {Prompts | undefined} prompts
 * @param {ViewTransform} transform
 * @param {Point} point
 * @param {boolean} [isTouch]
 */
export function pointAt(prompts, transform, { x, y }, isTouch = false) {
  const reach = isTouch ? TOUCH_RADIUS : POINT_RADIUS + GRACE;
  const points = prompts?.points ?? [];
  for (let index = points.length - 1; index >= 0; index--) {
    const place = centreOf(transform, points[index]);
    if (Math.hypot(place.x - x, place.y - y) <= reach) return index;
  }
  return null;
}

/**
 * Clicks and box of an object; `draft` may hold another place for one point, and a box being drawn.
 * @param {CanvasRenderingContext2D} context
 * @param {ViewTransform} transform
 * @param {Prompts | undefined} prompts
 * @param {number | null} pointIndex
 * @param {Draft} draft
 */
export function drawPrompts(context, transform, prompts, pointIndex, draft) {
  const given = prompts?.box;
  const box = draft.box ?? (given ? { x0: given[0], y0: given[1], x1: given[2], y1: given[3] } : null);
  if (box) drawBox(context, transform, box);
  prompts?.points.forEach((point, index) => {
    const moved = draft.point?.index === index ? draft.point : null;
    const place = centreOf(transform, moved ? [moved.x, moved.y] : point);
    drawPoint(context, place, prompts.labels[index] === 1, pointIndex === index);
  });
}

/**
 * What a click under the pointer would give: hatched, in dots, so that nobody takes it for a mask.
 * @param {CanvasRenderingContext2D} context
 * @param {ViewTransform} transform
 * @param {Uint8Array} mask
 */
export function drawPreview(context, transform, mask) {
  let outline = pathsOfMasks.get(mask);
  if (!outline) {
    const loops = [...traceOutlines(mask, transform.video.width, transform.video.height).values()].flat();
    outline = pathOf(loops);
    pathsOfMasks.set(mask, outline);
  }
  const { scale, x, y } = transform;
  const path = new Path2D();
  path.addPath(outline, new DOMMatrix([scale, 0, 0, scale, x, y]));
  hatch ??= tiling(context, hatching());
  context.save();
  context.fillStyle = hatch;
  context.fill(path);
  context.lineWidth = 3;
  context.strokeStyle = "rgb(0 0 0 / 0.45)";
  context.stroke(path);
  context.setLineDash([2, 3]);
  context.lineWidth = 1.5;
  context.strokeStyle = WHITE;
  context.stroke(path);
  context.restore();
}

/**
 * The disc that the brush would paint.
 * @param {CanvasRenderingContext2D} context
 * @param {ViewTransform} transform
 * @param {Point} point
 * @param {number} diameter
 * @param {boolean} erases
 */
export function drawBrush(context, transform, point, diameter, erases) {
  const source = transform.toSource(point.x, point.y);
  const disc = discAt(source.x, source.y, diameter);
  const centre = transform.toStage(disc.x, disc.y);
  const radius = disc.radius * transform.scale;
  const outline = new Path2D();
  if (radius >= SMALLEST_RING) outline.arc(centre.x, centre.y, radius, 0, 2 * Math.PI);
  else cross(outline, centre, POINT_RADIUS, true);
  context.save();
  twice(context, outline, 1.25, WHITE, 2);
  if (radius > 2 * SMALLEST_RING) {
    const sign = new Path2D();
    cross(sign, centre, 3, !erases);
    twice(context, sign, 1.25, WHITE, 2);
  }
  context.restore();
}

/** Cross hairs where Enter would click. @param {CanvasRenderingContext2D} context @param {Point} point */
export function drawCursor(context, { x, y }) {
  const path = new Path2D();
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    path.moveTo(x + 4 * dx, y + 4 * dy);
    path.lineTo(x + 16 * dx, y + 16 * dy);
  }
  context.save();
  twice(context, path, 1.5, WHITE, 2);
  context.restore();
}

/** @param {ViewTransform} transform @param {[number, number]} pixel */
function centreOf(transform, [x, y]) {
  return transform.toStage(x + 0.5, y + 0.5);
}

/**
 * Positive ones are round with a plus, negative ones square with a minus: colour is not needed to tell them apart.
 * @param {CanvasRenderingContext2D} context
 * @param {Point} place
 * @param {boolean} isPositive
 * @param {boolean} isSelected
 */
function drawPoint(context, place, isPositive, isSelected) {
  const shape = new Path2D();
  const sign = new Path2D();
  const radius = isPositive ? POINT_RADIUS : POINT_RADIUS - 1; // a square of the same width looks larger
  if (isPositive) shape.arc(place.x, place.y, radius, 0, 2 * Math.PI);
  else shape.roundRect(place.x - radius, place.y - radius, 2 * radius, 2 * radius, 2);
  cross(sign, place, 3.5, isPositive);
  if (isSelected) {
    const ring = new Path2D();
    ring.arc(place.x, place.y, POINT_RADIUS + 5, 0, 2 * Math.PI);
    twice(context, ring, 2, WHITE, 2.5);
  }
  context.fillStyle = isPositive ? POSITIVE : NEGATIVE;
  twice(context, shape, 2, WHITE, 2);
  context.fill(shape);
  context.lineWidth = 2;
  context.strokeStyle = WHITE;
  context.stroke(sign);
}

/** @param {CanvasRenderingContext2D} context @param {ViewTransform} transform @param {Box} box */
function drawBox(context, transform, { x0, y0, x1, y1 }) {
  const from = transform.toStage(x0, y0);
  const to = transform.toStage(x1, y1);
  const path = new Path2D();
  path.rect(from.x, from.y, to.x - from.x, to.y - from.y);
  context.save();
  context.lineWidth = 3.5;
  context.strokeStyle = SHADE;
  context.stroke(path);
  context.setLineDash([7, 5]);
  context.lineWidth = 1.75;
  context.strokeStyle = WHITE;
  context.stroke(path);
  context.restore();
}

/**
 * A bright line in a dark one shows on any picture.
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} path
 * @param {number} width
 * @param {string} colour
 * @param {number} halo
 */
export function twice(context, path, width, colour, halo) {
  context.lineWidth = width + halo;
  context.strokeStyle = SHADE;
  context.stroke(path);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke(path);
}

/** @param {Path2D} path @param {Point} middle @param {number} arm @param {boolean} isUpright */
function cross(path, { x, y }, arm, isUpright) {
  path.moveTo(x - arm, y);
  path.lineTo(x + arm, y);
  if (!isUpright) return;
  path.moveTo(x, y - arm);
  path.lineTo(x, y + arm);
}

function hatching() {
  const canvas = new OffscreenCanvas(8, 8);
  const context = contextOf(canvas);
  for (const [colour, shift] of /** @type {[string, number][]} */ ([["rgb(0 0 0 / 0.15)", 1], ["rgb(255 255 255 / 0.35)", 0]])) {
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.beginPath();
    for (const start of [-8, 0, 8]) {
      context.moveTo(start + shift - 1, 9);
      context.lineTo(start + shift + 9, -1);
    }
    context.stroke();
  }
  return canvas;
}
