// The places of the thumbnails: side by side, over all that is shown, and the same ones after a little panning.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FILM_HEIGHT, filmSlots, thumbWidth } from "#web/timeline/filmstrip.js";
import { TimeAxis } from "#web/timeline/time_axis.js";

const close = (/** @type {number} */ one, /** @type {number} */ other) => assert.ok(Math.abs(one - other) < 1e-6);

test("a thumbnail has the aspect of its video, within limits", () => {
  assert.equal(thumbWidth({ width: 1920, height: 1080 }), Math.round((FILM_HEIGHT * 16) / 9));
  assert.equal(thumbWidth({ width: 100, height: 4000 }), 24);
  assert.equal(thumbWidth({ width: 4000, height: 100 }), 200);
});

test("places lie side by side and cover all frames that are shown", () => {
  for (const frames of [3, 100, 5000]) {
    const whole = new TimeAxis(frames, 900);
    for (const axis of [whole, whole.zoomed(5, 300), whole.zoomed(1e6, 900)]) {
      const slots = filmSlots(axis, 96);
      assert.ok(slots[0].x <= 0);
      const end = Math.min(axis.width, axis.edgeOf(frames));
      const last = slots[slots.length - 1];
      assert.ok(last.x + last.width >= end - 0.5);
      for (const [place, slot] of slots.entries()) {
        assert.ok(slot.width >= 96);
        if (place > 0) close(slot.x, slots[place - 1].x + slots[place - 1].width);
      }
    }
  }
});

test("a place shows the frame in its middle, and none beyond the end", () => {
  const axis = new TimeAxis(1000, 900).zoomed(4, 450);
  for (const { x, width, frame } of filmSlots(axis, 96)) assert.equal(frame, axis.frameAt(x + width / 2));
  for (const { frame } of filmSlots(new TimeAxis(5, 900), 96)) assert.ok(frame < 5);
});

test("panning asks for no thumbnails but those at the edges", () => {
  const axis = new TimeAxis(1000, 900).zoomed(4, 450);
  const before = filmSlots(axis, 96).map(({ frame }) => frame);
  const after = filmSlots(axis.panned(30), 96).map(({ frame }) => frame);
  assert.ok(after.filter((frame) => !before.includes(frame)).length <= 1);
});
