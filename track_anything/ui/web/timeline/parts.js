// @ts-nocheck
// The elements that the timeline is made of.

import { legend } from "./legend.js";
import { el } from "../elements/dom.js";

/** What lies over the rows, the topmost last. */
const OVERLAY = [
  "before", "after", "selected", "frameBlock", "hoverLine", "playhead", "playheadNumber", "start", "stop", "clear",
];

/**
 * Build the panel into `element` and hand out its parts by name. Everything along the time axis lies in the column of
 * the tracks; `data-zone` says what a pointer is over.
 */
export function buildParts(element, texts, zoom) {
  const canvas = (zone) => el("canvas", { className: `ta-timeline-${zone}`, width: 0, height: 0, dataset: { zone } });
  const parts = {
    ruler: canvas("ruler"),
    film: canvas("film"),
    lanes: canvas("lanes"),
    names: el("div", { className: "ta-lane-names" }),
    clock: el("div", { className: "ta-timeline-clock" }),
    position: el("div", { className: "ta-timeline-position" }),
    empty: el("p", { className: "ta-timeline-empty" }, texts.noObjects),
    before: el("div", { className: "ta-timeline-out" }),
    after: el("div", { className: "ta-timeline-out" }),
    selected: el("div", { className: "ta-timeline-selected" }),
    clear: el("button", { type: "button", className: "ta-timeline-clear", title: texts.clearSelection }, "×"),
    hoverLine: el("div", { className: "ta-timeline-hover", hidden: true }),
    frameBlock: el("div", { className: "ta-playhead-frame" }),
    playhead: el("div", { className: "ta-playhead" }),
    playheadNumber: el("div", { className: "ta-playhead-number" }),
    start: el("div", { className: "ta-range-handle", title: texts.rangeStart, dataset: { edge: "start" } }),
    stop: el("div", { className: "ta-range-handle", title: texts.rangeStop, dataset: { edge: "stop" } }),
    scroll: el("div", { className: "ta-timeline-scroll" }),
    thumb: el("div", { className: "ta-timeline-scroll-thumb" }),
  };
  parts.clear.setAttribute("aria-label", texts.clearSelection);
  // Takes the focus for all rows. It has no children, as a slider may not have any that can be used.
  parts.slider = el("div", { className: "ta-timeline-slider", tabIndex: 0, role: "slider", "aria-label": texts.label });
  parts.tracks = el(
    "div",
    { className: "ta-timeline-tracks" },
    OVERLAY.map((name) => parts[name]),
  );
  parts.scroller = el(
    "div",
    { className: "ta-lanes-scroller" },
    parts.names,
    parts.empty,
  );
  parts.scroll.append(parts.thumb);
  const className = "ta-button ta-timeline-zoom";
  const tool = (title, face, onclick) =>
    el("button", { type: "button", className, title, "aria-label": title, onclick }, face);
  parts.panel = el(
    "div",
    { className: "ta-timeline" },
    el(
      "div",
      { className: "ta-timeline-corner" },
      tool(texts.zoomOut, "−", () => zoom.by(0.5)),
      tool(texts.zoomIn, "+", () => zoom.by(2)),
      tool(texts.showAll, texts.all, () => zoom.all()),
    ),
    parts.ruler,
    el("div", { className: "ta-timeline-now" }, parts.clock, parts.position),
    parts.film,
    parts.scroller,
    parts.lanes,
    parts.scroll,
    el("div", { className: "ta-timeline-key" }, legend(texts)),
    parts.slider,
    parts.tracks,
  );
  element.replaceChildren(parts.panel);
  return parts;
}
