// How far a collection is in all, and where a person goes next.

import assert from "node:assert/strict";
import { test } from "node:test";
import { attributesFrom, attributesText, classCounts, classOf, colourFrom, following, hexOf, keyOf, nextColour, summary, videoOf } from "#web/state/collection.js";

/** @import { CollectionSaid, CollectionVideo, VideoState } from "#web/state/wire.js" */

/** @param {string} name @param {VideoState} state @param {Partial<CollectionVideo>} [more] @returns {CollectionVideo} */
const video = (name, state, more = {}) => ({
  name, id: `id of ${name}`, has_picture: false, state, objects: 1, named: [], frames: 10, seconds: 2, known: 1, masks: 10, doubts: 0, fault: null, ...more,
});

/** @param {CollectionVideo[]} videos @param {Partial<CollectionSaid>} [more] @returns {CollectionSaid} */
const said = (videos, more = {}) => ({ name: "clips", videos, next: [], ahead: null, classes: [], comparison: null, data_set: null, files: [], forms: [], ...more });
const ahead = { video: "b", done: 0, total: 1, stage: "tracking", frames: 0, of: 10 };
const place = { video: "b", frame: 7, object_id: 1 };

test("states, objects, seconds and doubts are counted over all videos", () => {
  const told = summary(said([video("a", "reviewed"), video("b", "in doubt", { doubts: 3 }), video("c", "done"), video("d", "proposed", { doubts: 2 })]));
  assert.deepEqual([told.videos, told.objects, told.seconds, told.finished, told.doubts], [4, 4, 8, 4, 3]);
  assert.deepEqual([told.states.get("untouched"), told.states.get("done")], [0, 1]);
});

test("a project is that of a video by its id alone", () => {
  const collection = said([video("a", "tracked", { id: null }), video("b", "tracked")]);
  assert.equal(videoOf(collection, "id of b")?.name, "b");
  assert.equal(videoOf(collection, null), undefined);
  assert.equal(videoOf(null, "id of b"), undefined);
});

test("first comes what is in doubt, then what is to be reviewed, then what has no objects", () => {
  const videos = [video("a", "untouched"), video("b", "in doubt"), video("c", "tracked")];
  const collection = said(videos, { next: [place] });
  assert.deepEqual(following(collection, new Set(), null), { video: "b", place, why: "doubt" });
  const passed = new Set([keyOf(place)]);
  assert.deepEqual(following(collection, passed, "b"), { video: "c", place: null, why: "review" });
  assert.deepEqual(following(collection, passed, "c"), { video: "b", place: null, why: "review" });
  assert.deepEqual(following(said([videos[0], video("b", "reviewed")]), passed, "b"), { video: "a", place: null, why: "label" });
});

test("nobody is sent to a video that is tracked right now, nor back to the one that is left", () => {
  const videos = [video("a", "tracked"), video("b", "in doubt")];
  assert.equal(following(said(videos, { next: [place], ahead }), new Set(), "a"), null);
});

test("objects are counted by their class, which is their name without a number", () => {
  assert.deepEqual(["person", "person 2", "gate 7 b"].map(classOf), ["person", "person", "gate 7 b"]);
  const named = ["person", "person 2", "dog"].map((name, place) => ({ id: place + 1, name }));
  const counts = classCounts(said([video("a", "tracked", { named }), video("b", "tracked", { named: named.slice(2) })]));
  assert.deepEqual([...counts], [["person", 2], ["dog", 2]]);
});

test("attributes are what was typed, and are shown as they are typed", () => {
  const attributes = [{ name: "occluded", values: ["no", "yes"] }, { name: "clothes", values: [] }];
  assert.deepEqual(attributesFrom(" occluded:no, yes,, no ; clothes ;; occluded: x; : y"), attributes);
  assert.equal(attributesText(attributes), "occluded: no, yes; clothes");
  assert.deepEqual(attributesFrom(""), []);
});

test("every class begins with a colour that none has", () => {
  const one = nextColour([]);
  assert.notDeepEqual(nextColour([{ name: "a", colour: one, attributes: [] }]), one);
  assert.deepEqual(colourFrom(hexOf([1, 128, 255])), [1, 128, 255]);
  assert.equal(hexOf(null), "#808080");
});
