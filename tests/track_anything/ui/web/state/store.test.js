// The store: who hears of what, and when; and what is newer of two things said of a job.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isOnItsWay, isOutdated, justEnded, Store } from "#web/state/store.js";

/** @import { Job, JobStatus, Project } from "#web/state/wire.js" */

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** @param {number} id @param {JobStatus} status @returns {Job} */
const job = (id, status) => /** @type {Job} */ ({ id, status });

test("a listener hears at once of how things stand, then of all changes of a turn together", async () => {
  const store = new Store();
  /** @type {string[][]} */
  const heard = [];
  store.subscribe(["frame", "tool"], (_, changed) => heard.push([...changed].sort()));
  store.set({ frame: 3 });
  store.set({ tool: "brush", brushSize: 7 });
  assert.equal(store.state.frame, 3); // known at once
  assert.equal(heard.length, 1); // told later
  await turn();
  assert.deepEqual(heard, [["frame", "tool"], ["brushSize", "frame", "tool"]]);
});

test("who listens to other fields, or to what stayed as it was, hears nothing", async () => {
  const store = new Store();
  let heard = 0;
  store.subscribe(["frame"], () => heard++);
  store.set({ tool: "brush", frame: 0 });
  await turn();
  assert.equal(heard, 1);
});

test("a listener whose signal was aborted hears nothing any more", async () => {
  const store = new Store();
  const stop = new AbortController();
  let heard = 0;
  store.subscribe(["frame"], () => heard++, stop.signal);
  stop.abort();
  store.set({ frame: 3 });
  await turn();
  assert.equal(heard, 1);
});

test("what is changed by a listener is told in a turn of its own", async () => {
  const store = new Store();
  /** @type {number[]} */
  const frames = [];
  store.subscribe(["frame"], ({ frame }) => {
    frames.push(frame);
    if (frame === 1) store.set({ frame: 2 });
  });
  store.set({ frame: 1 });
  await turn();
  assert.deepEqual(frames, [0, 1, 2]);
});

test("leaving a project forgets what belongs to it and keeps how a person likes to work", () => {
  const store = new Store();
  store.set({ frame: 9, objectId: 2, brushSize: 50, view: "outline", hidden: new Set([1]), exportForm: "coco" });
  store.leave();
  const { frame, objectId, brushSize, view, hidden, exportForm } = store.state;
  assert.deepEqual({ frame, objectId, brushSize, view, exportForm }, { frame: 0, objectId: null, brushSize: 50, view: "outline", exportForm: "coco" });
  assert.equal(hidden.size, 0);
});

test("of hidden and solo objects, solo has the say", () => {
  const store = new Store();
  store.set({ hidden: new Set([1]) });
  assert.deepEqual([1, 2].map((id) => store.isShown(id)), [false, true]);
  store.set({ solo: 1 });
  assert.deepEqual([1, 2].map((id) => store.isShown(id)), [true, false]);
});

test("the open project is there, or asking for it is a fault", () => {
  const store = new Store();
  assert.throws(() => store.project, /no project is open/);
  const project = /** @type {Project} */ ({ objects: [{ id: 4, name: "cat" }] });
  store.set({ project });
  assert.equal(store.project, project);
  assert.equal(store.object(4)?.name, "cat");
  assert.equal(store.object(5), undefined);
});

test("answers overtake each other: older ones are told by their numbers, and an end is not taken back", () => {
  assert.equal(isOutdated(job(2, "running"), job(1, "done")), true);
  assert.equal(isOutdated(job(1, "done"), job(2, "running")), false);
  assert.equal(isOutdated(job(1, "done"), job(1, "running")), true);
  assert.equal(isOutdated(job(1, "running"), job(1, "done")), false);
  assert.equal(isOutdated(job(1, "done"), null), true);
  assert.equal(isOutdated(null, job(1, "running")), false);
  assert.equal(isOutdated(null, null), false);
});

test("a job has just ended when it was on its way before, or began and ended unseen", () => {
  assert.equal(justEnded(job(1, "running"), job(1, "done")), true);
  assert.equal(justEnded(job(1, "done"), job(2, "failed")), true);
  assert.equal(justEnded(job(1, "done"), job(1, "done")), false);
  assert.equal(justEnded(null, job(1, "done")), false); // of before the page was opened
  assert.equal(justEnded(job(1, "paused"), job(1, "running")), false);
});

test("paused jobs are on their way", () => {
  assert.deepEqual(["ready", "running", "paused", "done", "cancelled", "failed"].map((status) => isOnItsWay(job(1, /** @type {JobStatus} */ (status)))), [true, true, true, false, false, false]);
  assert.equal(isOnItsWay(null), false);
});
