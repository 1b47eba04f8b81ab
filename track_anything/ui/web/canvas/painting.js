// Label maps as pictures: every byte is looked up in a table of 256 pixels, so that any view is one quick pass.

import { contextOf } from "../elements/dom.js";

/** @import { Colour, Colours, Size } from "../state/types.js" */

const TINT = 0.38; // what lies under it can still be judged
const DIMMED_TO = 0.25;
const UNKNOWN_TINT = 0.6;

/**
 * A pixel as the Uint32 that ImageData holds for it; `alpha` from 0 to 255.
 * @param {Colour} colour
 * @param {number} [alpha]
 */
export function pixelOf([red, green, blue], alpha = 255) {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * Table that tints each shown object; `colours` is a Map from the ids of shown objects to [r, g, b].
 * @param {Colours} colours
 */
export function tintTable(colours) {
  return tableOf(colours, 0, (colour) => pixelOf(colour, Math.round(255 * TINT)));
}

/** Table that darkens what belongs to no shown object. @param {Colours} colours */
export function dimTable(colours) {
  return tableOf(colours, pixelOf([0, 0, 0], Math.round(255 * (1 - DIMMED_TO))), () => 0);
}

/**
 * Table that is opaque where there is a shown object: white, on nothing or on black.
 * @param {Colours} colours
 * @param {number} [background]
 */
export function maskTable(colours, background = 0) {
  return tableOf(colours, background, () => pixelOf([255, 255, 255]));
}

/** Table for trimaps: what is not the object is dark, what is unknown amber, and the object as it is. */
export const TRIMAP_TABLE = Uint32Array.from({ length: 256 }, (_, value) => trimapPixel(value));

/** Table for probabilities instead of ids: black to white. */
export const GREY_TABLE = Uint32Array.from({ length: 256 }, (_, value) => pixelOf([value, value, value]));

/** A picture of the size of a frame that is painted again and again. */
export class Layer {
  canvas = new OffscreenCanvas(1, 1);
  #context = contextOf(this.canvas);
  /** @type {ImageData | null} */
  #image = null;
  #pixels = new Uint32Array(0);

  /** Paint table[byte] for every byte of a frame. @param {Uint8Array} bytes @param {Uint32Array} table @param {Size} size */
  paint(bytes, table, { width, height }) {
    if (this.#image?.width !== width || this.#image?.height !== height) {
      Object.assign(this.canvas, { width, height });
      this.#image = new ImageData(width, height);
      this.#pixels = new Uint32Array(this.#image.data.buffer);
    }
    const pixels = this.#pixels;
    for (let i = 0; i < pixels.length; i++) pixels[i] = table[bytes[i]];
    this.#context.putImageData(this.#image, 0, 0);
  }

  /**
   * Keep of an image what the table leaves opaque.
   * @param {CanvasImageSource} image
   * @param {Uint8Array} bytes
   * @param {Uint32Array} table
   * @param {Size} size
   */
  cut(image, bytes, table, size) {
    this.paint(bytes, table, size);
    this.#context.globalCompositeOperation = "source-in";
    this.#context.drawImage(image, 0, 0);
    this.#context.globalCompositeOperation = "source-over";
  }
}

/** @param {number} value */
function trimapPixel(value) {
  if (value === 255) return 0;
  return value === 0 ? pixelOf([0, 0, 0], Math.round(255 * (1 - DIMMED_TO))) : pixelOf([255, 176, 0], Math.round(255 * UNKNOWN_TINT));
}

/** @param {Colours} colours @param {number} background @param {(colour: Colour) => number} pixelOfObject */
function tableOf(colours, background, pixelOfObject) {
  const table = new Uint32Array(256).fill(background);
  for (const [id, colour] of colours) table[id] = pixelOfObject(colour);
  return table;
}
