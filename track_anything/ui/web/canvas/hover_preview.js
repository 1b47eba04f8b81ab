// Asks what a click under a resting pointer would give. Only what is known without effort is answered.

import { unpackMask } from "../state/bytes.js";
import { isOnItsWay } from "../state/store.js";

/** @import { Api } from "../state/api.js" */
/** @import { Store } from "../state/store.js" */
/** @import { Point } from "../state/types.js" */

const REST = 25; // ms that the pointer has to rest: one that moves tells its place more often
const FIRST_PATIENCE = 400; // ms; a frame that was just opened is being made ready to be asked about
const LONGEST_PATIENCE = 6400;

/** Keeps `state.hover` up: {frame, x, y, mask, score} of the last answer, or null. */
export class HoverPreview {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Point | null} */
  #pixel = null; // where the pointer is
  /** @type {Point | null} */
  #asked = null; // the pixel that was asked about last
  #isResting = false; // until the pointer moves on: there was a press
  #patience = FIRST_PATIENCE; // ms until what had no answer is asked again
  #isAsking = false;
  #projectId = ""; // of what is shown
  #number = 0; // grows when answers on their way are not wanted any more

  /**
   * `shownFrame()` tells which frame is to be seen.
   * @param {{ store: Store, api: Api, shownFrame: () => number | null }} how
   */
  constructor({ store, api, shownFrame }) {
    this.store = store;
    this.api = api;
    this.shownFrame = shownFrame;
    store.subscribe(["frame", "tool", "playing", "job", "busy", "project"], ({ project }, changed) => {
      const isOther = changed.has("frame") || (project?.id ?? "") !== this.#projectId;
      this.#projectId = project?.id ?? "";
      if (isOther) this.renew();
      else if (!this.#isMeant()) this.#forget();
      else this.#wait(); // what is drawn stays: it is about the picture, not about what was made of it
    });
  }

  /** The pointer is over a source pixel, or nowhere (null). @param {Point | null} pixel */
  move(pixel) {
    if (pixel?.x === this.#pixel?.x && pixel?.y === this.#pixel?.y) return;
    this.#pixel = pixel;
    this.#isResting = false;
    this.#patience = FIRST_PATIENCE;
    if (pixel) this.#wait();
    else this.#forget();
  }

  /** Another picture lies under the pointer. */
  renew() {
    this.#forget();
    if (this.#pixel) this.#wait();
  }

  /** Show no preview until the pointer moves on: there was a press. */
  rest() {
    this.#isResting = true;
    this.clear();
  }

  /** Take the preview away. */
  clear() {
    this.#number++;
    clearTimeout(this.#timer);
    if (this.store.state.hover) this.store.set({ hover: null });
  }

  /** Take the preview away; the same pixel may be asked about again. */
  #forget() {
    this.clear();
    this.#asked = null;
  }

  #wait(patience = REST) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), patience);
  }

  /** Whether a click would be about what is seen. */
  #isMeant() {
    const { project, tool, playing, frame } = this.store.state;
    return project !== null && tool === "plus" && !playing && frame === this.shownFrame();
  }

  #isPossible() {
    const { job, busy } = this.store.state;
    return this.#isMeant() && busy === 0 && !isOnItsWay(job);
  }

  async #ask() {
    const pixel = this.#pixel;
    if (!pixel || pixel === this.#asked || this.#isAsking || this.#isResting || !this.#isPossible()) return;
    this.#asked = pixel;
    this.#isAsking = true;
    const number = this.#number;
    const hover = await this.#answer(pixel).catch(() => null); // a preview that fails is no preview
    this.#isAsking = false;
    const isWanted = number === this.#number;
    if (isWanted) this.store.set({ hover });
    if (this.#pixel !== pixel || this.#asked !== pixel) return this.#wait(); // the latest wins
    if (hover || !isWanted) return;
    this.#asked = null; // not known yet
    this.#wait(this.#patience);
    this.#patience = Math.min(2 * this.#patience, LONGEST_PATIENCE);
  }

  /** @param {Point} pixel */
  async #answer({ x, y }) {
    const { frame } = this.store.state;
    const { video } = this.store.project;
    const found = await this.api.post(this.api.ofProject("/preview"), { frame, x, y });
    if (!found) return null;
    const { width, height } = video;
    return { frame, x, y, mask: await unpackMask(found.mask, width * height), score: found.score };
  }
}
