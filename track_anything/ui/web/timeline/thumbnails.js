// @ts-nocheck
// Small pictures of frames: fetched when wanted, a few at a time, and kept for a while.

const CAPACITY = 256; // pictures; about 20 kB each
const PARALLEL = 4; // requests at a time, so that others are not held up
const PATIENCE = 40; // ms between two looks at what is wanted: what is wanted for a moment only is never asked for
const RETRY_AFTER = 3000; // ms

export class Thumbnails {
  #load;
  #changed;
  #kept = new Map(); // frame -> ImageBitmap, the one that was used last at the end
  #wanted = new Map(); // asker -> frames, the most wanted first
  #running = new Map(); // frame -> AbortController
  #failed = new Map(); // frame -> when
  #timer = null;

  /** `load(frame, signal)` promises an ImageBitmap; `changed()` is called when one more can be had. */
  constructor(load, changed) {
    this.#load = load;
    this.#changed = changed;
  }

  /** The picture of a frame, or undefined as long as there is none. */
  get(frame) {
    const picture = this.#kept.get(frame);
    if (picture) {
      this.#kept.delete(frame);
      this.#kept.set(frame, picture);
    }
    return picture;
  }

  /** The picture of a frame, else of the nearest one that is at most `distance` frames away, else undefined. */
  near(frame, distance) {
    const exact = this.get(frame);
    if (exact) return exact;
    let [best, least] = [undefined, distance];
    for (const [other, picture] of this.#kept) {
      if (Math.abs(other - frame) > least) continue;
      least = Math.abs(other - frame);
      best = picture;
    }
    return best;
  }

  /** Say what an asker wants now, the most wanted first; what nobody wants any more is dropped. */
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
    this.#timer = null;
    const wanted = new Set([...this.#wanted.values()].flat());
    for (const [frame, request] of this.#running) {
      if (wanted.has(frame)) continue;
      request.abort();
      this.#running.delete(frame);
    }
    for (const frame of wanted) {
      if (this.#running.size >= PARALLEL) return;
      const isOnHold = performance.now() - this.#failed.get(frame) < RETRY_AFTER; // false when it never failed
      if (!this.#kept.has(frame) && !this.#running.has(frame) && !isOnHold) this.#fetch(frame);
    }
  }

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

  #keep(frame, picture) {
    this.#failed.delete(frame);
    this.#kept.set(frame, picture);
    if (this.#kept.size <= CAPACITY) return;
    const [oldest, left] = this.#kept.entries().next().value;
    this.#kept.delete(oldest);
    left.close();
  }
}
