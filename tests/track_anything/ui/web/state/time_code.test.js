// Time codes: the clock's seconds, and the frame within its second, also at rates that are not whole.

import assert from "node:assert/strict";
import { test } from "node:test";
import { timeCode } from "#web/state/time_code.js";

test("a whole rate counts frames from 0 within every second", () => {
  assert.equal(timeCode(0, 25), "00:00:00:00");
  assert.equal(timeCode(24, 25), "00:00:00:24");
  assert.equal(timeCode(25, 25), "00:00:01:00");
  assert.equal(timeCode(25 * 3661 + 7, 25), "01:01:01:07");
});

test("without a rate there is no time", () => {
  for (const rate of [0, -1, Number.NaN]) assert.equal(timeCode(100, rate), "");
});

test("fast videos have as many digits as they need", () => {
  assert.equal(timeCode(119, 120), "00:00:00:119");
  assert.equal(timeCode(99, 100), "00:00:00:99");
});

test("codes follow each other without a gap or a double, at any rate", () => {
  for (const rate of [23.976, 24_000 / 1001, 30_000 / 1001, 50, 59.94, 12.5, 1 / 3]) {
    const codes = new Set();
    for (let frame = 0; frame < 2000; frame++) {
      const code = timeCode(frame, rate);
      assert.ok(!codes.has(code), `${code} twice at ${rate}`);
      codes.add(code);
      const [, rest] = code.match(/:(\d+)$/) ?? [];
      assert.ok(Number(rest) < Math.ceil(rate) + 1e-9);
    }
  }
});

test("a long film at 30000/1001 shows the clock's seconds, not those of 30 frames", () => {
  const rate = 30_000 / 1001;
  assert.equal(timeCode(Math.ceil(3600 * rate), rate).slice(0, 8), "01:00:00");
});
