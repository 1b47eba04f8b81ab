// The geometry of the timeline: what lies where, and that zooming and panning never leave the video.

import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeAxis, WIDEST_FRAME } from "#web/timeline/time_axis.js";

/** Axes of all kinds: short and long videos, whole, zoomed in, and at both ends. */
function* axes() {
  for (const frames of [1, 2, 7, 100, 10_000]) {
    for (const width of [1, 333, 1000]) {
      const whole = new TimeAxis(frames, width);
      yield whole;
      for (const factor of [1.5, 8, 1e6]) for (const x of [0, width / 3, width]) yield whole.zoomed(factor, x);
    }
  }
}

const close = (/** @type {number} */ one, /** @type {number} */ other) =>
  assert.ok(Math.abs(one - other) < 1e-6 * Math.max(1, Math.abs(one)), `${one} is not ${other}`);

test("a whole axis shows every frame, each as wide as the next", () => {
  const axis = new TimeAxis(50, 1000);
  assert.equal(axis.isWhole, true);
  assert.deepEqual(axis.visible, [0, 49]);
  assert.equal(axis.edgeOf(0), 0);
  assert.equal(axis.edgeOf(50), 1000);
  assert.equal(axis.xOf(10), 210);
});

test("the middle of a frame is in that frame", () => {
  for (const axis of axes()) {
    const [first, last] = axis.visible;
    for (const frame of [first, last, Math.floor((first + last) / 2)]) assert.equal(axis.frameAt(axis.xOf(frame)), frame);
  }
});

test("a frame outside of the video is never named", () => {
  for (const axis of axes()) {
    for (const x of [-1e9, -1, 0, axis.width, axis.width + 1, 1e9]) {
      assert.ok(axis.frameAt(x) >= 0 && axis.frameAt(x) < axis.frames);
      assert.ok(axis.borderAt(x) >= 0 && axis.borderAt(x) <= axis.frames);
    }
  }
});

test("the view never leaves the video", () => {
  for (const axis of axes()) {
    for (const moved of [axis, axis.panned(1e9), axis.panned(-1e9), axis.showing(0, 1), axis.showing(axis.frames - 1, 0)]) {
      assert.ok(moved.first >= 0);
      assert.ok(moved.first + moved.span <= moved.frames + 1e-6 || moved.isWhole);
    }
  }
});

test("zooming leaves what is under the pointer where it is, as long as the ends allow it", () => {
  const axis = new TimeAxis(1000, 500).zoomed(20, 250);
  for (const x of [100, 250, 400]) {
    const frame = axis.first + x / axis.scale;
    close(axis.zoomed(1.7, x).edgeOf(frame), x);
    close(axis.zoomed(1 / 1.3, x).edgeOf(frame), x);
  }
});

test("zooming in ends at the widest frame, zooming out at the whole video", () => {
  const axis = new TimeAxis(1000, 500);
  assert.equal(axis.zoomed(1e9, 100).scale, WIDEST_FRAME);
  assert.equal(axis.zoomed(1e-9, 100).isWhole, true);
  assert.equal(new TimeAxis(2, 500).zoomed(1e9, 100).scale, 250); // few frames fill the axis whatever their width
});

test("panning by a frame's width moves by that frame", () => {
  const axis = new TimeAxis(1000, 500).zoomed(20, 250);
  close(axis.panned(axis.scale).first, axis.first + 1);
});

test("a frame can be brought to any place of the view", () => {
  const axis = new TimeAxis(1000, 500).zoomed(20, 250);
  close(axis.showing(500, 0.25).xOf(500), 125);
});

test("a whole axis stays whole in another width, a zoomed one keeps the width of its frames", () => {
  assert.equal(new TimeAxis(100, 500).resized(900).isWhole, true);
  assert.equal(new TimeAxis(100, 0).resized(900).isWhole, true);
  const axis = new TimeAxis(1000, 500).zoomed(20, 250);
  assert.equal(axis.resized(400).scale, axis.scale);
  assert.equal(axis.resized(400).first, axis.first);
});

test("ticks are round numbers, far enough apart, and minor ones divide major ones", () => {
  for (const axis of axes()) {
    const { major, minor } = axis.tickSteps(84);
    assert.match(String(major), /^(1|2|5)0*$/);
    assert.ok(major * axis.scale >= 84 - 1e-6 || major === 1);
    assert.ok(Number.isInteger(minor) && major % minor === 0);
    assert.ok(minor === major || minor * axis.scale >= 6);
  }
});

test("between labels there are as many ticks as there is room for", () => {
  assert.deepEqual(new TimeAxis(119, 1000).tickSteps(84), { major: 10, minor: 1 }); // 8.4 pixels per frame
  assert.deepEqual(new TimeAxis(100, 450).tickSteps(84), { major: 20, minor: 2 }); // 4.5
  assert.deepEqual(new TimeAxis(100, 3000).tickSteps(84), { major: 5, minor: 1 }); // 30
  assert.deepEqual(new TimeAxis(100, 6000).tickSteps(60), { major: 1, minor: 1 }); // 60
});

test("every frame that is shown is in one cell, in order, and cells lie where their frames do", () => {
  for (const axis of axes()) {
    for (const density of [1, 1.5, 2]) {
      const { begins, x, width } = axis.cells(density);
      const [first, last] = axis.visible;
      assert.equal(begins[0], first);
      assert.equal(begins.at(-1), last + 1);
      const cells = begins.length - 1;
      for (let cell = 0; cell < cells; cell++) assert.ok(begins[cell + 1] >= begins[cell]);
      assert.ok(x <= 1e-6 && x + cells * width >= axis.edgeOf(last + 1) - axis.scale - 1 / density);
    }
  }
});

test("an axis without frames or without width is no reason to stumble", () => {
  for (const axis of [new TimeAxis(0, 500), new TimeAxis(100, 0), new TimeAxis(0, 0)]) {
    assert.equal(axis.frameAt(10), Math.min(10, Math.max(0, axis.frames - 1)));
    assert.ok(axis.cells(2).begins.length >= 1);
  }
});

test("an axis cannot be changed", () => {
  const axis = new TimeAxis(100, 500);
  assert.throws(() => Object.assign(axis, { first: 3 }), TypeError);
});
