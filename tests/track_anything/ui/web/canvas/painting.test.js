// Tables of pixels by object id: what each view shows of an object, and of what is none.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dimTable, GREY_TABLE, maskTable, pixelOf, tintTable, TRIMAP_TABLE } from "#web/canvas/painting.js";

/** @type {Map<number, [number, number, number]>} */
const colours = new Map([[3, [255, 0, 16]]]);

/** Red, green, blue and alpha, as ImageData has them. @param {number} pixel */
const channels = (pixel) => [...new Uint8Array(Uint32Array.of(pixel).buffer)];

test("a pixel is what ImageData makes of it", () => {
  assert.deepEqual(channels(pixelOf([1, 2, 3], 4)), [1, 2, 3, 4]);
  assert.deepEqual(channels(pixelOf([255, 254, 253])), [255, 254, 253, 255]);
});

test("a tint has the object's colour, lets the picture through, and leaves the rest alone", () => {
  const [red, green, blue, alpha] = channels(tintTable(colours)[3]);
  assert.deepEqual([red, green, blue], [255, 0, 16]);
  assert.ok(alpha > 50 && alpha < 200);
  assert.equal(tintTable(colours)[0], 0);
  assert.equal(tintTable(colours)[4], 0); // not shown
});

test("dimming leaves the object as it is and darkens the rest", () => {
  assert.equal(dimTable(colours)[3], 0);
  assert.ok(channels(dimTable(colours)[0])[3] > 100);
});

test("a mask is opaque where there is a shown object alone", () => {
  const table = maskTable(colours);
  assert.deepEqual(channels(table[3]), [255, 255, 255, 255]);
  assert.deepEqual([table[0], table[4]], [0, 0]);
  assert.deepEqual(channels(maskTable(colours, pixelOf([0, 0, 0]))[4]), [0, 0, 0, 255]);
});

test("grey goes from black to white, and a trimap has three kinds of pixels", () => {
  assert.deepEqual(channels(GREY_TABLE[0]), [0, 0, 0, 255]);
  assert.deepEqual(channels(GREY_TABLE[255]), [255, 255, 255, 255]);
  assert.equal(TRIMAP_TABLE[255], 0);
  assert.notEqual(TRIMAP_TABLE[0], TRIMAP_TABLE[128]);
  assert.ok(channels(TRIMAP_TABLE[0])[3] > 0 && channels(TRIMAP_TABLE[128])[3] > 0);
});
