// Where the picture lies on the stage: there and back, zooming, panning, and a stage of another size.

import assert from "node:assert/strict";
import { test } from "node:test";
import { middle, ViewTransform } from "#web/canvas/view_transform.js";

const VIDEO = { width: 640, height: 360 };
const STAGE = { width: 1000, height: 500 };

/** Views of all kinds on wide, tall and tiny stages. */
function* views() {
  for (const stage of [STAGE, { width: 300, height: 900 }, { width: 20, height: 20 }]) {
    const fitted = ViewTransform.fit(VIDEO, stage);
    yield fitted;
    for (const factor of [0.3, 2, 50]) {
      for (const point of [{ x: 0, y: 0 }, middle(stage), { x: stage.width, y: stage.height }]) {
        yield fitted.zoomAbout(point, factor);
        yield fitted.zoomAbout(point, factor).pan(stage.width, -stage.height);
      }
    }
  }
}

const close = (/** @type {number} */ one, /** @type {number} */ other) =>
  assert.ok(Math.abs(one - other) < 1e-9 * Math.max(1, Math.abs(one)), `${one} is not ${other}`);

test("the whole picture is fitted into the middle of the stage", () => {
  const view = ViewTransform.fit(VIDEO, STAGE);
  close(view.scale, 500 / 360);
  assert.equal(view.y, 0);
  close(view.x, (1000 - 640 * view.scale) / 2);
});

test("what is looked up on the stage is where it was drawn", () => {
  for (const view of views()) {
    for (const [x, y] of [[0, 0], [12.25, 300.5], [640, 360]]) {
      const place = view.toStage(x, y);
      const back = view.toSource(place.x, place.y);
      close(back.x, x);
      close(back.y, y);
    }
  }
});

test("the middle of every pixel is in that pixel", () => {
  for (const view of views()) {
    for (const [x, y] of [[0, 0], [123, 45], [639, 359]]) {
      const place = view.toStage(x + 0.5, y + 0.5);
      assert.deepEqual(view.sourcePixel(place.x, place.y), { x, y });
      assert.deepEqual(view.nearestPixel(place.x, place.y), { x, y });
    }
  }
});

test("outside of the picture there is no pixel, but a nearest one", () => {
  const view = ViewTransform.fit(VIDEO, STAGE);
  for (const [x, y, pixel] of [
    [0, 250, { x: 0, y: 180 }],
    [999, 250, { x: 639, y: 180 }],
    [500, -1, { x: 320, y: 0 }],
    [500, 501, { x: 320, y: 359 }],
  ]) {
    assert.equal(view.sourcePixel(Number(x), Number(y)), null);
    assert.deepEqual(view.nearestPixel(Number(x), Number(y)), pixel);
  }
});

test("zooming leaves what is under the pointer where it is", () => {
  const view = ViewTransform.fit(VIDEO, STAGE).zoomAbout({ x: 400, y: 200 }, 4);
  for (const point of [{ x: 10, y: 490 }, { x: 400, y: 200 }]) {
    const before = view.toSource(point.x, point.y);
    const zoomed = view.zoomAbout(point, 1.3);
    const after = zoomed.toSource(point.x, point.y);
    close(after.x, before.x);
    close(after.y, before.y);
  }
});

test("zooming beside the picture is about its nearest point", () => {
  const view = ViewTransform.fit(VIDEO, STAGE);
  const left = view.zoomAbout({ x: 0, y: 250 }, 3);
  close(left.toStage(0, 0).x, view.toStage(0, 0).x);
});

test("zoom has limits on both sides", () => {
  const view = ViewTransform.fit(VIDEO, STAGE);
  assert.equal(view.zoomAbout(middle(STAGE), 1e9).scale, 40);
  close(view.zoomAbout(middle(STAGE), 1e-9).scale, view.scale / 2);
});

test("panning leaves a bit of the picture in sight", () => {
  for (const view of views()) {
    for (const [dx, dy] of [[1e6, 0], [-1e6, 0], [0, 1e6], [0, -1e6], [1e6, -1e6]]) {
      const panned = view.pan(dx, dy);
      const [from, to] = [panned.toStage(0, 0), panned.toStage(VIDEO.width, VIDEO.height)];
      const [wide, high] = [Math.min(48, to.x - from.x, view.stage.width), Math.min(48, to.y - from.y, view.stage.height)];
      assert.ok(to.x >= wide - 1e-9 && from.x <= view.stage.width - wide + 1e-9);
      assert.ok(to.y >= high - 1e-9 && from.y <= view.stage.height - high + 1e-9);
    }
  }
});

test("what was in the middle of the stage stays there when its size changes", () => {
  const view = ViewTransform.fit(VIDEO, STAGE).zoomAbout({ x: 400, y: 200 }, 4);
  const stage = { width: 700, height: 620 };
  const [before, after] = [middle(STAGE), middle(stage)];
  const [was, is] = [view.toSource(before.x, before.y), view.resized(stage).toSource(after.x, after.y)];
  close(is.x, was.x);
  close(is.y, was.y);
});

test("a view cannot be changed", () => {
  assert.throws(() => Object.assign(ViewTransform.fit(VIDEO, STAGE), { scale: 3 }), TypeError);
});
