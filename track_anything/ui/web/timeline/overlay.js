// What lies over all rows of the timeline: the playhead, the range to work on, the selected range.

import { timeCode } from "../state/time_code.js";

/** @import { Span } from "../state/types.js" */
/** @import { Parts, TimelineTexts } from "./parts.js" */
/** @import { TimeAxis } from "./time_axis.js" */

const PLAYHEAD_FRAME_FROM = 5; // pixels per frame from which on the frame itself is tinted too
const CLEAR_BUTTON = 16; // pixels

/**
 * Put everything where it belongs on the axis; `range` and `selection` are {start, stop} or null.
 * @param {Parts} parts
 * @param {{ axis: TimeAxis, frame: number, range: Span | null, selection: Span | null }} places
 */
export function placeOverlay(parts, { axis, frame, range, selection }) {
  placePlayhead(parts, axis, frame);
  placeSelection(parts, axis, selection);
  const { start, stop } = range ?? { start: 0, stop: axis.frames };
  placeBetween(parts.before, axis, 0, start);
  placeBetween(parts.after, axis, stop, axis.frames);
  placeHandle(parts.start, axis, start);
  placeHandle(parts.stop, axis, stop);
}

/**
 * Say where the playhead is, also to those who do not see it.
 * @param {Parts} parts
 * @param {{ frame: number, frames: number, rate: number, texts: TimelineTexts }} position
 */
export function tellPosition(parts, { frame, frames, rate, texts }) {
  const code = timeCode(frame, rate);
  const last = Math.max(0, frames - 1);
  parts.clock.textContent = code;
  parts.position.textContent = texts.position(frame, frames);
  parts.position.title = texts.positionTip(last);
  parts.playheadNumber.textContent = String(frame);
  parts.slider.ariaValueMin = "0";
  parts.slider.ariaValueMax = String(last);
  parts.slider.ariaValueNow = String(frame);
  parts.slider.ariaValueText = texts.valueText(frame, code);
}

/** @param {Parts} parts @param {TimeAxis} axis @param {number} frame */
function placePlayhead({ playhead, playheadNumber, frameBlock }, axis, frame) {
  const isVisible = axis.isVisible(frame);
  playhead.hidden = playheadNumber.hidden = !isVisible;
  if (isVisible) {
    moveTo(playhead, axis.xOf(frame));
    const isLeft = axis.xOf(frame) + playheadNumber.offsetWidth > axis.width; // a flag, turned where it would stick out
    playheadNumber.classList.toggle("ta-is-left", isLeft);
    moveTo(playheadNumber, axis.xOf(frame) - (isLeft ? playheadNumber.offsetWidth : 0));
  }
  if (axis.scale < PLAYHEAD_FRAME_FROM) frameBlock.hidden = true;
  else placeBetween(frameBlock, axis, frame, frame + 1);
}

/** @param {Parts} parts @param {TimeAxis} axis @param {Span | null} selection */
function placeSelection({ selected, clear }, axis, selection) {
  const { start, stop } = selection ?? { start: 0, stop: 0 };
  placeBetween(selected, axis, start, stop);
  clear.hidden = selected.hidden;
  if (clear.hidden) return;
  const right = Math.min(axis.edgeOf(stop), axis.width);
  const isRoomy = right - Math.max(axis.edgeOf(start), 0) > CLEAR_BUTTON + 4;
  const left = isRoomy ? right - CLEAR_BUTTON - 2 : right + 2;
  moveTo(clear, Math.min(left, axis.width - CLEAR_BUTTON));
}

/**
 * Stretch an element over frames, as far as they are shown.
 * @param {HTMLElement} element
 * @param {TimeAxis} axis
 * @param {number} start
 * @param {number} stop
 */
function placeBetween(element, axis, start, stop) {
  const left = Math.max(axis.edgeOf(start), 0);
  const right = Math.min(axis.edgeOf(stop), axis.width);
  element.hidden = stop <= start || right <= left;
  if (element.hidden) return;
  moveTo(element, left);
  element.style.width = `${right - left}px`;
}

/** @param {HTMLElement} handle @param {TimeAxis} axis @param {number} border */
function placeHandle(handle, axis, border) {
  const x = axis.edgeOf(border);
  handle.hidden = x < -0.5 || x > axis.width + 0.5;
  moveTo(handle, x);
}

/** @param {HTMLElement} element @param {number} x */
function moveTo(element, x) {
  element.style.translate = `${x}px 0`;
}
