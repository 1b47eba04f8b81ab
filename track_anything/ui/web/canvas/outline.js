// The lines around objects, along the edges of pixels: exact at any zoom, and as thin or thick as one likes.

/** @import { Loop } from "../state/types.js" */

const STEP_X = [1, 0, -1, 0]; // directions: right, down, left, up
const STEP_Y = [0, 1, 0, -1];
const AHEAD_X = [0, 0, -1, -1]; // from a corner, the pixel ahead on the left and, one direction on, on the right
const AHEAD_Y = [-1, 0, 0, -1];

let visited = new Uint8Array(0); // pixels whose upper edge is in a loop already; kept to spare the garbage collector

/**
 * Trace every object of a label map.
 *
 * Returns a Map from object id to its loops, outer ones and those around holes. A loop is a list of corners
 * [x0, y0, x1, y1, ...] of pixels, closed, with the object on its right.
 * @param {Uint8Array} labels
 * @param {number} width
 * @param {number} height
 */
export function traceOutlines(labels, width, height) {
  if (visited.length === labels.length) visited.fill(0);
  else visited = new Uint8Array(labels.length);
  /** @type {Map<number, Loop[]>} */
  const outlines = new Map();
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const id = labels[pixel];
    if (id === 0 || labels[pixel - width] === id || visited[pixel]) continue; // above the first row: undefined
    const loops = outlines.get(id) ?? [];
    loops.push(follow(labels, width, height, pixel % width, Math.floor(pixel / width)));
    outlines.set(id, loops);
  }
  return outlines;
}

/** Loops as one path in source pixels, to be stroked or filled. @param {Loop[]} loops */
export function pathOf(loops) {
  const path = new Path2D();
  for (const loop of loops) {
    path.moveTo(loop[0], loop[1]);
    for (let i = 2; i < loop.length; i += 2) path.lineTo(loop[i], loop[i + 1]);
    path.closePath();
  }
  return path;
}

/**
 * Walk around an object, from the left end of the upper edge of pixel (startX, startY).
 * @param {Uint8Array} labels
 * @param {number} width
 * @param {number} height
 * @param {number} startX
 * @param {number} startY
 */
function follow(labels, width, height, startX, startY) {
  const id = labels[startY * width + startX];
  const isInside = (/** @type {number} */ x, /** @type {number} */ y) => x >= 0 && y >= 0 && x < width && y < height && labels[y * width + x] === id;
  /** @type {Loop} */
  const loop = [];
  let [x, y, direction] = [startX, startY, 0];
  do {
    if (direction === 0) visited[y * width + x] = 1;
    x += STEP_X[direction];
    y += STEP_Y[direction];
    const right = (direction + 1) & 3;
    let next = direction;
    if (!isInside(x + AHEAD_X[right], y + AHEAD_Y[right])) next = right;
    else if (isInside(x + AHEAD_X[direction], y + AHEAD_Y[direction])) next = (direction + 3) & 3;
    if (next !== direction) loop.push(x, y);
    direction = next;
  } while (x !== startX || y !== startY || direction !== 0);
  return loop;
}
