// The shadow of an object: looked for, and then an object that goes with it.

import { texts } from "../texts/texts.js";

/** @import { Store } from "../state/store.js" */
/** @import { Job } from "../state/wire.js" */
/** @import { Say } from "./asking.js" */

export class Shadows {
  /** @type {{ job: number, owner: number } | null} */
  #asked = null; // what was asked for here

  /**
   * `change(path, body)` asks the server for a change, `say(kind, text)` tells a person, as in `Actions`.
   * @param {object} how
   * @param {Store} how.store
   * @param {(path: string, body: object) => Promise<any>} how.change
   * @param {Say} how.say
   * @param {(objectId: number) => void} how.select
   */
  constructor({ store, change, say, select }) {
    this.store = store;
    this.change = change;
    this.say = say;
    this.select = select;
  }

  /** Look for the shadow of the selected object, on the selected frames or on all. */
  async suggest() {
    const { objectId: owner, selection } = this.store.state;
    if (owner === null) return;
    const frames = selection && [selection.start, selection.stop];
    const answer = await this.change("/shadow", { object_id: owner, frames });
    if (!answer) return;
    this.#asked = { job: answer.job.id, owner };
    this.ended(this.store.state.job); // it may have ended before its number was known
  }

  /** A job ended: what it found is selected, to be looked at. @param {Job | null} job */
  ended(job) {
    if (!job || job.id !== this.#asked?.job || job.status !== "done") return;
    const found = this.store.project.objects.find(({ owner }) => owner === this.#asked?.owner);
    if (!found) return; // the project as it is now is still on its way
    this.#asked = null;
    this.select(found.id);
    this.say("info", texts.objects.shadowFound(found.name));
  }
}
