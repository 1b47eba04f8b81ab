// Masks of other programs: files sent to the server, what it makes of them, and taking them in.

/** @import { Api } from "../state/api.js" */
/** @import { HowToRead, Incoming, MasksFound, Store } from "../state/store.js" */

export class Importing {
  /**
   * `change(path, body)` asks the server for a change, as in `Actions`.
   * @param {{ store: Store, api: Api, change: (path: string, body: object) => Promise<any> }} how
   */
  constructor({ store, api, change }) {
    this.store = store;
    this.api = api;
    this.change = change;
  }

  /** Send files, those of a folder with their paths in it, and see what the server makes of them. @param {File[]} files */
  async send(files) {
    if (files.length === 0) return;
    this.store.set({ incoming: { status: "sending", sent: 0, error: null } });
    try {
      await this.#post("/begin");
      const total = files.reduce((sum, { size }) => sum + size, 0) || 1;
      let before = 0;
      for (const file of files) {
        const name = file.webkitRelativePath || file.name;
        const progress = (/** @type {number} */ share) => this.#update({ sent: (before + share * file.size) / total });
        await this.api.upload(this.api.ofProject(`/import/file?name=${encodeURIComponent(name)}`), file, progress);
        before += file.size;
      }
      await this.inspect();
    } catch (error) {
      this.store.set({ incoming: { status: "failed", error: /** @type {Error} */ (error).message } });
    }
  }

  /**
   * Ask what taking the masks in would do; `how` is {reading, first_number, joins_instances}, null each = as it looks.
   * @param {HowToRead} [how]
   */
  async inspect(how = {}) {
    this.#update({ status: "looking", how });
    try {
      /** @type {MasksFound} */
      const found = await this.#post("/inspect", how);
      const choices = new Map(found.objects.map(({ foreign, becomes }) => [foreign, becomes]));
      this.store.set({ incoming: { status: "ready", how, found, choices, error: null } });
    } catch (error) {
      // what was read before stays to be seen: another reading may do
      this.#update({ status: this.store.state.incoming?.found ? "ready" : "failed", error: /** @type {Error} */ (error).message });
    }
  }

  /**
   * An object of the masks is to become an object of the project; null = a new one.
   * @param {number} foreign
   * @param {number | null} objectId
   */
  choose(foreign, objectId) {
    const { choices } = this.store.state.incoming ?? {};
    this.#update({ choices: new Map(choices).set(foreign, objectId) });
  }

  /** Make the masks known, as one step to undo. */
  async take() {
    const { how, choices = new Map() } = this.store.state.incoming ?? {};
    const answer = await this.change("/import/take", { ...how, choices: Object.fromEntries(choices) });
    if (answer) this.store.set({ dialog: null, incoming: null });
  }

  /** @param {Partial<Incoming>} changes */
  #update(changes) {
    const { incoming } = this.store.state;
    if (incoming) this.store.set({ incoming: { ...incoming, ...changes } });
  }

  /** @param {string} path @param {object} [body] @returns {Promise<any>} */
  #post(path, body = {}) {
    return this.api.post(this.api.ofProject(`/import${path}`), body);
  }
}
