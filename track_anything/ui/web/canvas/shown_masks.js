// @ts-nocheck
// The labels to be seen: the server's, or with strokes of the brush that it has not answered yet.

export class ShownMasks {
  loaded = null; // content as it came from the server; see Scene
  #withStrokes = null; // labels
  #onWay = 0; // strokes sent and not answered

  /** `onChange(content)` tells what to show now; `isLoading()` whether newer content is on its way. */
  constructor({ send, isLoading, onChange }) {
    Object.assign(this, { send, isLoading, onChange });
  }

  /** The labels to be seen now, or null. */
  get labels() {
    return this.#withStrokes ?? this.loaded?.labels ?? null;
  }

  /** Content came from the server; `isPainting` says that a stroke on this frame is in progress. */
  take(content, isPainting) {
    const isSameFrame = content?.frame === this.loaded?.frame;
    this.loaded = content;
    if (!isSameFrame || !(isPainting || this.#onWay > 0)) this.#withStrokes = null;
    this.#tell();
  }

  /** Show labels with a stroke in progress. */
  sketch(labels) {
    this.#withStrokes = labels;
    this.#tell();
  }

  /** Take an unfinished stroke back. */
  drop() {
    this.#withStrokes = null;
    this.#tell();
  }

  /** Send a painted mask; the stroke stays to be seen until the server's answer is. */
  async paint(mask) {
    this.#onWay++;
    await Promise.resolve(this.send(mask)).catch(() => {}); // who sends tells of errors
    await new Promise(requestAnimationFrame); // by then it is known whether there are new masks to load
    this.#onWay--;
    if (this.#withStrokes && this.#onWay === 0 && !this.isLoading()) this.drop();
  }

  #tell() {
    const isPainted = this.loaded && this.#withStrokes;
    this.onChange(isPainted ? { ...this.loaded, labels: this.#withStrokes, own: null } : this.loaded);
  }
}
