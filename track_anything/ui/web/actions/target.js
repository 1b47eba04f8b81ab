// Which object a prompt is about: the one that is selected when it is made, even if the server has yet to name it.

/** @import { Store } from "../state/store.js" */

/** @typedef {{ objectId: number | null, isAwaited: boolean }} Aim an object; null as long as it has no name yet */

export class Target {
  /** @type {Aim} */
  #aim = { objectId: null, isAwaited: false };

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /** What is selected now. Prompts that are made in a row share it, so the first one may name it for all. */
  get aim() {
    const { objectId } = this.store.state;
    const isStale = !this.#aim.isAwaited && this.#aim.objectId !== objectId;
    if (isStale) this.choose(objectId);
    return this.#aim;
  }

  /** An object is selected by hand. @param {number | null} objectId */
  choose(objectId) {
    this.#aim = { objectId, isAwaited: false };
  }

  /** A new object was asked for: what is made from now on is about that one. */
  awaitNew() {
    this.#aim = { objectId: null, isAwaited: true };
    return this.#aim;
  }

  /**
   * The server named the object, or made none (null); whether it is to be selected: no other one was meanwhile.
   * @param {Aim} aim
   * @param {number | null} objectId
   */
  settle(aim, objectId) {
    if (objectId !== null) aim.objectId = objectId;
    aim.isAwaited = false;
    return aim === this.#aim && objectId !== null;
  }
}
