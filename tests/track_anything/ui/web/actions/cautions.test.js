// What is said before all objects are tracked.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cautions } from "#web/actions/cautions.js";
import { Status } from "#web/state/store.js";

/** @import { Lanes } from "#web/state/types.js" */
/** @import { Project } from "#web/state/wire.js" */

const OBJECTS = [{ id: 1, name: "cat" }, { id: 2, name: "dog" }];

/** @param {...number} codes the status of each object on the only frame @returns {Lanes} */
function lanes(...codes) {
  const row = (/** @type {number} */ code) => ({ status: Uint8Array.of(code), confidence: Uint8Array.of(0), marks: Uint8Array.of(0) });
  return { frames: 1, rows: new Map(codes.map((code, place) => [place + 1, row(code)])) };
}

test("too little memory and objects without any mask are told, and else nothing", () => {
  const project = (/** @type {boolean} */ fits) => /** @type {Project} */ ({ objects: OBJECTS, forecast: { text: "too much", fits } });
  assert.deepEqual(cautions({ project: project(true), lanes: lanes(Status.KNOWN, Status.TRACKED) }), []);
  const told = cautions({ project: project(false), lanes: lanes(Status.KNOWN, Status.UNTRACKED) });
  assert.deepEqual(told.map(({ kind }) => kind), ["error", "info"]);
  assert.equal(told[0].text, "too much");
  assert.match(told[1].text, /^dog: left out/);
});
