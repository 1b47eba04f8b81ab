// How a mask stands, in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { texts } from "#web/texts/texts.js";

/** @import { Standing } from "#web/state/wire.js" */

/** @param {Partial<Standing>} told */
const said = (told) => texts.canvas.standing({ status: "tracked", confidence: null, reason: null, refined: false, ...told });

test("a mask that was tracked tells how sure it is", () => {
  assert.equal(said({ confidence: 0.834 }), "tracked 83 %");
  assert.equal(said({ confidence: 0.9, refined: true }), "tracked 90 %, refined");
});

test("so does an absence: the object may be lost as well as gone", () => {
  assert.equal(said({ status: "absent", confidence: 0.5 }), "not in the picture, 50 % sure");
  assert.equal(said({ status: "absent" }), "not in the picture");
});

test("what a person said is theirs, and the rest has a word of its own", () => {
  assert.equal(said({ status: "known", confidence: 1 }), "yours");
  assert.equal(said({ status: "stale", confidence: 0.4 }), "needs tracking again");
  assert.equal(said({ status: "untracked" }), "not tracked yet");
});
