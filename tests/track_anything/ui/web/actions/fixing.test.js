// The frames that are in doubt: counted, gone through, and at an end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Fixing } from "#web/actions/fixing.js";

/** @param {number[][]} list */
function fixing(list) {
  /** @type {{ project: { id: string, revision: number } | null, job: null, toFix: object | null }} */
  const state = { project: { id: "p", revision: 1 }, job: null, toFix: null };
  /** @type {any[]} */
  const told = [];
  const made = new Fixing({
    store: { state, set: (/** @type {object} */ changes) => Object.assign(state, changes), subscribe: () => {} },
    api: { get: async () => list, ofProject: (/** @type {string} */ path) => path },
    attempt: (/** @type {() => unknown} */ ask) => ask(),
    say: (/** @type {string} */ _, /** @type {string} */ text) => told.push(text),
    go: (/** @type {number[]} */ ...place) => told.push(place),
  });
  return { made, state, told };
}

test("every one is shown once, then the end is said, then it begins again", async () => {
  const { made, state, told } = fixing([[5, 1], [9, 2]]);
  await made.next();
  assert.deepEqual(state.toFix, { count: 2, place: 1 });
  await made.next();
  await made.next();
  assert.deepEqual(state.toFix, { count: 2, place: null });
  await made.next();
  assert.deepEqual([told[0], told[1], told[3]], [[5, 1], [9, 2], [5, 1]]);
  assert.match(told[2], /nothing else is in doubt/i);
});

test("where nothing is in doubt that is said", async () => {
  const { made, state, told } = fixing([]);
  await made.next();
  assert.match(told[0], /no tracked frame is in doubt/i);
  assert.deepEqual(state.toFix, { count: 0, place: null });
});

test("after a change the list is asked for anew", async () => {
  const list = [[5, 1]];
  const { made, state, told } = fixing(list);
  await made.next();
  list[0] = [7, 1];
  state.project = { id: "p", revision: 2 };
  await made.next();
  assert.deepEqual(told, [[5, 1], [7, 1]]);
});

test("a project that was left meanwhile is not spoken of", async () => {
  const { made, state, told } = fixing([[5, 1]]);
  const asked = made.next();
  state.project = null;
  await asked;
  assert.deepEqual(told, []);
});
