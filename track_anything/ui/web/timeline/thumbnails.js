// Small pictures of frames: fetched when wanted, a few at a time, and kept for a while.

const CAPACITY = 256; // pictures; about 20 kB each
const PARALLEL = 4; // requests at a time, so that others are not held up
const PATIENCE = 40; // ms between two looks at what is wanted: what is wanted for a moment only is never asked for
const RETRY_AFTER = 3000; // ms

/** @typedef {(frame: number, signal: AbortSignal) => Promise<ImageBitmap>} Load */

export class Thumbnails {
  #load;
  #changed;
  /** @type {Map<number, ImageBitmap>} */
  #kept = new Map(); // frame -> ImageBitmap, the one that was used last at the end
  /** @type {Map<string, number[]>} */
  #wanted = new Map(); // asker -> frames, the most wanted first
  /** @type {Map<number, AbortController>} */
  #running = new Map(); // frame -> AbortController
  /** @type {Map<number, number>} */
  #failed = new Map(); // frame -> when
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * `load(frame, signal)` promises an ImageBitmap; `changed()` is called when one more can be had.
   * @param {Load} load
   * @param {() => void} changed
   */
  constructor(load, changed) {
    this.#load = load;
    this.#changed = changed;
  }

  /** The picture of a frame, or undefined as long as there is none. @param {number} frame */
  get(frame) {
    const picture = this.#kept.get(frame);
    if (picture) {
      this.#kept.delete(frame);
      this.#kept.set(frame, picture);
    }
    return picture;
  }

  /**
   * The picture of a frame, else of the nearest one that is at most `distance` frames away, else undefined.
   * @param {number} frame
   * @param {number} distance
   */
  near(frame, distance) {
    const exact = this.get(frame);
    if (exact) return exact;
    /** @type {ImageBitmap | undefined} */
    let best;
    let least = distance;
    for (const [other, picture] of this.#kept) {
      if (Math.abs(other - frame) > least) continue;
      least = Math.abs(other - frame);
      best = picture;
    }
    return best;
  }

  /**
   * Say what an asker wants now, the most wanted first; what nobody wants any more is dropped.
   * @param {string} asker
   * @param {number[]} frames
   */
  want(asker, frames) {
    this.#wanted.set(asker, frames);
    this.#timer ??= setTimeout(() => this.#look(), PATIENCE);
  }

  /** Forget everything: another video is shown. */
  clear() {
    this.#wanted.clear();
    this.#look();
    for (const picture of this.#kept.values()) picture.close();
    this.#kept.clear();
    this.#failed.clear();
  }

  #look() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const wanted = new Set([...this.#wanted.values()].flat());
    for (const [frame, request] of this.#running) {
      if (wanted.has(frame)) continue;
      request.abort();
      this.#running.delete(frame);
    }
    for (const frame of wanted) {
      if (this.#running.size >= PARALLEL) return;
      const isOnHold = performance.now() - (this.#failed.get(frame) ?? -Infinity) < RETRY_AFTER;
      if (!this.#kept.has(frame) && !this.#running.has(frame) && !isOnHold) this.#fetch(frame);
    }
  }

  /** @param {number} frame */
  async #fetch(frame) {
    const request = new AbortController();
    this.#running.set(frame, request);
    try {
      const picture = await this.#load(frame, request.signal);
      if (request.signal.aborted) return picture.close();
      this.#keep(frame, picture);
    } catch {
      if (request.signal.aborted) return;
      this.#failed.set(frame, performance.now()); // a missing thumbnail is an empty place, not a message
    }
    this.#running.delete(frame);
    this.#look();
    this.#changed();
  }

  /** @param {number} frame @param {ImageBitmap} picture */
  #keep(frame, picture) {
    this.#failed.delete(frame);
    this.#kept.set(frame, picture);
    if (this.#kept.size <= CAPACITY) return;
    const [oldest] = this.#kept.keys();
    this.#kept.get(oldest)?.close();
    this.#kept.delete(oldest);
  }
}
