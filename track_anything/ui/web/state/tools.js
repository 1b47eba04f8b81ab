// What a press on the picture does. Clicks say what belongs to the object (plus) and what does not (minus).

/** @typedef {"plus" | "minus" | "brush" | "eraser" | "lasso" | "polygon"} Tool */

/** The tools in the order in which they are offered, with their keys. */
export const TOOLS = /** @type {const} */ ([
  ["plus", "C"],
  ["minus", "X"],
  ["brush", "R"],
  ["eraser", "E"],
  ["lasso", "G"],
  ["polygon", "P"],
]);

/** @param {Tool} tool */
export const isClick = (tool) => tool === "plus" || tool === "minus";

/** Whether it paints with a disc that has a size. @param {Tool} tool */
export const hasSize = (tool) => tool === "brush" || tool === "eraser";
