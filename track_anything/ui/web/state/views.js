// The ways to look at a frame and its masks. A view is a recipe for the scene; see scene.js.

import { dimTable, GREY_TABLE, maskTable, pixelOf, tintTable, TRIMAP_TABLE } from "../canvas/painting.js";

/** @import { Colours } from "./types.js" */

const BLACK = pixelOf([0, 0, 0]);

/** @typedef {"overlay" | "outline" | "matte" | "trimap" | "cutout" | "dimmed" | "raw" | "wipe" | "removed"} ViewName */

/**
 * How a view is made.
 *
 * @typedef {object} Recipe
 * @property {"over" | "alone" | "cut" | "none"} mode how the layer made from the masks meets the picture: over it, alone
 *   instead of it, cutting it out
 * @property {(colours: Colours) => Uint32Array} [table] of pixels by object id, given the colours of the shown objects
 * @property {boolean} lines whether there are lines around objects
 * @property {"soft" | "trimap" | "before" | "removed" | "cutout"} [needs] what the view needs besides image and labels
 * @property {Uint32Array} [own] table of the bytes that it needs
 * @property {boolean} [wipes] whether it wipes from one thing at the left of a line to another at its right
 */

/** @type {Readonly<Record<ViewName, Recipe>>} */
export const RECIPES = Object.freeze({
  overlay: { mode: "over", table: tintTable, lines: true },
  outline: { mode: "none", lines: true },
  matte: { mode: "alone", table: (colours) => maskTable(colours, BLACK), lines: false, needs: "soft", own: GREY_TABLE },
  trimap: { mode: "over", table: dimTable, lines: false, needs: "trimap", own: TRIMAP_TABLE },
  cutout: { mode: "cut", table: maskTable, lines: false, needs: "cutout" },
  dimmed: { mode: "over", table: dimTable, lines: false },
  raw: { mode: "none", lines: false },
  wipe: { mode: "over", table: tintTable, lines: true, needs: "before", wipes: true },
  removed: { mode: "none", lines: false, needs: "removed", wipes: true },
});

/** Names of the views, in the order in which they are offered. */
export const VIEWS = Object.freeze(/** @type {ViewName[]} */ (Object.keys(RECIPES)));
