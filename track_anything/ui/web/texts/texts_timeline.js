// What the timeline says.

import { Mark, Status } from "../state/store.js";

/** @import { Texts } from "../state/types.js" */

/** @satisfies {Texts} */
export const timelineTexts = Object.freeze({
  label: "Timeline",
  zoomIn: "Zoom in on time",
  zoomOut: "Zoom out of time",
  all: "All",
  showAll: "Show all of the video",
  frame: (frame) => `Frame ${frame}`,
  position: (frame, count) => `Frame ${frame} of ${count}`,
  positionTip: (last) => `Frames are counted from 0: the last one is ${last}`,
  valueText: (frame, timeCode) => (timeCode ? `frame ${frame}, ${timeCode}` : `frame ${frame}`),
  rangeStart: "First frame of the range to work on: drag to change it",
  rangeStop: "Last frame of the range to work on: drag to change it",
  range: (first, last, count) => `Range: frames ${first} to ${last} (${frames(count)})`,
  selection: (first, last, count) => `Selected: frames ${first} to ${last} (${frames(count)})`,
  clearSelection: "Clear the selected range",
  noObjects: "Every object gets a lane here, as soon as there is one.",
  hiddenObject: (name) => `${name} (hidden)`,
  shotBegins: "A new shot begins here",
  status: Object.freeze({
    [Status.UNTRACKED]: "not tracked yet",
    [Status.KNOWN]: "yours: tracking leaves it as it is",
    [Status.KNOWN_ABSENT]: "yours: not in the picture",
    [Status.TRACKED]: "tracked",
    [Status.ABSENT]: "not in the picture",
    [Status.STALE]: "needs tracking again",
  }),
  legend: Object.freeze({
    title: "What the lanes show",
    sure: "Tracked, the bluer the surer",
    known: "Yours",
    prompt: "Clicked or boxed",
    lock: "Locked or painted",
    drift: "Drifted",
    refined: "Refined",
    stale: "Needs tracking again",
    absent: "Not in the picture",
    knownAbsent: "Absent, yours",
    untracked: "Not tracked yet",
  }),
  confidence: (percent) => `${percent} % sure`,
  marks: Object.freeze([
    [Mark.DRIFT, "drift noticed"],
    [Mark.REFINED, "refined by the segmenter"],
    [Mark.PROMPT, "prompted by you"],
    [Mark.LOCK, "locked"],
  ]),
});

/** @param {number} count */
function frames(count) {
  return count === 1 ? "1 frame" : `${count} frames`;
}
