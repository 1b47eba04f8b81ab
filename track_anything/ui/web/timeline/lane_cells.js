// What a lane shows where several frames share a column of pixels: the worst of them, and every mark.

import { NO_CONFIDENCE, Status } from "../state/store.js";

/** @import { Lane } from "../state/types.js" */

/** A set of statuses as bits. @param {...number} statuses */
export const statusBits = (...statuses) => statuses.reduce((bits, status) => bits | (1 << status), 0);

const UNSURE = statusBits(Status.TRACKED, Status.STALE); // the confidence counts for these
const GONE = statusBits(Status.ABSENT, Status.KNOWN_ABSENT);
const PRESENT = UNSURE | statusBits(Status.KNOWN);

/** What is seen of a cell of an object: one of these, see `faceOf`. */
export const Face = Object.freeze({ NOTHING: 0, ABSENT: 1, KNOWN: 2, UNSURE: 3 });

/** What to show for a set of statuses: what is least certain hides what is more so. @param {number} bits */
export function faceOf(bits) {
  if (bits & UNSURE) return Face.UNSURE;
  if (bits & PRESENT) return Face.KNOWN;
  return bits & GONE ? Face.ABSENT : Face.NOTHING;
}

/**
 * Frames summed up, a byte per cell.
 *
 * @typedef {object} Sums
 * @property {Uint8Array} statuses the set of statuses as bits
 * @property {Uint8Array} worst the least confidence of tracked and stale frames; NO_CONFIDENCE when none has any
 * @property {Uint8Array} marks all of them
 */

/**
 * Sum up the frames of every cell.
 *
 * @param {Lane} lane
 * @param {ArrayLike<number>} begins first frame of each cell and, at the end, the frame after the last; see TimeAxis.cells
 * @returns {Sums}
 */
export function sumUp(lane, begins) {
  const cells = begins.length - 1;
  const sums = { statuses: new Uint8Array(cells), worst: new Uint8Array(cells), marks: new Uint8Array(cells) };
  const { status, confidence, marks } = lane;
  for (let cell = 0; cell < cells; cell++) {
    const stop = Math.min(Math.max(begins[cell + 1], begins[cell] + 1), status.length);
    let [statuses, worst, allMarks] = [0, NO_CONFIDENCE, 0];
    for (let frame = begins[cell]; frame < stop; frame++) {
      const bit = 1 << status[frame];
      statuses |= bit;
      allMarks |= marks[frame];
      if (bit & UNSURE && confidence[frame] < worst) worst = confidence[frame];
    }
    sums.statuses[cell] = statuses;
    sums.worst[cell] = worst;
    sums.marks[cell] = allMarks;
  }
  return sums;
}

/**
 * Call `draw(begin, stop)` for every run of cells whose value passes the test.
 * @param {Uint8Array} values
 * @param {(value: number) => boolean} isMeant
 * @param {(begin: number, stop: number) => void} draw
 */
export function forRuns(values, isMeant, draw) {
  for (let cell = 0; cell < values.length; cell++) {
    if (!isMeant(values[cell])) continue;
    const begin = cell;
    while (cell < values.length && isMeant(values[cell])) cell++;
    draw(begin, cell);
  }
}
