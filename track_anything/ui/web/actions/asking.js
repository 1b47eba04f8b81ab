// Asking the server for changes: one after the other, for none may overtake the one before it.

/** @import { Api } from "../state/api.js" */
/** @import { Message, Store } from "../state/store.js" */
/** @import { Update } from "../state/wire.js" */

/** @typedef {(kind: Message["kind"], text: string) => void} Say tells a person */

export class Asking {
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve(); // of the change that was asked for last

  /**
   * `apply(answer)` takes over what the server says, `say(kind, text)` tells a person.
   * @param {{ store: Store, api: Api, apply: (answer: Update) => void, say: Say }} how
   */
  constructor({ store, api, apply, say }) {
    this.store = store;
    this.api = api;
    this.apply = apply;
    this.say = say;
  }

  /**
   * Do something with the server; what goes wrong is said, and undefined is the answer.
   * @template T
   * @param {() => Promise<T>} ask
   * @returns {Promise<T | undefined>}
   */
  async attempt(ask) {
    try {
      return await ask();
    } catch (problem) {
      const error = /** @type {Error} */ (problem);
      if (error.name !== "AbortError") this.say("error", error.message);
      return undefined;
    }
  }

  /** Do something that a person waits for. @template T @param {() => Promise<T>} work */
  async whileBusy(work) {
    this.store.set({ busy: this.store.state.busy + 1 });
    try {
      return await work();
    } finally {
      this.store.set({ busy: this.store.state.busy - 1 });
    }
  }

  /**
   * Ask for a change of the open project when those before it were answered; the body is made then. `answered(answer)`
   * is done before the next one's turn comes. The promised answer is undefined when there was none, or the project was
   * left meanwhile.
   * @param {string} path
   * @param {() => object} makeBody
   * @param {(answer: any) => unknown} [answered]
   * @returns {Promise<any>}
   */
  change(path, makeBody, answered) {
    const { projectId } = this.api;
    const turn = this.#turn.then(() => this.#ask(projectId, path, makeBody, answered));
    this.#turn = turn.catch(() => {}); // a fault is told by this one's promise alone
    return this.whileBusy(() => turn);
  }

  /** Likewise, whatever else is asked for. @param {string} path @param {object} [body] @returns {Promise<any>} */
  changeAtOnce(path, body = {}) {
    return this.whileBusy(() => this.#ask(this.api.projectId, path, () => body));
  }

  /**
   * @param {string | null} projectId
   * @param {string} path
   * @param {() => object} makeBody
   * @param {(answer: any) => unknown} [answered]
   * @returns {Promise<any>}
   */
  async #ask(projectId, path, makeBody, answered) {
    if (projectId !== this.api.projectId) return undefined;
    const since = this.store.state.project?.revision ?? 0;
    const answer = await this.attempt(() => this.api.post(this.api.ofProject(path), { ...makeBody(), since }));
    if (!answer || projectId !== this.api.projectId) return undefined;
    this.apply(answer);
    await answered?.(answer);
    return answer;
  }
}
