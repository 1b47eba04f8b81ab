// Numbers as people say them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { byteSize, clockTime, dayOf, duration } from "#web/texts/numbers.js";

/** @param {number} year @param {number} month @param {number} day @param {number} [hour] @param {number} [minute] */
const at = (year, month, day, hour = 0, minute = 0) => new Date(year, month, day, hour, minute).getTime() / 1000;

test("the day of a time is told as seen from now", () => {
  const now = at(2026, 10, 28, 15, 0);
  assert.equal(dayOf(at(2026, 10, 28, 9, 5), now), "today, 09:05");
  assert.equal(dayOf(at(2026, 10, 28, 0, 0), now), "today, 00:00");
  assert.equal(dayOf(at(2026, 10, 27, 23, 59), now), "yesterday");
  assert.equal(dayOf(at(2026, 10, 26, 23, 59), now), "26 November");
  assert.equal(dayOf(at(2025, 0, 2), now), "2 January 2025");
});

test("lengths of clips are minutes and seconds", () => {
  assert.equal(clockTime(0.4), "0:00");
  assert.equal(clockTime(59.6), "1:00");
  assert.equal(clockTime(65), "1:05");
  assert.equal(clockTime(3725), "1:02:05");
});

test("bytes and durations have the unit that fits", () => {
  assert.deepEqual([999, 1500, 2.5e6, 3e9].map(byteSize), ["999 B", "2 kB", "2.5 MB", "3.0 GB"]);
  assert.deepEqual([0.2, 42, 600, 9000].map(duration), ["< 1 s", "42 s", "10 min", "2.5 h"]);
});
