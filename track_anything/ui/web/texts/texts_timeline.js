// @ts-nocheck
// What the timeline says.

import { Mark, Status } from "../state/store.js";

export const timelineTexts = Object.freeze({
  label: "Timeline",
  zoomIn: "Zoom in on time",
  zoomOut: "Zoom out of time",
  all: "All",
  showAll: "Show all of the video",
  frame: (frame) => `Frame ${frame}`,
  position: (frame, last) => `Frame ${frame} / ${last}`,
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
    [Status.KNOWN]: "known: given by you",
    [Status.TRACKED]: "tracked",
    [Status.ABSENT]: "not in the picture",
    [Status.STALE]: "stale: needs tracking again",
  }),
  confidence: (percent) => `${percent} % sure`,
  marks: Object.freeze([
    [Mark.DRIFT, "drift noticed"],
    [Mark.REFINED, "refined by the segmenter"],
    [Mark.PROMPT, "prompted by you"],
    [Mark.LOCK, "locked"],
  ]),
});

function frames(count) {
  return count === 1 ? "1 frame" : `${count} frames`;
}
