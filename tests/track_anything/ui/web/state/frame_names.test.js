// Names of exported frames as the dialog shows them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleName, isUsual } from "#web/state/frame_names.js";

const USUAL = { first: null, digits: 5, template: "" };
const WORDS = { project: "street", object: "cat", form: "rgba", frame: 7 };

test("frames are called by their number in the video, in five digits", () => {
  assert.ok(isUsual(USUAL));
  assert.equal(exampleName(USUAL, WORDS), "00007");
});

test("a first number takes the place of the video's", () => {
  assert.equal(exampleName({ ...USUAL, first: 1001, digits: 4 }, WORDS), "1001");
  assert.equal(exampleName({ ...USUAL, first: 0, digits: 3 }, WORDS), "000");
  assert.ok(!isUsual({ ...USUAL, first: 0 }));
});

test("words stand for what they name, and unknown ones stay to be seen", () => {
  assert.equal(exampleName({ ...USUAL, template: "{project}_{form}/{object}.{frame}" }, WORDS), "street_rgba/cat.00007");
  assert.equal(exampleName({ ...USUAL, template: "{shot}.{frame}" }, WORDS), "{shot}.00007");
});
