// What masks lack before they are handed out, and what a person would do next.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lacking, lacksMore, nextStep, unbegun } from "#web/state/coverage.js";
import { Mark, Status } from "#web/state/store.js";

/** @import { Lanes } from "#web/state/types.js" */
/** @import { Project, TrackedObject } from "#web/state/wire.js" */
/** @import { State } from "#web/state/store.js" */

const { UNTRACKED, KNOWN, TRACKED, STALE, ABSENT, KNOWN_ABSENT } = Status;
const OBJECTS = /** @type {TrackedObject[]} */ ([{ id: 1, name: "cat" }, { id: 2, name: "dog" }]);

/** @param {...{ status: number[], marks?: number[] }} rows @returns {Lanes} */
function lanes(...rows) {
  /** @type {Lanes["rows"]} */
  const made = new Map();
  for (const [place, { status, marks = status.map(() => 0) }] of rows.entries()) {
    const confidence = new Uint8Array(status.length);
    made.set(place + 1, { status: Uint8Array.from(status), confidence, marks: Uint8Array.from(marks) });
  }
  return { frames: rows[0].status.length, rows: made };
}

/** @param {Lanes | null} shown @param {Project["range"]} [range] @param {State["toFix"]} [toFix] */
function step(shown, range = null, toFix = null) {
  const project = /** @type {Project} */ ({ objects: OBJECTS.slice(0, shown?.rows.size ?? 0), range });
  return nextStep({ project, lanes: shown, toFix });
}

test("frames without a mask and with a stale one are counted, and absences are none of them", () => {
  const shown = lanes({ status: [KNOWN, UNTRACKED, UNTRACKED, STALE] }, { status: [KNOWN, TRACKED, ABSENT, KNOWN_ABSENT] });
  assert.deepEqual(lacking(shown, OBJECTS, null), [{ id: 1, name: "cat", missing: 2, stale: 1, all: 4 }]);
});

test("only the frames between in and out point count", () => {
  const shown = lanes({ status: [KNOWN, UNTRACKED, UNTRACKED, STALE] });
  assert.deepEqual(lacking(shown, OBJECTS.slice(0, 1), [0, 1]), []);
  assert.deepEqual(lacking(shown, OBJECTS.slice(0, 1), [1, 3]), [{ id: 1, name: "cat", missing: 2, stale: 0, all: 2 }]);
});

test("who was content with masks that are missing is asked again only when more are", () => {
  const cat = { id: 1, name: "cat", missing: 2, stale: 1, all: 4 };
  assert.equal(lacksMore([cat], []), true);
  assert.equal(lacksMore([cat], [cat]), false);
  assert.equal(lacksMore([{ ...cat, name: "tiger", missing: 1 }], [cat]), false);
  assert.equal(lacksMore([{ ...cat, missing: 0, stale: 2 }], [cat]), true);
  assert.equal(lacksMore([cat, { ...cat, id: 2 }], [cat]), true);
  assert.equal(lacksMore([], [cat]), false);
});

test("nothing is said as long as nothing is known", () => {
  assert.deepEqual(lacking(null, OBJECTS, null), []);
});

test("the next step is to click, to track, to fix, and to export", () => {
  assert.equal(step(null), "click");
  assert.equal(step(lanes({ status: [UNTRACKED, UNTRACKED] })), "click");
  assert.equal(step(lanes({ status: [KNOWN, UNTRACKED] })), "track");
  assert.equal(step(lanes({ status: [KNOWN, STALE] })), "track");
  assert.equal(step(lanes({ status: [KNOWN, TRACKED], marks: [0, Mark.DRIFT] })), "fix");
  assert.equal(step(lanes({ status: [KNOWN, KNOWN], marks: [0, Mark.DRIFT] })), "export");
  assert.equal(step(lanes({ status: [KNOWN, TRACKED] })), "export");
  assert.equal(step(lanes({ status: [UNTRACKED, KNOWN, TRACKED, UNTRACKED] }), [1, 3]), "export");
});

test("what was counted to be in doubt is what is to be fixed", () => {
  const drifted = lanes({ status: [KNOWN, TRACKED], marks: [0, Mark.DRIFT] });
  assert.equal(step(drifted, null, { count: 0, place: null }), "export");
  assert.equal(step(lanes({ status: [KNOWN, TRACKED] }), null, { count: 2, place: 1 }), "fix");
});

test("an object that nobody marked yet keeps nobody from exporting the others", () => {
  assert.equal(step(lanes({ status: [KNOWN, TRACKED] }, { status: [UNTRACKED, UNTRACKED] })), "export");
});

test("objects without any mask are left out of tracking by name, unless there is no other", () => {
  const shown = lanes({ status: [KNOWN, UNTRACKED] }, { status: [KNOWN_ABSENT, UNTRACKED] });
  assert.deepEqual(unbegun(shown, OBJECTS), ["dog"]);
  assert.deepEqual(unbegun(shown, OBJECTS.slice(1)), []);
  assert.deepEqual(unbegun(null, OBJECTS), []);
});
