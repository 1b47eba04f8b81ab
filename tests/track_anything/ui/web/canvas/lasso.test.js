// What the lasso goes around, pixel by pixel.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Stroke } from "#web/canvas/brush.js";
import { fillPolygon } from "#web/canvas/lasso.js";

const [WIDTH, HEIGHT] = [12, 10];
const count = (/** @type {Uint8Array} */ mask) => mask.reduce((sum, one) => sum + one, 0);
const filled = (/** @type {{ x: number, y: number }[]} */ points) => {
  const mask = new Uint8Array(WIDTH * HEIGHT);
  const box = fillPolygon(mask, WIDTH, HEIGHT, points, 1);
  return { mask, box };
};
const corners = (/** @type {number[][]} */ ...pairs) => pairs.map(([x, y]) => ({ x, y }));

test("a rectangle of whole pixels holds exactly them, whichever way it is drawn", () => {
  const points = corners([2, 3], [7, 3], [7, 8], [2, 8]);
  for (const drawn of [points, [...points].reverse()]) {
    const { mask } = filled(drawn);
    assert.equal(count(mask), 25);
    assert.equal(mask[3 * WIDTH + 2], 1);
    assert.equal(mask[7 * WIDTH + 6], 1);
    assert.equal(mask[8 * WIDTH + 6], 0);
  }
});

test("what is gone around twice is inside", () => {
  const once = corners([2, 2], [9, 2], [9, 9], [2, 9]);
  assert.deepEqual(filled([...once, ...once]).mask, filled(once).mask);
});

test("a line beyond the picture is cut off at its borders", () => {
  const { mask, box } = filled(corners([-50, -50], [50, -50], [50, 50], [-50, 50]));
  assert.equal(count(mask), WIDTH * HEIGHT);
  assert.deepEqual(box, { x0: 0, y0: 0, x1: WIDTH, y1: HEIGHT });
  assert.equal(count(filled(corners([-9, -9], [-5, -9], [-5, -5])).mask), 0);
});

test("a press without a way fills nothing", () => {
  assert.equal(count(filled(corners([4.2, 4.2])).mask), 0);
});

test("the mask changes nowhere but in the box that is told", () => {
  for (let trial = 0; trial < 200; trial++) {
    const points = Array.from({ length: 3 + (trial % 5) }, () => ({ x: 30 * Math.random() - 9, y: 30 * Math.random() - 9 }));
    const { mask, box } = filled(points);
    mask.forEach((one, pixel) => {
      const [x, y] = [pixel % WIDTH, Math.floor(pixel / WIDTH)];
      if (one) assert.ok(x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1);
    });
  }
});

test("a lasso adds to one object and takes pixels of others, and takes away from its own alone", () => {
  const labels = new Uint8Array(WIDTH * HEIGHT);
  labels[5 * WIDTH + 5] = 2;
  const around = corners([4, 4], [7, 4], [7, 7], [4, 7]);
  const adding = new Stroke(labels, { width: WIDTH, height: HEIGHT }, 1, false);
  adding.fill(around);
  assert.equal(count(adding.mask), 9);
  assert.equal(adding.labels[5 * WIDTH + 5], 1);
  const taking = new Stroke(labels, { width: WIDTH, height: HEIGHT }, 1, true);
  taking.fill(around);
  assert.deepEqual(taking.labels, labels);
});
