// The brush: discs of whole source pixels along a line, inside of the picture, and what a stroke does to labels.

import assert from "node:assert/strict";
import { test } from "node:test";
import { discAt, stampLine, Stroke } from "#web/canvas/brush.js";

const SIZE = { width: 20, height: 12 };

/** @param {[number, number, number, number]} line @param {number} diameter */
function stamped(line, diameter) {
  const mask = new Uint8Array(SIZE.width * SIZE.height);
  const box = stampLine(mask, SIZE.width, SIZE.height, ...line, diameter, 1);
  const pixels = [...mask.keys()].filter((pixel) => mask[pixel]).map((pixel) => [pixel % SIZE.width, Math.floor(pixel / SIZE.width)]);
  return { mask, box, pixels };
}

test("a brush of one pixel sets exactly the pixel under it", () => {
  for (const [x, y] of [[0, 0], [3.99, 4.01], [19.5, 11.5]]) {
    assert.deepEqual(stamped([x, y, x, y], 1).pixels, [[Math.floor(x), Math.floor(y)]]);
  }
});

test("a line leaves no gap and touches nothing beside it", () => {
  assert.deepEqual(stamped([2.5, 5.5, 8.5, 5.5], 1).pixels, [2, 3, 4, 5, 6, 7, 8].map((x) => [x, 5]));
  const diagonal = stamped([1.5, 1.5, 9.5, 9.5], 1).pixels;
  assert.deepEqual(diagonal, [1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => [at, at]));
});

test("a disc is round, and as wide as its diameter", () => {
  for (const diameter of [2, 3, 4, 5, 8, 9]) {
    const { x, y, radius } = discAt(10, 6, diameter);
    const { pixels } = stamped([10, 6, 10, 6], diameter);
    assert.equal(radius, diameter / 2);
    for (let column = 0; column < SIZE.width; column++) {
      for (let row = 0; row < SIZE.height; row++) {
        const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
        if (Math.abs(distance - radius) < 1e-9) continue; // on the rim either will do
        assert.equal(pixels.some(([px, py]) => px === column && py === row), distance < radius);
      }
    }
  }
});

test("what changed lies in the box that is told, inside of the picture", () => {
  for (const line of /** @type {[number, number, number, number][]} */ ([[-5, -5, 3, 3], [18, 10, 40, 30], [4, 4, 9, 6]])) {
    const { box, pixels } = stamped(line, 5);
    assert.ok(pixels.length > 0);
    assert.ok(box.x0 >= 0 && box.y0 >= 0 && box.x1 <= SIZE.width && box.y1 <= SIZE.height);
    for (const [x, y] of pixels) assert.ok(x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1);
  }
});

test("a brush beside the picture does not come in at the other side", () => {
  assert.deepEqual(stamped([-10, 5, -10, 5], 6).pixels, []);
  assert.deepEqual(stamped([30, 5, 30, 5], 6).pixels, []);
});

test("a brush of no width, or of a broken one, is one of a pixel", () => {
  assert.equal(stamped([5, 5, 5, 5], 0).pixels.length, 1);
  assert.equal(stamped([5, 5, 5, 5], 1.4).pixels.length, 1);
});

test("a stroke paints its object over others; what was there before stays in the labels it came from", () => {
  const labels = new Uint8Array(SIZE.width * SIZE.height).fill(2, 0, 100);
  const stroke = new Stroke(labels, SIZE, 7, false);
  stroke.to({ x: 3.5, y: 2.5 }, 3);
  assert.equal(stroke.labels[2 * SIZE.width + 3], 7);
  assert.equal(stroke.mask[2 * SIZE.width + 3], 1);
  assert.equal(labels[2 * SIZE.width + 3], 2);
});

test("an eraser takes away its own object and nothing of others", () => {
  const labels = new Uint8Array(SIZE.width * SIZE.height).fill(7);
  labels[2 * SIZE.width + 4] = 2;
  const stroke = new Stroke(labels, SIZE, 7, true);
  stroke.to({ x: 3.5, y: 2.5 }, 3);
  assert.equal(stroke.labels[2 * SIZE.width + 3], 0);
  assert.equal(stroke.labels[2 * SIZE.width + 4], 2);
  assert.equal(stroke.mask[2 * SIZE.width + 3], 0);
});

test("a stroke goes on from where it was", () => {
  const stroke = new Stroke(new Uint8Array(SIZE.width * SIZE.height), SIZE, 1, false);
  stroke.to({ x: 1.5, y: 3.5 }, 1);
  stroke.to({ x: 12.5, y: 3.5 }, 1);
  for (let x = 1; x <= 12; x++) assert.equal(stroke.mask[3 * SIZE.width + x], 1);
});
