// Words that several rooms share, as types.

/** @typedef {{ x: number, y: number }} Point what it is counted in is said where it is used */
/** @typedef {{ width: number, height: number }} Size */
/** @typedef {{ x0: number, y0: number, x1: number, y1: number }} Box x1 and y1 are not included */
/**
 * English texts by name, and functions that make them of what they are told: words that can be put into a text.
 *
 * @typedef {{ readonly [name: string]: string | ((...told: any[]) => unknown) | readonly unknown[] | Texts }} Texts
 */

/** @typedef {{ start: number, stop: number }} Span frames; `stop` is not included */
/** @typedef {[red: number, green: number, blue: number]} Colour 0 to 255 each */
/** @typedef {Map<number, Colour>} Colours of objects, by their ids */
/** @typedef {number[]} Loop corners of a closed outline, [x0, y0, x1, y1, ...] */

/**
 * How an object stands on every frame, a byte each.
 *
 * @typedef {object} Lane
 * @property {Uint8Array} status one of `Status`
 * @property {Uint8Array} confidence 0 (none) to 254 (certain), or `NO_CONFIDENCE`
 * @property {Uint8Array} marks a sum of `Mark`
 */

/** @typedef {{ frames: number, rows: Map<number, Lane> }} Lanes the rows by object id */

export {};
