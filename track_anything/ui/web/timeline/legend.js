// What the lanes show, explained with small lanes that are drawn by the same hand.

import { LANE_HEIGHT, LanePainter } from "./lanes.js";
import { readPalette, watchTheme } from "./palette.js";
import { TimeAxis } from "./time_axis.js";
import { el } from "../elements/dom.js";
import { Mark, NO_CONFIDENCE, Status } from "../state/store.js";

/** @import { Colour } from "../state/types.js" */
/** @import { Palette } from "./palette.js" */
/** @import { TimelineTexts } from "./parts.js" */

const WIDTH = 28; // CSS pixels
/** @type {Colour} */
const SAMPLE_COLOUR = [0x5a, 0xb4, 0xff]; // of an object

/** @param {number} value */
const all = (value) => [value, value, value];
/** @param {number} mark */
const middle = (mark) => [0, mark, 0];

/** @typedef {{ status: number[], confidence: number[], marks: number[] }} Sample */
/** @typedef {keyof typeof SAMPLES} SampleName */

/** What each word of `texts.legend` looks like over three frames: statuses, confidences, marks. */
const SAMPLES = {
  sure: { status: all(Status.TRACKED), confidence: [60, 150, 254], marks: all(0) },
  known: { status: all(Status.KNOWN), confidence: all(254), marks: all(0) },
  prompt: { status: all(Status.KNOWN), confidence: all(254), marks: middle(Mark.PROMPT) },
  lock: { status: all(Status.KNOWN), confidence: all(254), marks: middle(Mark.LOCK) },
  drift: { status: all(Status.TRACKED), confidence: [190, 60, 190], marks: middle(Mark.DRIFT) },
  refined: { status: all(Status.TRACKED), confidence: all(230), marks: middle(Mark.REFINED) },
  stale: { status: all(Status.STALE), confidence: all(230), marks: all(0) },
  absent: { status: all(Status.ABSENT), confidence: all(254), marks: all(0) },
  knownAbsent: { status: all(Status.KNOWN_ABSENT), confidence: all(254), marks: middle(Mark.LOCK) },
};

/** Names of what can be explained. */
export const EXPLAINED = Object.freeze(/** @type {SampleName[]} */ (Object.keys(SAMPLES)));

/**
 * A list of small lanes with their meanings, in the page's colours, light or dark.
 * @param {TimelineTexts} texts
 * @param {readonly SampleName[]} [names]
 */
export function legend(texts, names = EXPLAINED) {
  const pictures = new Map(names.map((name) => [name, el("canvas", { className: "ta-legend-picture", "aria-hidden": "true" })]));
  const list = el(
    "ul",
    { className: "ta-legend", "aria-label": texts.legend.title },
    names.map((name) => el("li", {}, pictures.get(name), texts.legend[name])),
  );
  const paint = () => {
    const palette = readPalette(list);
    for (const [name, canvas] of pictures) draw(canvas, SAMPLES[name], palette);
  };
  let isWatching = false;
  new ResizeObserver(() => {
    if (!list.isConnected || list.clientWidth === 0) return;
    if (!isWatching) watchTheme(list, paint); // needs the ancestors, so not earlier
    isWatching = true;
    paint();
  }).observe(list);
  return list;
}

/** @param {HTMLCanvasElement} canvas @param {Sample} sample @param {Palette} palette */
function draw(canvas, { status, confidence, marks }, palette) {
  const lane = { status: Uint8Array.from(status), confidence: Uint8Array.from(confidence, (value) => value ?? NO_CONFIDENCE), marks: Uint8Array.from(marks) };
  const lanes = [{ lane, colour: SAMPLE_COLOUR, isSelected: false, isShown: true }];
  const axis = new TimeAxis(status.length, WIDTH);
  new LanePainter(canvas).draw({ axis, palette: { ...palette, line: palette.panel }, cuts: null, height: LANE_HEIGHT, scrollTop: 0, lanes });
}
