// English texts of the panels and bars.

import { count } from "./numbers.js";

/** @import { Texts } from "../state/types.js" */

/** @satisfies {Texts} */
export const cleanUpTexts = {
  title: "Clean up the masks",
  on: "· on",
  holes: "Fill holes",
  islands: "Drop islands",
  smooth: "Smooth",
  grow: "Grow",
  reset: "As tracked",
  value: {
    holes: (area) => (area === 0 ? "none" : `≤ ${count(area)} px`),
    islands: (area) => (area === 0 ? "none" : `≤ ${count(area)} px`),
    smooth: (radius) => `${radius} px`,
    grow: (pixels) => `${pixels > 0 ? "+" : ""}${pixels} px`,
  },
  tips: {
    holes: "Holes up to this area are filled, on every frame",
    islands: "Pieces up to this area are left out; the largest one always stays",
    smooth: "What is narrower than this is rounded off along the outline",
    grow: "The outline moves outwards, or inwards",
  },
};

export const rangeTexts = {
  title: "In and out points",
  setIn: "In point here",
  setOut: "Out point here",
  clear: "Forget the in and out points",
  short: (/** @type {[number, number]} */ [start, stop]) => `${start} – ${stop - 1}`,
  long: (/** @type {[number, number]} */ [start, stop]) =>
    `Tracking, playing and exports keep to frames ${start} to ${stop - 1}: ${stop - start} frames`,
};
