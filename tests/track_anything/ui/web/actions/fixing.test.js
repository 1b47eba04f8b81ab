// The frames that are in doubt: counted, gone through, and at an end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Fixing } from "#web/actions/fixing.js";
import { Api } from "#web/state/api.js";
import { Store } from "#web/state/store.js";

/** @import { Project } from "#web/state/wire.js" */

const project = (/** @type {number} */ revision) => /** @type {Project} */ ({ id: "p", revision });

/** @param {number[][]} list */
function fixing(list) {
  const store = new Store();
  store.set({ project: project(1) });
  const api = new Api(() => Promise.resolve(Response.json(list)));
  /** @type {any[]} */
  const told = [];
  const made = new Fixing({
    store,
    api,
    attempt: (ask) => ask(),
    say: (_, text) => told.push(text),
    go: (...place) => told.push(place),
  });
  return { made, store, told };
}

test("every one is shown once, then the end is said, then it begins again", async () => {
  const { made, store, told } = fixing([[5, 1], [9, 2]]);
  await made.next();
  assert.deepEqual(store.state.toFix, { count: 2, place: 1 });
  await made.next();
  await made.next();
  assert.deepEqual(store.state.toFix, { count: 2, place: null });
  await made.next();
  assert.deepEqual([told[0], told[1], told[3]], [[5, 1], [9, 2], [5, 1]]);
  assert.match(told[2], /nothing else is in doubt/i);
});

test("where nothing is in doubt that is said", async () => {
  const { made, store, told } = fixing([]);
  await made.next();
  assert.match(told[0], /no tracked frame is in doubt/i);
  assert.deepEqual(store.state.toFix, { count: 0, place: null });
});

test("after a change the list is asked for anew", async () => {
  const list = [[5, 1]];
  const { made, store, told } = fixing(list);
  await made.next();
  list[0] = [7, 1];
  store.set({ project: project(2) });
  await made.next();
  assert.deepEqual(told, [[5, 1], [7, 1]]);
});

test("a project that was left meanwhile is not spoken of", async () => {
  const { made, store, told } = fixing([[5, 1]]);
  const asked = made.next();
  store.set({ project: null });
  await asked;
  assert.deepEqual(told, []);
});
