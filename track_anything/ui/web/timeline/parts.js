// The elements that the timeline is made of.

import { legend } from "./legend.js";
import { el } from "../elements/dom.js";

/** @import { Page } from "../main.js" */

/** @typedef {Page["texts"]["timeline"]} TimelineTexts */

/** What lies over the rows, the topmost last. */
const OVERLAY = /** @type {const} */ ([
  "before", "after", "selected", "frameBlock", "hoverLine", "playhead", "playheadNumber", "start", "stop", "clear",
]);

/** @typedef {ReturnType<typeof buildParts>} Parts */

/**
 * Build the panel into `element` and hand out its parts by name. Everything along the time axis lies in the column of
 * the tracks; `data-zone` says what a pointer is over.
 *
 * @param {HTMLElement} element
 * @param {TimelineTexts} texts
 * @param {{ by: (factor: number) => void, all: () => void }} zoom
 */
export function buildParts(element, texts, zoom) {
  const canvas = (/** @type {string} */ zone) => el("canvas", { className: `ta-timeline-${zone}`, width: 0, height: 0, dataset: { zone } });
  const rows = {
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
  rows.clear.setAttribute("aria-label", texts.clearSelection);
  // Takes the focus for all rows. It has no children, as a slider may not have any that can be used.
  const slider = el("div", { className: "ta-timeline-slider", tabIndex: 0, role: "slider", "aria-label": texts.label });
  const tracks = el(
    "div",
    { className: "ta-timeline-tracks" },
    OVERLAY.map((name) => rows[name]),
  );
  const scroller = el("div", { className: "ta-lanes-scroller" }, rows.names, rows.empty);
  rows.scroll.append(rows.thumb);
  const className = "ta-button ta-timeline-zoom";
  /** @param {string} title @param {string} face @param {() => void} onclick */
  const tool = (title, face, onclick) =>
    el("button", { type: "button", className, title, "aria-label": title, onclick }, face);
  const panel = el(
    "div",
    { className: "ta-timeline" },
    el(
      "div",
      { className: "ta-timeline-corner" },
      tool(texts.zoomOut, "−", () => zoom.by(0.5)),
      tool(texts.zoomIn, "+", () => zoom.by(2)),
      tool(texts.showAll, texts.all, () => zoom.all()),
    ),
    rows.ruler,
    el("div", { className: "ta-timeline-now" }, rows.clock, rows.position),
    rows.film,
    scroller,
    rows.lanes,
    rows.scroll,
    el("div", { className: "ta-timeline-key" }, legend(texts)),
    slider,
    tracks,
  );
  element.replaceChildren(panel);
  return { ...rows, slider, tracks, scroller, panel };
}
