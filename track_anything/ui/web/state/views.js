// @ts-nocheck
// The ways to look at a frame and its masks. A view is a recipe for the scene; see scene.js.

import { dimTable, GREY_TABLE, maskTable, pixelOf, tintTable, TRIMAP_TABLE } from "../canvas/painting.js";

const BLACK = pixelOf([0, 0, 0]);

/**
 * By name: how the layer made from the masks meets the picture (`mode`: over it, alone instead of it, cutting it out,
 * none), its `table` of pixels by object id given the colours of the shown objects, whether there are `lines` around
 * objects, what the view `needs` besides image and labels, with the table of its `own` bytes, and whether it `wipes`
 * from one thing at the left of a line to another at its right.
 */
export const RECIPES = Object.freeze({
  overlay: { mode: "over", table: tintTable, lines: true },
  outline: { mode: "none", lines: true },
  matte: { mode: "alone", table: (colours) => maskTable(colours, BLACK), lines: false, needs: "soft", own: GREY_TABLE },
  trimap: { mode: "over", table: dimTable, lines: false, needs: "trimap", own: TRIMAP_TABLE },
  cutout: { mode: "cut", table: maskTable, lines: false },
  dimmed: { mode: "over", table: dimTable, lines: false },
  raw: { mode: "none", lines: false },
  wipe: { mode: "over", table: tintTable, lines: true, needs: "before", wipes: true },
  removed: { mode: "none", lines: false, needs: "removed", wipes: true },
});

/** Names of the views, in the order in which they are offered. */
export const VIEWS = Object.freeze(Object.keys(RECIPES));
