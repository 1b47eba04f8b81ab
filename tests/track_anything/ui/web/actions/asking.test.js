// Changes wait for each other; faults are told once, and nothing reaches a project that was left.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Asking } from "#web/actions/asking.js";
import { Api, ServerError } from "#web/state/api.js";
import { Store } from "#web/state/store.js";

/** @import { Project } from "#web/state/wire.js" */

/** A page whose server answers when it is told to. */
function page() {
  /** @type {{ path: string, body: any, answer: (status: number, answer: object) => void }[]} */
  const asked = [];
  const store = new Store();
  const api = new Api(
    (path, options) =>
      new Promise((resolve) => {
        const answer = (/** @type {number} */ status, /** @type {object} */ said) =>
          resolve(new Response(JSON.stringify(said), { status }));
        asked.push({ path: String(path), body: JSON.parse(String(options?.body)), answer });
      }),
  );
  api.projectId = "one";
  /** @type {object[]} */
  const applied = [];
  /** @type {string[]} */
  const said = [];
  const asking = new Asking({ store, api, apply: (answer) => applied.push(answer), say: (_, text) => said.push(text) });
  return { asked, store, api, asking, applied, said };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

test("a change is asked for when the one before it was answered, and its body is made then", async () => {
  const { asked, asking, applied } = page();
  let objectId = 1;
  const first = asking.change("/click", () => ({ objectId }), () => {
    objectId = 2;
  });
  const second = asking.change("/click", () => ({ objectId }));
  await turn();
  assert.equal(asked.length, 1);
  asked[0].answer(200, { number: 1 });
  await first;
  await turn();
  assert.deepEqual(asked.map(({ body }) => body.objectId), [1, 2]);
  asked[1].answer(200, { number: 2 });
  assert.deepEqual(await second, { number: 2 });
  assert.deepEqual(applied, [{ number: 1 }, { number: 2 }]);
});

test("a change that fails is told of, and does not hold up the next one", async () => {
  const { asked, asking, applied, said } = page();
  const first = asking.change("/click", () => ({}));
  const second = asking.change("/undo", () => ({}));
  await turn();
  asked[0].answer(400, { detail: "nothing was found: click inside the object" });
  assert.equal(await first, undefined);
  await turn();
  asked[1].answer(200, {});
  await second;
  assert.deepEqual(said, ["nothing was found: click inside the object"]);
  assert.equal(applied.length, 1);
});

test("what must not wait does not", async () => {
  const { asked, asking } = page();
  const change = asking.change("/click", () => ({}));
  const pause = asking.changeAtOnce("/job/pause");
  await turn();
  assert.deepEqual(asked.map(({ path }) => path).sort(), ["/api/projects/one/click", "/api/projects/one/job/pause"]);
  for (const { answer } of asked) answer(200, {});
  await Promise.all([change, pause]);
});

test("an answer for a project that was left is dropped, and so is what was still to be asked", async () => {
  const { asked, api, asking, applied } = page();
  const first = asking.change("/click", () => ({}));
  const second = asking.change("/click", () => ({}));
  await turn();
  api.projectId = "two";
  asked[0].answer(200, {});
  assert.deepEqual(await Promise.all([first, second]), [undefined, undefined]);
  assert.equal(asked.length, 1);
  assert.deepEqual(applied, []);
});

test("the page is busy as long as somebody waits", async () => {
  const { asked, store, asking } = page();
  const change = asking.change("/click", () => ({}));
  await turn();
  assert.equal(store.state.busy, 1);
  asked[0].answer(500, {});
  await change;
  assert.equal(store.state.busy, 0);
});

test("the server is told which revision the page knows", async () => {
  const { asked, store, asking } = page();
  store.set({ project: /** @type {Project} */ ({ revision: 41 }) });
  const change = asking.change("/undo", () => ({}));
  await turn();
  assert.equal(asked[0].body.since, 41);
  asked[0].answer(200, {});
  await change;
});

test("what was broken off by the page itself is no fault to be told", async () => {
  const { asking, said } = page();
  const stop = () => Promise.reject(new DOMException("cancelled", "AbortError"));
  assert.equal(await asking.attempt(stop), undefined);
  assert.deepEqual(said, []);
});

test("a server that cannot be reached, or makes no sense, is told of in words", async () => {
  const away = new Api(() => Promise.reject(new TypeError("network")));
  await assert.rejects(away.get("/api/home"), new ServerError("The server cannot be reached: is it still running?", 0));
  const odd = new Api(() => Promise.resolve(new Response("<html>", { status: 502 })));
  await assert.rejects(odd.get("/api/home"), { status: 502, message: /status 502/ });
});
