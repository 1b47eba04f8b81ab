// Outlines: closed loops along the edges of pixels, with the object on their right, around holes too.

import assert from "node:assert/strict";
import { test } from "node:test";
import { traceOutlines } from "#web/canvas/outline.js";

/** Labels drawn as text: a digit per pixel. @param {...string} rows */
function drawn(...rows) {
  return { labels: Uint8Array.from([...rows.join("")].map(Number)), width: rows[0].length, height: rows.length };
}

/** @param {...string} rows */
function outlines(...rows) {
  const { labels, width, height } = drawn(...rows);
  return traceOutlines(labels, width, height);
}

/** Twice the area that loops enclose: outer ones count as positive, holes as negative. @param {number[][]} loops */
function areaOf(loops) {
  let twice = 0;
  for (const loop of loops) {
    for (let i = 0; i < loop.length; i += 2) {
      const [x0, y0] = [loop[i], loop[i + 1]];
      const [x1, y1] = [loop[(i + 2) % loop.length], loop[(i + 3) % loop.length]];
      twice += x0 * y1 - x1 * y0;
    }
  }
  return twice / 2;
}

test("a pixel has four corners", () => {
  const loops = outlines("000", "010", "000").get(1);
  assert.equal(loops?.length, 1);
  assert.deepEqual(loops?.[0].slice().sort(), [1, 1, 1, 1, 2, 2, 2, 2]);
});

test("nothing has no outline", () => {
  assert.equal(outlines("000", "000").size, 0);
});

test("an object that fills the picture is outlined along its border", () => {
  const loops = outlines("11", "11").get(1);
  assert.equal(loops?.length, 1);
  assert.equal(areaOf(loops ?? []), 4);
});

test("a hole has a loop of its own, the other way round", () => {
  const loops = outlines("11111", "10001", "11111").get(1) ?? [];
  assert.equal(loops.length, 2);
  assert.equal(areaOf(loops), 12);
});

test("objects are told apart, and so are pieces of one", () => {
  const found = outlines("110", "120", "002", "100");
  assert.deepEqual([...found.keys()].sort(), [1, 2]);
  assert.equal(found.get(1)?.length, 2);
});

test("loops enclose as many pixels as an object has, whatever it looks like", () => {
  let seed = 12345;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  for (let round = 0; round < 50; round++) {
    const [width, height] = [1 + Math.floor(random() * 12), 1 + Math.floor(random() * 9)];
    const labels = Uint8Array.from({ length: width * height }, () => Math.floor(random() * 3));
    const found = traceOutlines(labels, width, height);
    for (const id of [1, 2]) assert.equal(areaOf(found.get(id) ?? []), labels.filter((label) => label === id).length);
  }
});

test("corners lie where the direction changes, and nowhere else", () => {
  for (const loop of outlines("0110", "1111", "0100").get(1) ?? []) {
    for (let i = 0; i < loop.length; i += 2) {
      const [x0, y0, x1, y1] = [loop[i], loop[i + 1], loop[(i + 2) % loop.length], loop[(i + 3) % loop.length]];
      assert.ok((x0 === x1) !== (y0 === y1));
      const [x2, y2] = [loop[(i + 4) % loop.length], loop[(i + 5) % loop.length]];
      assert.equal((x0 === x1) === (x1 === x2) && (y0 === y1) === (y1 === y2), false);
    }
  }
});
