// Everything on a frame: looked for, ticked, made objects.

import { unpackMask } from "../state/bytes.js";

/** @import { Api } from "../state/api.js" */
/** @import { Store } from "../state/store.js" */
/** @import { EverythingSaid, FoundSaid } from "../state/wire.js" */

export class Everything {
  /**
   * `change(path, body)` asks the server for a change, and `attempt(ask)` for anything else, as in `Actions`.
   * @param {{ store: Store, api: Api, change: (path: string, body: object) => Promise<any>, attempt: <T>(ask: () => Promise<T>) => Promise<T | undefined> }} how
   */
  constructor({ store, api, change, attempt }) {
    this.store = store;
    this.api = api;
    this.change = change;
    this.attempt = attempt;
  }

  /**
   * Look on the shown frame: for what is like an object, for what words name (`detect`: of what the detector in the
   * package knows, or all of that), for what lies in boxes that were given, or else for everything.
   * @param {{ like?: number | null, words?: string, detect?: boolean, given?: boolean }} [sought]
   */
  find(sought = {}) {
    return this.change("/everything", { frame: this.store.state.frame, ...sought });
  }

  /** Look for what lies in the boxes of a COCO file on the shown frame. @param {File} file */
  async findInBoxes(file) {
    const path = this.api.ofProject(`/everything/boxes?name=${encodeURIComponent(file.name)}`);
    const isSent = await this.attempt(async () => Boolean(await this.api.upload(path, file, () => {})));
    if (isSent) await this.find({ given: true });
  }

  /** Show what was found as a pick list; its frame. */
  async load() {
    /** @type {EverythingSaid} */
    const found = await this.api.get(this.api.ofProject("/everything"));
    const { width, height } = this.store.project.video;
    const unpacked = async (/** @type {FoundSaid} */ one) => ({ ...one, mask: await unpackMask(one.mask, width * height) });
    const masks = await Promise.all(found.masks.map(unpacked));
    const ticked = new Set(Array.from({ length: found.meant }, (_, place) => place));
    this.store.set({ everything: { frame: found.frame, masks, ticked, refused: new Set(), isSought: found.is_sought, hasExample: found.has_example }, dialog: "everything" });
    return found.frame;
  }

  /** Tick one thing, or take its tick away. @param {number} place */
  tick(place) {
    this.#say(place, "ticked", "refused");
  }

  /** Say that one thing is not meant, or take that back. @param {number} place */
  refuse(place) {
    this.#say(place, "refused", "ticked");
  }

  /** Tick all that are not refused, or none if all of these are. */
  tickAll() {
    const { everything } = this.store.state;
    if (!everything) return;
    const all = [...everything.masks.keys()].filter((place) => !everything.refused.has(place));
    const ticked = new Set(all.every((place) => everything.ticked.has(place)) ? [] : all);
    this.store.set({ everything: { ...everything, ticked } });
  }

  /** Look again: others are to be like what is ticked, and not like what is refused. */
  async again() {
    const { everything } = this.store.state;
    if (!everything) return;
    const told = { meant: [...everything.ticked], refused: [...everything.refused] };
    if (await this.change("/everything/again", told)) this.store.set({ dialog: null });
  }

  /** Turn one mark of a thing, which excludes another. @param {number} place @param {"ticked" | "refused"} mark @param {"ticked" | "refused"} other */
  #say(place, mark, other) {
    const { everything } = this.store.state;
    if (!everything) return;
    const [marked, others] = [new Set(everything[mark]), new Set(everything[other])];
    if (!marked.delete(place)) marked.add(place);
    others.delete(place);
    this.store.set({ everything: { ...everything, [mark]: marked, [other]: others } });
  }

  /** Make objects of what is ticked. */
  async pick() {
    const places = [...(this.store.state.everything?.ticked ?? [])];
    if (await this.change("/everything/pick", { places })) this.store.set({ dialog: null, everything: null });
  }
}
