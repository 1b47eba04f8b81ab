// The labels to be seen: the server's, or with strokes of the brush that it has not answered yet.

/** @import { Content } from "./scene.js" */

export class ShownMasks {
  /** @type {Content | null} */
  loaded = null; // as it came from the server
  /** @type {Uint8Array | null} */
  #withStrokes = null; // labels
  #onWay = 0; // strokes sent and not answered

  /**
   * `send(mask)` sends a painted mask; `onChange(content)` tells what to show now; `isLoading()` whether newer content is
   * on its way.
   * @param {object} how
   * @param {(mask: Uint8Array) => unknown} how.send
   * @param {() => boolean} how.isLoading
   * @param {(content: Content | null) => void} how.onChange
   */
  constructor({ send, isLoading, onChange }) {
    this.send = send;
    this.isLoading = isLoading;
    this.onChange = onChange;
  }

  /** The labels to be seen now, or null. */
  get labels() {
    return this.#withStrokes ?? this.loaded?.labels ?? null;
  }

  /**
   * Content came from the server; `isPainting` says that a stroke on this frame is in progress.
   * @param {Content | null} content
   * @param {boolean} isPainting
   */
  take(content, isPainting) {
    const isSameFrame = content?.frame === this.loaded?.frame;
    this.loaded = content;
    if (!isSameFrame || !(isPainting || this.#onWay > 0)) this.#withStrokes = null;
    this.#tell();
  }

  /** Show labels with a stroke in progress. @param {Uint8Array} labels */
  sketch(labels) {
    this.#withStrokes = labels;
    this.#tell();
  }

  /** Take an unfinished stroke back. */
  drop() {
    this.#withStrokes = null;
    this.#tell();
  }

  /** Send a painted mask; the stroke stays to be seen until the server's answer is. @param {Uint8Array} mask */
  async paint(mask) {
    this.#onWay++;
    await Promise.resolve(this.send(mask)).catch(() => {}); // who sends tells of errors
    await new Promise(requestAnimationFrame); // by then it is known whether there are new masks to load
    this.#onWay--;
    if (this.#withStrokes && this.#onWay === 0 && !this.isLoading()) this.drop();
  }

  #tell() {
    const { loaded } = this;
    const painted = this.#withStrokes;
    this.onChange(loaded && painted ? { ...loaded, labels: painted, own: null, cutout: null } : loaded);
  }
}
