// Asks what a click under a resting pointer would give. Only what is known without effort is answered.

import { unpackMask } from "../state/bytes.js";

/** @import { Api } from "../state/api.js" */
/** @import { Store } from "../state/store.js" */
/** @import { Point } from "../state/types.js" */

const REST = 60; // ms that the pointer has to rest

/** Keeps `state.hover` up: {frame, x, y, mask, score} of the last answer, or null. */
export class HoverPreview {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Point | null} */
  #pixel = null; // where the pointer is
  /** @type {Point | null} */
  #asked = null; // the pixel that was asked about last
  #isAsking = false;
  #number = 0; // grows when answers on their way are not wanted any more

  /**
   * `shownFrame()` tells which frame is to be seen.
   * @param {{ store: Store, api: Api, shownFrame: () => number | null }} how
   */
  constructor({ store, api, shownFrame }) {
    this.store = store;
    this.api = api;
    this.shownFrame = shownFrame;
    store.subscribe(["frame", "tool", "playing", "job", "busy", "project"], (_, changed) => {
      if (changed.has("frame") || changed.has("project") || !this.#isPossible()) this.clear();
      else this.#wait();
    });
  }

  /** The pointer is over a source pixel, or nowhere (null). @param {Point | null} pixel */
  move(pixel) {
    if (pixel?.x === this.#pixel?.x && pixel?.y === this.#pixel?.y) return;
    this.#pixel = pixel;
    if (pixel) this.#wait();
    else this.clear();
  }

  /** Another picture lies under the pointer. */
  renew() {
    this.clear();
    this.#asked = null;
    if (this.#pixel) this.#wait();
  }

  /** Show no preview until the pointer moves on: there was a press. */
  rest() {
    this.clear();
    this.#asked = this.#pixel;
  }

  /** Take the preview away. */
  clear() {
    this.#number++;
    clearTimeout(this.#timer);
    if (this.store.state.hover) this.store.set({ hover: null });
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), REST);
  }

  #isPossible() {
    const { project, tool, playing, job, busy, frame } = this.store.state;
    const isCalm = !playing && busy === 0 && job?.status !== "running";
    return project !== null && tool === "click" && isCalm && frame === this.shownFrame();
  }

  async #ask() {
    const pixel = this.#pixel;
    if (!pixel || pixel === this.#asked || this.#isAsking || !this.#isPossible()) return;
    this.#asked = pixel;
    this.#isAsking = true;
    const number = this.#number;
    const hover = await this.#answer(pixel).catch(() => null); // a preview that fails is no preview
    this.#isAsking = false;
    if (number === this.#number) this.store.set({ hover });
    if (this.#pixel !== pixel) this.#wait(); // it moved on meanwhile: the latest wins
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
