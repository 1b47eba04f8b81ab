// Ticks and cuts: those that can be seen, at whole steps, where their frames are.

import assert from "node:assert/strict";
import { test } from "node:test";
import { forCuts, forTicks } from "#web/timeline/ruler.js";
import { TimeAxis } from "#web/timeline/time_axis.js";

const axis = new TimeAxis(1000, 900).zoomed(8, 450);

/** @param {TimeAxis} shown @param {number} step */
function ticks(shown, step) {
  /** @type {{ x: number, frame: number }[]} */
  const found = [];
  forTicks(shown, step, (x, frame) => found.push({ x, frame }));
  return found;
}

test("every multiple of the step that is shown has its tick, where its frame begins", () => {
  const found = ticks(axis, 10);
  const [first, last] = axis.visible;
  for (let frame = Math.ceil(first / 10) * 10; frame <= last; frame += 10) {
    assert.ok(found.some((tick) => tick.frame === frame));
  }
  for (const { x, frame } of found) {
    assert.equal(x, axis.edgeOf(frame));
    assert.equal(frame % 10, 0);
  }
});

test("ticks to the left whose labels stick in are drawn, those far away are not", () => {
  const [first] = axis.visible;
  const before = ticks(axis, 1).filter(({ frame }) => frame < first);
  assert.ok(before.length > 0);
  for (const { x } of before) assert.ok(x > -150);
});

test("no tick lies outside of the video", () => {
  for (const { frame } of ticks(new TimeAxis(7, 900), 1)) assert.ok(frame >= 0 && frame < 7);
});

test("cuts are drawn where they can be seen; without any there is nothing to draw", () => {
  const [first, last] = axis.visible;
  /** @type {number[]} */
  const drawn = [];
  forCuts(axis, [first - 1, first, last, last + 1], (x) => drawn.push(x));
  assert.deepEqual(drawn, [axis.edgeOf(first), axis.edgeOf(last)]);
  forCuts(axis, null, () => assert.fail());
});
