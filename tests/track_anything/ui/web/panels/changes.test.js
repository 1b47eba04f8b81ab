// The lines of what tracking changed: each object that has something to judge, then its stretches.

import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf } from "#web/panels/changes.js";

const stretch = (/** @type {number} */ object_id, /** @type {number} */ start) => ({ object_id, start, stop: start + 2, worst: start, agreement: 0.5 });
const object = (/** @type {number} */ id, /** @type {number} */ changed) => ({ id, changed, compared: 9, accepted: 0 });

test("objects in their order, each with its own stretches in theirs", () => {
  const lines = linesOf([object(1, 2), object(3, 4)], [stretch(3, 8), stretch(1, 5), stretch(3, 2)]);
  assert.deepEqual(lines.map(({ id }) => id), ["object 1", "stretch 1 5", "object 3", "stretch 3 8", "stretch 3 2"]);
});

test("an object that has nothing left to judge has no line", () => {
  assert.deepEqual(linesOf([object(1, 0)], []), []);
});
