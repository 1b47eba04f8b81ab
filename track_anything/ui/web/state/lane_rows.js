// What the server says of every object on every frame, one byte per frame and kind.

import { fromBase64 } from "./bytes.js";
import { NO_CONFIDENCE } from "./store.js";

/** @import { Lane, Lanes } from "./types.js" */
/** @import { LaneBytes, LanesPart, Project } from "./wire.js" */

/** @type {(keyof Lane)[]} */
const PARTS = ["status", "confidence", "marks"];

/**
 * The lanes with the changed part put in; rows of objects that are gone are left out.
 * @param {Lanes | null} lanes
 * @param {LanesPart} part
 * @param {Project} project
 * @returns {Lanes}
 */
export function mergedLanes(lanes, part, project) {
  const { frames } = project.video;
  /** @type {Lanes["rows"]} */
  const rows = new Map();
  for (const { id } of project.objects) {
    const old = lanes?.rows.get(id) ?? emptyRow(frames);
    const sent = part.rows[id];
    rows.set(id, sent ? mergedRow(old, sent, part, frames) : old);
  }
  return { frames, rows };
}

/** @param {Lane} old @param {LaneBytes} sent @param {LanesPart} part @param {number} frames @returns {Lane} */
function mergedRow(old, sent, { start, stop }, frames) {
  const row = { ...old };
  for (const name of PARTS) {
    const bytes = fromBase64(sent[name]);
    const isAll = stop - start === frames;
    row[name] = isAll ? bytes : old[name].slice();
    if (!isAll) row[name].set(bytes, start);
  }
  return row;
}

/** @param {number} frames @returns {Lane} */
function emptyRow(frames) {
  return {
    status: new Uint8Array(frames),
    confidence: new Uint8Array(frames).fill(NO_CONFIDENCE),
    marks: new Uint8Array(frames),
  };
}
