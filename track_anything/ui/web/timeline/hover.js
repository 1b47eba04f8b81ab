// What the pointer is over: a line through all rows, and a tip that shows the frame and says what stands there.

import { thumbWidth } from "./filmstrip.js";
import { LANE_HEIGHT } from "./lanes.js";
import { NO_CONFIDENCE } from "../state/store.js";
import { timeCode } from "../state/time_code.js";
import { TimelineTip } from "./tip.js";

/** @import { Lane } from "../state/types.js" */
/** @import { TrackedObject } from "../state/wire.js" */
/** @import { Parts, TimelineTexts } from "./parts.js" */
/** @import { Thumbnails } from "./thumbnails.js" */
/** @import { Timeline } from "./timeline.js" */

/** @typedef {{ target: EventTarget | null, clientX: number, clientY: number }} Pointer where it hovers */

/**
 * What the bytes of a lane say about a frame: "tracked, 83 % sure" and, where there is any, "drift noticed · ...".
 * @param {Lane | undefined} lane
 * @param {number} frame
 * @param {TimelineTexts} texts
 */
export function laneWords(lane, frame, texts) {
  const status = /** @type {keyof TimelineTexts["status"]} */ (lane?.status[frame] ?? 0);
  const [confidence, marks] = [lane?.confidence[frame] ?? NO_CONFIDENCE, lane?.marks[frame] ?? 0];
  const isSure = confidence !== NO_CONFIDENCE;
  const percent = Math.round((100 * confidence) / (NO_CONFIDENCE - 1));
  const said = [texts.status[status], isSure ? texts.confidence(percent) : null].filter(Boolean).join(", ");
  const noticed = texts.marks.filter(([mark]) => marks & Number(mark)).map(([, words]) => words);
  return noticed.length > 0 ? [said, noticed.join(" · ")] : [said];
}

/** @type {{ object?: TrackedObject, top?: number }} */
const NO_LANE = {};

export class Hovering {
  /** @param {Parts} parts @param {Thumbnails} thumbnails */
  constructor(parts, thumbnails) {
    this.parts = parts;
    this.tip = new TimelineTip(parts.panel, thumbnails);
  }

  /**
   * Show what is under a pointer ({target, clientX, clientY}, or null) on a timeline.
   * @param {Timeline} view
   * @param {Pointer | null} pointer
   */
  show(view, pointer) {
    const { zone, edge } = /** @type {HTMLElement | undefined} */ (pointer?.target)?.dataset ?? {};
    const { axis, project, texts } = view;
    if (!pointer || !project || (!zone && !edge)) return this.hide();
    const x = Math.min(Math.max(view.xAt(pointer.clientX), 0), axis.width);
    const frame = axis.frameAt(x);
    const { object, top } = zone === "lanes" ? this.#laneAt(pointer.clientY, project.objects) : NO_LANE;
    this.parts.hoverLine.hidden = false;
    this.parts.hoverLine.style.translate = `${x}px 0`;
    this.tip.show({
      frame,
      video: project.video,
      title: [texts.frame(frame), timeCode(frame, project.video.rate)].filter(Boolean).join(" · "),
      lines: lines(view, frame, object),
      x: x - view.xAt(0),
      bottom: top ?? this.parts.panel.getBoundingClientRect().top,
      distance: (2 * thumbWidth(project.video)) / axis.scale,
    });
  }

  hide() {
    this.parts.hoverLine.hidden = true;
    this.tip.hide();
  }

  /** Draw the thumbnail again: a better one may have come. */
  redraw() {
    this.tip.redraw();
  }

  /**
   * The object whose lane is at a client y, and the client y where that lane begins.
   * @param {number} clientY
   * @param {TrackedObject[]} objects
   */
  #laneAt(clientY, objects) {
    const { lanes, scroller } = this.parts;
    const origin = lanes.getBoundingClientRect().top - scroller.scrollTop; // the canvas stays while lanes scroll
    const row = Math.floor((clientY - origin) / LANE_HEIGHT);
    return objects[row] ? { object: objects[row], top: origin + row * LANE_HEIGHT } : NO_LANE;
  }
}

/** @param {Timeline} view @param {number} frame @param {TrackedObject} [object] */
function lines({ draft, project, store, texts }, frame, object) {
  const said = [];
  if (draft) said.push(texts[draft.kind](draft.start, draft.stop - 1, draft.stop - draft.start));
  if (project?.cuts?.includes(frame)) said.push(texts.shotBegins);
  if (object) said.push(object.name, ...laneWords(store.state.lanes?.rows.get(object.id), frame, texts));
  return said;
}
