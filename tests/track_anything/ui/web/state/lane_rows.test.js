// What the server says of every frame, put into what the page knows of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { toBase64 } from "#web/state/bytes.js";
import { mergedLanes } from "#web/state/lane_rows.js";
import { Mark, NO_CONFIDENCE, Status } from "#web/state/store.js";

/** @import { LaneBytes, Project } from "#web/state/wire.js" */

/** @param {number} frames @param {...number} ids @returns {Project} */
function project(frames, ...ids) {
  const video = { frames, width: 4, height: 4, rate: 25, losses: null };
  return /** @type {Project} */ ({ video, objects: ids.map((id) => ({ id })) });
}

/** @param {number[]} status @param {number[]} confidence @param {number[]} marks @returns {LaneBytes} */
function bytes(status, confidence, marks) {
  const [one, two, three] = [status, confidence, marks].map((row) => toBase64(Uint8Array.from(row)));
  return { status: one, confidence: two, marks: three };
}

const all = bytes([1, 2, 2, 4], [255, 200, 100, 90], [Mark.PROMPT, 0, Mark.DRIFT, 0]);

test("an object of which nothing was said is untracked on every frame", () => {
  const { frames, rows } = mergedLanes(null, { start: 0, stop: 0, rows: {} }, project(3, 5));
  assert.equal(frames, 3);
  const row = rows.get(5);
  assert.deepEqual([...(row?.status ?? [])], [Status.UNTRACKED, Status.UNTRACKED, Status.UNTRACKED]);
  assert.deepEqual([...(row?.confidence ?? [])], [NO_CONFIDENCE, NO_CONFIDENCE, NO_CONFIDENCE]);
  assert.deepEqual([...(row?.marks ?? [])], [0, 0, 0]);
});

test("a part goes to its frames and leaves the others, and what is drawn now does not change under the drawing hand", () => {
  const before = mergedLanes(null, { start: 0, stop: 4, rows: { 5: all } }, project(4, 5));
  const part = { start: 1, stop: 3, rows: { 5: bytes([3, 3], [255, 255], [0, Mark.LOCK]) } };
  const after = mergedLanes(before, part, project(4, 5));
  assert.deepEqual([...(after.rows.get(5)?.status ?? [])], [1, 3, 3, 4]);
  assert.deepEqual([...(after.rows.get(5)?.confidence ?? [])], [255, 255, 255, 90]);
  assert.deepEqual([...(after.rows.get(5)?.marks ?? [])], [Mark.PROMPT, 0, Mark.LOCK, 0]);
  assert.deepEqual([...(before.rows.get(5)?.status ?? [])], [1, 2, 2, 4]);
});

test("objects that are gone leave, new ones come, others stay the very same", () => {
  const before = mergedLanes(null, { start: 0, stop: 4, rows: { 5: all, 6: all } }, project(4, 5, 6));
  const after = mergedLanes(before, { start: 0, stop: 0, rows: {} }, project(4, 6, 9));
  assert.deepEqual([...after.rows.keys()], [6, 9]);
  assert.equal(after.rows.get(6), before.rows.get(6));
});
