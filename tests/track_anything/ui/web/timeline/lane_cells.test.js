// Frames summed up to cells: the worst is never hidden, and nothing is made up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Mark, NO_CONFIDENCE, Status } from "#web/state/store.js";
import { Face, faceOf, forRuns, statusBits, sumUp } from "#web/timeline/lane_cells.js";
import { TimeAxis } from "#web/timeline/time_axis.js";

const lane = {
  status: Uint8Array.of(Status.UNTRACKED, Status.KNOWN, Status.TRACKED, Status.TRACKED, Status.STALE, Status.ABSENT),
  confidence: Uint8Array.of(NO_CONFIDENCE, 7, 200, 90, 120, 3),
  marks: Uint8Array.of(0, Mark.PROMPT, 0, Mark.DRIFT | Mark.REFINED, 0, Mark.LOCK),
};

test("a cell of one frame is that frame", () => {
  const { statuses, worst, marks } = sumUp(lane, [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual([...statuses], [...lane.status].map((status) => statusBits(status)));
  assert.deepEqual([...worst], [NO_CONFIDENCE, NO_CONFIDENCE, 200, 90, 120, NO_CONFIDENCE]);
  assert.deepEqual(marks, lane.marks);
});

test("a cell of several frames has all their statuses and marks, and the least confidence of what is unsure", () => {
  const { statuses, worst, marks } = sumUp(lane, [0, 3, 6]);
  assert.equal(statuses[0], statusBits(Status.UNTRACKED, Status.KNOWN, Status.TRACKED));
  assert.equal(statuses[1], statusBits(Status.TRACKED, Status.STALE, Status.ABSENT));
  assert.deepEqual([...worst], [200, 90]);
  assert.deepEqual([...marks], [Mark.PROMPT, Mark.DRIFT | Mark.REFINED | Mark.LOCK]);
});

test("where columns are narrower than frames, each shows the frame it begins in", () => {
  const { statuses } = sumUp(lane, [2, 2, 2, 3]);
  assert.deepEqual([...statuses], [2, 2, 2].map((frame) => statusBits(lane.status[frame])));
});

test("a drift of one frame among a million is seen at any zoom", () => {
  const frames = 1_000_000;
  const long = {
    status: new Uint8Array(frames).fill(Status.TRACKED),
    confidence: new Uint8Array(frames).fill(250),
    marks: new Uint8Array(frames),
  };
  for (const frame of [0, 345_678, frames - 1]) {
    const drifted = { ...long, confidence: long.confidence.slice(), marks: long.marks.slice() };
    drifted.confidence[frame] = 1;
    drifted.marks[frame] = Mark.DRIFT;
    for (const axis of [new TimeAxis(frames, 640), new TimeAxis(frames, 640).zoomed(50, 0).showing(frame, 0.5)]) {
      const { begins } = axis.cells(2);
      const { worst, marks } = sumUp(drifted, begins);
      const cell = worst.indexOf(1);
      assert.ok(cell >= 0 && begins[cell] <= frame && frame < begins[cell + 1]);
      assert.equal(marks[cell], Mark.DRIFT);
    }
  }
});

test("what is least certain hides what is more so", () => {
  const { NOTHING, ABSENT, KNOWN, UNSURE } = Face;
  assert.equal(faceOf(statusBits()), NOTHING);
  assert.equal(faceOf(statusBits(Status.UNTRACKED)), NOTHING);
  assert.equal(faceOf(statusBits(Status.ABSENT, Status.UNTRACKED)), ABSENT);
  assert.equal(faceOf(statusBits(Status.KNOWN, Status.ABSENT)), KNOWN);
  for (const unsure of [Status.TRACKED, Status.STALE]) {
    assert.equal(faceOf(statusBits(unsure, Status.KNOWN, Status.ABSENT, Status.UNTRACKED)), UNSURE);
  }
});

test("runs are as long as they can be, and cover just what is meant", () => {
  const runs = (/** @type {number[]} */ ...values) => {
    /** @type {[number, number][]} */
    const found = [];
    forRuns(Uint8Array.from(values), (value) => value === 1, (begin, stop) => found.push([begin, stop]));
    return found;
  };
  assert.deepEqual(runs(), []);
  assert.deepEqual(runs(0, 0), []);
  assert.deepEqual(runs(1, 1, 0, 1), [[0, 2], [3, 4]]);
  assert.deepEqual(runs(0, 1, 0, 0, 1, 1), [[1, 2], [4, 6]]);
});

test("an absence that a person vouches for looks like an absence, and not like a mask", () => {
  assert.equal(faceOf(statusBits(Status.KNOWN_ABSENT)), Face.ABSENT);
  assert.equal(faceOf(statusBits(Status.KNOWN)), Face.KNOWN);
  assert.equal(faceOf(statusBits(Status.KNOWN_ABSENT, Status.KNOWN)), Face.KNOWN);
});
