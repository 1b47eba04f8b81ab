// Costly values: fetched once, shared, dropped when room is needed, and asked for again after a fault.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedLru } from "#web/state/lru.js";

/** @param {number} capacity */
function store(capacity) {
  /** @type {string[]} */
  const dropped = [];
  /** @type {SharedLru<string, string>} */
  const lru = new SharedLru(capacity, { weigh: (value) => value.length, dispose: (value) => dropped.push(value) });
  return { lru, dropped };
}

const give = (/** @type {string} */ value) => () => Promise.resolve(value);
const refuse = () => Promise.reject(new Error("it was asked for again"));

test("who asks while a value is on its way gets the same one", async () => {
  const { lru } = store(10);
  let asked = 0;
  const load = () => Promise.resolve(`${++asked}`);
  assert.deepEqual(await Promise.all([lru.get("a", load), lru.get("a", load)]), ["1", "1"]);
  assert.equal(await lru.get("a", refuse), "1");
});

test("what was used longest ago goes first, and is disposed of", async () => {
  const { lru, dropped } = store(2);
  await lru.get("a", give("A"));
  await lru.get("b", give("B"));
  assert.equal(lru.peek("a"), "A"); // used again
  await lru.get("c", give("C"));
  assert.deepEqual(dropped, ["B"]);
  assert.deepEqual(["a", "b", "c"].map((key) => lru.peek(key)), ["A", undefined, "C"]);
});

test("what is held stays, and so does what has just come, however heavy", async () => {
  const { lru, dropped } = store(2);
  lru.held = "a";
  await lru.get("a", give("A"));
  await lru.get("b", give("BBBBB"));
  assert.deepEqual(dropped, []);
  await lru.get("c", give("C"));
  assert.deepEqual(dropped, ["BBBBB"]);
});

test("after a fault the next one who asks tries again", async () => {
  const { lru } = store(10);
  await assert.rejects(lru.get("a", () => Promise.reject(new Error("no"))), /no/);
  assert.equal(await lru.get("a", give("A")), "A");
});

test("what was forgotten on its way is had by who waited for it, and kept by nobody", async () => {
  const { lru, dropped } = store(10);
  const waiting = lru.get("a", give("A"));
  lru.forget(() => true);
  assert.equal(await waiting, "A");
  assert.equal(lru.peek("a"), undefined);
  assert.deepEqual(dropped, []);
});

test("forgetting disposes of what is unwanted, and of nothing else", async () => {
  const { lru, dropped } = store(10);
  for (const key of ["a1", "a2", "b1"]) await lru.get(key, give(key));
  lru.forget((key) => key.startsWith("a"));
  assert.deepEqual(dropped, ["a1", "a2"]);
  assert.equal(lru.peek("b1"), "b1");
});
