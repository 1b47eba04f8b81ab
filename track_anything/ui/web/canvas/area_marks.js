// The outline of an area in progress, freehand or corner by corner. Drawn in CSS pixels of the stage.

import { POINT_RADIUS, twice, WHITE } from "./prompt_marks.js";

/** @import { Point } from "../state/types.js" */
/** @import { ViewTransform } from "./view_transform.js" */

const CORNER = 3; // CSS pixels from its middle to its side

/**
 * The line of a lasso, closed as it would be now.
 * @param {CanvasRenderingContext2D} context
 * @param {ViewTransform} transform
 * @param {Point[]} points in continuous source coordinates
 */
export function drawLasso(context, transform, points) {
  const path = lineThrough(points.map(({ x, y }) => transform.toStage(x, y)));
  path.closePath();
  context.save();
  context.fillStyle = "rgb(255 255 255 / 0.2)";
  context.fill(path);
  twice(context, path, 1.5, WHITE, 2);
  context.restore();
}

/**
 * A polygon with its corners; a ring about the first one, where a press closes it.
 * @param {CanvasRenderingContext2D} context
 * @param {ViewTransform} transform
 * @param {Point[]} corners in continuous source coordinates
 * @param {Point | null} over where the next corner would be, on the stage
 */
export function drawPolygon(context, transform, corners, over) {
  const places = corners.map(({ x, y }) => transform.toStage(x, y));
  const area = lineThrough(over ? [...places, over] : places);
  context.save();
  context.fillStyle = "rgb(255 255 255 / 0.2)";
  context.fill(area);
  twice(context, area, 1.5, WHITE, 2);
  const marks = new Path2D();
  for (const { x, y } of places) marks.rect(x - CORNER, y - CORNER, 2 * CORNER, 2 * CORNER);
  twice(context, marks, 1.5, WHITE, 2);
  context.fillStyle = WHITE;
  context.fill(marks);
  if (places.length > 2) {
    const ring = new Path2D();
    ring.arc(places[0].x, places[0].y, POINT_RADIUS, 0, 2 * Math.PI);
    twice(context, ring, 1.5, WHITE, 2);
  }
  context.restore();
}

/** @param {Point[]} places */
function lineThrough(places) {
  const path = new Path2D();
  for (const { x, y } of places) path.lineTo(x, y);
  return path;
}
