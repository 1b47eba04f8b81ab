// The ruler of the timeline: ticks, frame numbers, time codes and where shots begin.

import { surface, verticalLine } from "./canvas_surface.js";
import { timeCode } from "../state/time_code.js";

/** @import { Palette } from "./palette.js" */
/** @import { TimeAxis } from "./time_axis.js" */

export const RULER_HEIGHT = 38;
const LABEL_SPACING = 118; // room for a frame number, a time code and air around them
const [LABEL_BASE, TICK_TOP, MINOR_TOP] = [13, 20, 31];
const TIME_GAP = 6; // pixels between number and time code

/**
 * Draw the ruler of an axis; `cuts` are the first frames of later shots, or null.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {{ axis: TimeAxis, rate: number, cuts: number[] | null, palette: Palette }} ruler
 */
export function drawRuler(canvas, { axis, rate, cuts, palette }) {
  const context = surface(canvas, axis.width, RULER_HEIGHT);
  const { major, minor } = axis.tickSteps(LABEL_SPACING);
  forTicks(axis, minor, (x, frame) => {
    const isMajor = frame % major === 0;
    verticalLine(context, x, isMajor ? TICK_TOP : MINOR_TOP, RULER_HEIGHT, isMajor ? palette.line : palette.dim);
    if (!isMajor) return;
    context.fillStyle = palette.text;
    context.font = `600 11px ${palette.font}`;
    context.fillText(String(frame), x + 4, LABEL_BASE);
    const right = x + 4 + context.measureText(String(frame)).width + TIME_GAP;
    context.fillStyle = palette.dim;
    context.font = `10px ${palette.font}`;
    const code = timeCode(frame, rate);
    const isWhole = right + context.measureText(code).width <= axis.width;
    if (isWhole) context.fillText(code, right, LABEL_BASE);
  });
  forCuts(axis, cuts, (x) => drawCut(context, x, palette.accent));
}

/**
 * Call `draw(x, frame)` for every tick that can be seen, labels that stick in from the left included.
 *
 * @param {TimeAxis} axis
 * @param {number} step
 * @param {(x: number, frame: number) => void} draw
 */
export function forTicks(axis, step, draw) {
  const [first, last] = axis.visible;
  const before = Math.ceil(LABEL_SPACING / axis.scale);
  for (let frame = Math.max(0, Math.ceil((first - before) / step)) * step; frame <= last; frame += step) {
    draw(axis.edgeOf(frame), frame);
  }
}

/**
 * Call `draw(x)` where a shot that can be seen begins.
 * @param {TimeAxis} axis
 * @param {number[] | null} cuts
 * @param {(x: number) => void} draw
 */
export function forCuts(axis, cuts, draw) {
  const [first, last] = axis.visible;
  for (const cut of cuts ?? []) if (cut >= first && cut <= last) draw(axis.edgeOf(cut));
}

/** Two triangles that touch: a splice. @param {CanvasRenderingContext2D} context @param {number} x @param {string} colour */
function drawCut(context, x, colour) {
  context.fillStyle = colour;
  context.beginPath();
  const [top, middle, bottom] = [RULER_HEIGHT - 12, RULER_HEIGHT - 6, RULER_HEIGHT];
  for (const side of [-5, 5]) {
    context.moveTo(x, middle);
    context.lineTo(x + side, top);
    context.lineTo(x + side, bottom);
    context.closePath();
  }
  context.fill();
}
