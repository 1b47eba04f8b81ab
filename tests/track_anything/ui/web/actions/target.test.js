// Which object a prompt is about, when clicks, new objects and other selections come faster than answers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Target } from "#web/actions/target.js";
import { Store } from "#web/state/store.js";

/**
 * A target of a store in which an object is selected.
 * @param {number | null} objectId
 */
function targetOf(objectId) {
  const store = new Store();
  store.set({ objectId });
  return { store, target: new Target(store) };
}

test("a prompt is about what is selected when it is made", () => {
  const { store, target } = targetOf(1);
  const made = target.aim;
  store.state.objectId = 2;
  assert.equal(made.objectId, 1);
  assert.equal(target.aim.objectId, 2);
});

test("the first answer names the object for all prompts that were made before it", () => {
  const { target } = targetOf(null);
  const [first, second] = [target.aim, target.aim];
  assert.equal(target.settle(first, 4), true);
  assert.equal(second.objectId, 4);
});

test("what is made after a new object was asked for is about the new one, until another is chosen", () => {
  const { store, target } = targetOf(1);
  const awaited = target.awaitNew();
  assert.equal(target.aim, awaited);
  const click = target.aim;
  target.choose(1);
  assert.equal(target.aim.objectId, 1);
  assert.equal(target.settle(awaited, 7), false); // it is named, and not selected any more
  assert.equal(click.objectId, 7);
  assert.equal(store.state.objectId, 1);
});

test("a new object that was not made leaves the selection as it is", () => {
  const { target } = targetOf(1);
  const awaited = target.awaitNew();
  assert.equal(target.settle(awaited, null), false);
  assert.equal(target.aim.objectId, 1);
});
