// @ts-nocheck
// Everything on a frame: looked for, ticked, made objects.

import { unpackMask } from "../state/bytes.js";

export class Everything {
  /** `change(path, body)` asks the server for a change, as in `Actions`. */
  constructor(store, api, change) {
    Object.assign(this, { store, api, change });
  }

  find() {
    return this.change("/everything", { frame: this.store.state.frame });
  }

  /** Show what was found as a pick list; its frame. */
  async load() {
    const found = await this.api.get(this.api.ofProject("/everything"));
    const { width, height } = this.store.state.project.video;
    const unpacked = async (one) => ({ ...one, mask: await unpackMask(one.mask, width * height) });
    const masks = await Promise.all(found.masks.map(unpacked));
    this.store.set({ everything: { frame: found.frame, masks, ticked: new Set() }, dialog: "everything" });
    return found.frame;
  }

  /** Tick one thing, or take its tick away. */
  tick(place) {
    const { everything } = this.store.state;
    const ticked = new Set(everything.ticked);
    if (!ticked.delete(place)) ticked.add(place);
    this.store.set({ everything: { ...everything, ticked } });
  }

  /** Make objects of what is ticked. */
  async pick() {
    const places = [...this.store.state.everything.ticked];
    if (await this.change("/everything/pick", { places })) this.store.set({ dialog: null, everything: null });
  }
}
