// Areas that are outlined freehand, as whole source pixels.

/** @import { Box, Point } from "../state/types.js" */

/**
 * Set `mask` to `value` inside of a polygon in continuous source coordinates: the pixels whose middles lie in it. What
 * the line goes around twice is inside, too, as a hand means it.
 *
 * Returns the box that may have changed.
 *
 * @param {Uint8Array} mask
 * @param {number} width
 * @param {number} height
 * @param {Point[]} points
 * @param {number} value
 * @returns {Box}
 */
export function fillPolygon(mask, width, height, points, value) {
  const ys = points.map(({ y }) => y);
  const box = { x0: 0, y0: clamp(Math.floor(Math.min(...ys)), 0, height), x1: width, y1: clamp(Math.ceil(Math.max(...ys)), 0, height) };
  for (let row = box.y0; row < box.y1; row++) {
    let winding = 0;
    const crossings = crossingsAt(points, row + 0.5);
    crossings.forEach(({ x, turn }, place) => {
      winding += turn;
      if (winding === 0) return;
      const start = clamp(Math.ceil(x - 0.5), 0, width);
      const end = clamp(Math.ceil(crossings[place + 1].x - 0.5), 0, width);
      if (start < end) mask.fill(value, row * width + start, row * width + end);
    });
  }
  return box;
}

/**
 * Where the closed line crosses a height, from left to right, and whether it goes down (1) or up (-1) there.
 * @param {Point[]} points
 * @param {number} y
 */
function crossingsAt(points, y) {
  /** @type {{ x: number, turn: number }[]} */
  const found = [];
  points.forEach((from, place) => {
    const to = points[(place + 1) % points.length];
    if (from.y <= y === to.y <= y) return;
    found.push({ x: from.x + ((y - from.y) * (to.x - from.x)) / (to.y - from.y), turn: to.y > from.y ? 1 : -1 });
  });
  return found.sort((one, other) => one.x - other.x);
}

/** @param {number} value @param {number} least @param {number} most */
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
