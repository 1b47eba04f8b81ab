// Everything on a frame: looked for, ticked, made objects.

import { unpackMask } from "../state/bytes.js";

/** @import { Api } from "../state/api.js" */
/** @import { Store } from "../state/store.js" */
/** @import { EverythingSaid, FoundSaid } from "../state/wire.js" */

export class Everything {
  /**
   * `change(path, body)` asks the server for a change, as in `Actions`.
   * @param {Store} store
   * @param {Api} api
   * @param {(path: string, body: object) => Promise<any>} change
   */
  constructor(store, api, change) {
    this.store = store;
    this.api = api;
    this.change = change;
  }

  /**
   * Look on the shown frame: for what is like an object, for what words name, or else for everything.
   * @param {{ like?: number | null, words?: string }} [sought]
   */
  find(sought = {}) {
    return this.change("/everything", { frame: this.store.state.frame, ...sought });
  }

  /** Show what was found as a pick list; its frame. */
  async load() {
    /** @type {EverythingSaid} */
    const found = await this.api.get(this.api.ofProject("/everything"));
    const { width, height } = this.store.project.video;
    const unpacked = async (/** @type {FoundSaid} */ one) => ({ ...one, mask: await unpackMask(one.mask, width * height) });
    const masks = await Promise.all(found.masks.map(unpacked));
    this.store.set({ everything: { frame: found.frame, masks, ticked: new Set(), isSought: found.is_sought }, dialog: "everything" });
    return found.frame;
  }

  /** Tick one thing, or take its tick away. @param {number} place */
  tick(place) {
    const { everything } = this.store.state;
    if (!everything) return;
    const ticked = new Set(everything.ticked);
    if (!ticked.delete(place)) ticked.add(place);
    this.store.set({ everything: { ...everything, ticked } });
  }

  /** Make objects of what is ticked. */
  async pick() {
    const places = [...(this.store.state.everything?.ticked ?? [])];
    if (await this.change("/everything/pick", { places })) this.store.set({ dialog: null, everything: null });
  }
}
