// The frames that a correction helps most: counted, and gone through one by one to their end.

import { isOnItsWay } from "../state/store.js";
import { texts } from "../texts/texts.js";

/** @import { Api } from "../state/api.js" */
/** @import { State, Store } from "../state/store.js" */
/** @import { Say } from "./asking.js" */

const CALM = 400; // ms without a change before the frames are counted: a report of a long video takes a while

export class Fixing {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {number | null} */
  #revision = null; // of the project that the list is about
  /** @type {[frame: number, objectId: number][]} */
  #list = []; // where a correction should help most first

  /**
   * `go(frame, objectId)` shows one, `attempt` and `say` are those of `Actions`.
   * @param {object} how
   * @param {Store} how.store
   * @param {Api} how.api
   * @param {<T>(ask: () => Promise<T>) => Promise<T | undefined>} how.attempt
   * @param {Say} how.say
   * @param {(frame: number, objectId: number) => void} how.go
   */
  constructor({ store, api, attempt, say, go }) {
    this.store = store;
    this.api = api;
    this.attempt = attempt;
    this.say = say;
    this.go = go;
    store.subscribe(["project", "job"], (state) => this.#wait(state));
  }

  /** Show the next one; after the last one say that there is no other, and begin again with the next press. */
  async next() {
    const { project } = this.store.state;
    if (!project || !(await this.#load())) return;
    const at = this.store.state.toFix?.place ?? 0; // places count from 1
    const count = this.#list.length;
    this.#tell(at < count ? at + 1 : null);
    if (at < count) this.go(...this.#list[at]);
    else this.say("info", count > 0 ? texts.tracking.nothingElseToFix : texts.tracking.nothingToFix);
  }

  /** @param {State} state */
  #wait({ project, job }) {
    clearTimeout(this.#timer);
    if (!project || isOnItsWay(job) || project.revision === this.#revision) return;
    this.#timer = setTimeout(() => this.#load(), CALM);
  }

  /** Ask for the list, unless it is there; false when there is no answer. */
  async #load() {
    const { project } = this.store.state;
    clearTimeout(this.#timer);
    if (!project) return false;
    if (project.revision === this.#revision) return true;
    const found = await this.attempt(() => this.api.get(this.api.ofProject("/next")));
    if (!found || this.store.state.project?.id !== project.id) return false;
    this.#revision = project.revision;
    this.#list = found;
    this.#tell(null);
    return true;
  }

  /** @param {number | null} place */
  #tell(place) {
    this.store.set({ toFix: { count: this.#list.length, place } });
  }
}
