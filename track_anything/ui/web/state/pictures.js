// Frames and masks from the server, kept for a while.

import { SharedLru } from "./lru.js";
import { RECIPES } from "./views.js";

/** @import { Api } from "./api.js" */
/** @import { CleanUpDraft, Store } from "./store.js" */

const IMAGE_BYTES = 256 * 2 ** 20; // decoded; as much again for what removals left of them
const LABEL_BYTES = 64 * 2 ** 20;
const AHEAD = 6; // frames fetched before they are asked for

export class Pictures {
  /** @type {SharedLru<number, ImageBitmap>} */
  #images = new SharedLru(IMAGE_BYTES, { weigh: bytesOfImage, dispose: (image) => image.close() });
  /** @type {SharedLru<string, ImageBitmap>} */
  #removed = new SharedLru(IMAGE_BYTES, { weigh: bytesOfImage, dispose: (image) => image.close() }); // "number/frame"
  /** @type {SharedLru<string, Uint8Array>} */
  /** @type {SharedLru<string, ImageBitmap>} */
  #cutouts = new SharedLru(IMAGE_BYTES / 4, { weigh: bytesOfImage, dispose: (image) => image.close() }); // "cutout/12/1,2"
  #masks = new SharedLru(LABEL_BYTES, { weigh: (bytes) => bytes.length }); // "labels/12", "before/12", "soft/12/1,2"
  #waitedFor = 0; // requests that somebody waits for
  #prefetch = 0; // number of the newest prefetch: the older ones end

  /** @param {Api} api @param {Store} store */
  constructor(api, store) {
    this.api = api;
    this.store = store;
  }

  /** Promise of the ImageBitmap of a frame, at source size. @param {number} frame */
  image(frame) {
    return this.#visibly(this.#image(frame));
  }

  /** The image of a frame if it is here, else undefined. @param {number} frame */
  peekImage(frame) {
    return this.#images.peek(frame);
  }

  /**
   * Never drop the image of this frame, nor what a removal left of it: they are being shown.
   * @param {number | null} frame
   * @param {number} [removal]
   */
  hold(frame, removal) {
    this.#images.held = frame;
    this.#removed.held = `${removal}/${frame}`;
  }

  /** Promise of the object id of every pixel of a frame, row by row; not to be written to. @param {number} frame */
  labels(frame) {
    return this.#visibly(this.#labels(frame));
  }

  /** The same, with one object cleaned up otherwise. @param {number} frame @param {CleanUpDraft} draft */
  cleaned(frame, { objectId, holes, islands, smooth, grow }) {
    const asked = `object_id=${objectId}&holes=${holes}&islands=${islands}&smooth=${smooth}&grow=${grow}`;
    return this.#visibly(this.#bytes(`cleaned/${frame}/${asked}`, `/clean-up/${frame}?${asked}&`));
  }

  /** The same as of before the last step. @param {number} frame */
  labelsBefore(frame) {
    return this.#visibly(this.#bytes(`before/${frame}`, `/masks/${frame}?before=1&`));
  }

  /**
   * Promise of how much of each pixel, 0 to 255, is one of some objects: as sure as the tracker was, or a matte.
   * @param {number} frame
   * @param {number[]} ids
   * @param {string | null} matte
   */
  soft(frame, ids, matte) {
    const asked = askedOf(ids, matte);
    return this.#visibly(this.#bytes(`soft/${frame}/${asked}`, `/soft/${frame}?${asked}&`));
  }

  /**
   * Promise of the ImageBitmap of some objects cut out of a frame, as exports with alpha hold them.
   * @param {number} frame
   * @param {number[]} ids
   * @param {string | null} matte
   */
  cutout(frame, ids, matte) {
    const asked = askedOf(ids, matte);
    const address = `/cutout/${frame}?${asked}&v=${this.store.project.revision}`;
    return this.#visibly(this.#cutouts.get(`cutout/${frame}/${asked}`, () => this.api.picture(this.api.ofProject(address))));
  }

  /**
   * Promise of the ImageBitmap of a frame without the objects of a removal, named by its number.
   * @param {number} frame
   * @param {number} number
   */
  removed(frame, number) {
    return this.#visibly(this.#withoutObjects(frame, number));
  }

  /**
   * Promise of what a band leaves unknown along the outline of an object: 0, 128 and 255.
   * @param {number} frame
   * @param {number} id
   * @param {number} width
   */
  trimap(frame, id, width) {
    const asked = `object_id=${id}&band=${width}`;
    return this.#visibly(this.#bytes(`trimap/${frame}/${asked}`, `/trimap/${frame}?${asked}&`));
  }

  /** Masks changed on some frames (a Set), or everywhere (null): ask for them anew. @param {Set<number> | null} frames */
  forgetMasks(frames) {
    const isStale = (/** @type {string} */ key) => {
      const [kind, frame] = key.split("/");
      return kind === "before" || frames === null || frames.has(Number(frame)); // any step moves "before the last step"
    };
    this.#masks.forget(isStale);
    this.#cutouts.forget(isStale);
  }

  /** The number of the removal that left something of a frame to be looked at, or null. @param {number} frame */
  removalOf(frame) {
    const removed = this.store.state.project?.removed;
    return removed && frame >= removed.start && frame < removed.stop ? removed.number : null;
  }

  /**
   * Fetch images and masks of the frames that come next, 1 = forward, -1 = backward, while nobody waits.
   * @param {number} frame
   * @param {number} direction
   */
  async prefetch(frame, direction) {
    const number = ++this.#prefetch;
    for (let next = frame + direction; this.#isWorthwhile(frame, next); next += direction) {
      if (number !== this.#prefetch || this.#waitedFor > 0) return;
      try {
        await this.#all(next);
      } catch {
        return; // who really wants it will hear the reason
      }
    }
  }

  /** Forget everything: another project is shown. */
  clear() {
    this.#prefetch++;
    this.#images.held = null;
    this.#images.forget(() => true);
    this.#removed.forget(() => true);
    this.#cutouts.forget(() => true);
    this.#masks.forget(() => true);
  }

  /** @param {number} frame @param {number} next */
  #isWorthwhile(frame, next) {
    const { project } = this.store.state;
    if (!project || next < 0 || next >= project.video.frames) return false;
    const { width, height } = project.video;
    const room = Math.floor(IMAGE_BYTES / (4 * width * height)) - 2; // the rest would push out what is shown
    return Math.abs(next - frame) <= Math.min(AHEAD, room);
  }

  /** @param {number} frame */
  #image(frame) {
    return this.#images.get(frame, () => this.api.picture(this.api.ofProject(`/frames/${frame}`)));
  }

  /** @param {number} frame */
  #all(frame) {
    const isWanted = RECIPES[this.store.state.view].needs === "removed";
    const number = isWanted ? this.removalOf(frame) : null;
    return Promise.all([this.#image(frame), this.#labels(frame), number === null ? null : this.#withoutObjects(frame, number)]);
  }

  /** @param {number} frame @param {number} number */
  #withoutObjects(frame, number) {
    const address = `/removed/${frame}?v=${number}`;
    return this.#removed.get(`${number}/${frame}`, () => this.api.picture(this.api.ofProject(address)));
  }

  /** @param {number} frame */
  #labels(frame) {
    return this.#bytes(`labels/${frame}`, `/masks/${frame}?`);
  }

  /** @param {string} key @param {string} path */
  #bytes(key, path) {
    const address = `${path}v=${this.store.project.revision}`;
    return this.#masks.get(key, () => this.api.bytes(this.api.ofProject(address)));
  }

  /** @template T @param {Promise<T>} request @returns {Promise<T>} */
  async #visibly(request) {
    this.#waitedFor++;
    try {
      return await request;
    } finally {
      this.#waitedFor--;
    }
  }
}

/** @param {number[]} ids @param {string | null} matte */
function askedOf(ids, matte) {
  return `objects=${ids.join(",")}${matte ? `&matte=${matte}` : ""}`;
}

/** @param {ImageBitmap} image */
function bytesOfImage({ width, height }) {
  return 4 * width * height;
}
