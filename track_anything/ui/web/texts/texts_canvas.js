// English texts of the canvas.

/** @import { Texts } from "../state/types.js" */
/** @import { Standing } from "../state/wire.js" */

/** What each signal of the drift monitor says when it speaks loudest. */
/** @type {Record<string, string>} */
const reasons = {
  doubt: "the mask is unsure",
  blur: "its edge could belong to another object",
  entropy: "its edge is unsure",
  thinness: "it is hardly more than an edge",
  fragments: "it fell into pieces",
  area_jump: "its size jumped",
  motion: "it jumped",
  shape_change: "its shape jumped",
  colour_jump: "its colours are new",
  colour_drift: "its colours are not those you marked",
  unfamiliar: "it looks like nothing seen before",
  familiarity_drop: "it looks unlike just before",
  disagreement: "Segment Anything or the other direction sees it otherwise",
};

/** @satisfies {Texts} */
export const canvasTexts = {
  label: (frame, name) => `Frame ${frame}, ${name ? `${name} is selected` : "no object is selected"}`,
  kind: "video picture",
  loading: "Loading",
  zoom: "Zoom",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  actual: "Actual pixels",
  actualShort: "1:1",
  fit: "Fit the picture",
  fitShort: "Fit",
  place: (x, y) => `${x}, ${y}`,
  percent: (scale) => `${scale < 0.1 ? (scale * 100).toFixed(1) : Math.round(scale * 100)} %`,
  wipes: {
    wipe: () => ({ label: "Line between before and now, in percent of the width", left: "Before", right: "Now" }),
    removed: (isThere) => ({
      label: "Line between the picture as it was and without the objects, in percent of the width",
      left: "As it was",
      right: isThere ? "Object removed" : "Not removed yet",
    }),
  },
  backdrops: {
    label: "What is behind the cut-out",
    colour: "Colour behind the cut-out",
    names: /** @type {Record<string, string>} */ ({ checker: "Over a checker", "#000000": "Over black", "#ffffff": "Over white", own: "Over a colour" }),
  },
  candidates: "What the click may mean",
  candidate: (place, count, score) => `Answer ${place} of ${count}, score ${score.toFixed(2)}`,
  candidateKey: ".",
  selectFirst: "Select or add an object first: the brush paints its mask.",
  /** @param {Standing} standing */
  standing: ({ status, confidence, reason, refined }) => {
    if (status === "tracked" && reason) return `drifted: ${reasons[reason] ?? reason}`;
    const sure = confidence === null || confidence === undefined ? "" : ` ${Math.round(confidence * 100)} %`;
    if (status === "tracked") return `tracked${sure}${refined ? ", refined" : ""}`;
    if (status === "absent") return `not in the picture${sure && `,${sure} sure`}`;
    return { known: "yours", stale: "needs tracking again", untracked: "not tracked yet" }[status] ?? "";
  },
};
