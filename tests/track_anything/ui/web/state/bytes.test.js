// Masks and bytes over the wire: there and back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBase64, packMask, toBase64, unpackMask } from "#web/state/bytes.js";

test("bytes come back as they were, many of them too", () => {
  for (const length of [0, 1, 2, 3, 100_000]) {
    const bytes = Uint8Array.from({ length }, (_, place) => (place * 37) % 256);
    assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
  }
});

test("a mask comes back as it was, whatever its length", async () => {
  for (const length of [1, 7, 8, 9, 1000, 12_345]) {
    const mask = Uint8Array.from({ length }, (_, pixel) => Number(pixel % 3 === 0));
    assert.deepEqual(await unpackMask(await packMask(mask), length), mask);
  }
});

test("the first pixel is the highest bit, as the server packs it", async () => {
  // base64 of zlib.compress(bytes([0b10000001, 0b01000000]))
  assert.deepEqual([...(await unpackMask("eJxrdAAAAUQAwg==", 10))], [1, 0, 0, 0, 0, 0, 0, 1, 0, 1]);
});
