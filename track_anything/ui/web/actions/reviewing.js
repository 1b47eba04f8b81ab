// What the newest tracking changed: asked for when it has ended, gone through, kept and put back.

import { isOnItsWay } from "../state/store.js";

/** @import { Api } from "../state/api.js" */
/** @import { State, Store } from "../state/store.js" */
/** @import { ChangedStretch } from "../state/wire.js" */

const CALM = 400; // ms without a change before it is asked for: a long video takes a while

export class Reviewing {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {number | null} */
  #revision = null; // of the project that the list is about

  /**
   * `change(path, body)` asks for a change, `go(frame, objectId)` shows a frame, `attempt` is that of `Actions`.
   * @param {object} how
   * @param {Store} how.store
   * @param {Api} how.api
   * @param {(path: string, body: object) => Promise<unknown>} how.change
   * @param {<T>(ask: () => Promise<T>) => Promise<T | undefined>} how.attempt
   * @param {(frame: number, objectId: number) => void} how.go
   */
  constructor({ store, api, change, attempt, go }) {
    this.store = store;
    this.api = api;
    this.change = change;
    this.attempt = attempt;
    this.go = go;
    store.subscribe(["project", "job"], (state) => this.#wait(state));
  }

  /** Show the frame of a stretch that changed most. @param {ChangedStretch} stretch */
  show({ worst, object_id }) {
    this.go(worst, object_id);
  }

  /**
   * Keep what was changed there, or put back the masks from before.
   * @param {"accept" | "reject"} verdict
   * @param {number} objectId
   * @param {[start: number, stop: number] | null} [frames] null = all that changed
   */
  judge(verdict, objectId, frames = null) {
    return this.change(`/changes/${verdict}`, { objects: [objectId], frames });
  }

  /** @param {State} state */
  #wait({ project, job }) {
    clearTimeout(this.#timer);
    if (!project || isOnItsWay(job) || project.revision === this.#revision) return;
    this.#timer = setTimeout(() => this.#load(), CALM);
  }

  async #load() {
    const { project } = this.store.state;
    if (!project) return;
    const found = await this.attempt(() => this.api.get(this.api.ofProject("/changes")));
    const now = this.store.state.project;
    if (!found || now?.id !== project.id || now.revision !== project.revision) return;
    this.#revision = project.revision;
    this.store.set({ trackChanges: found });
  }
}
