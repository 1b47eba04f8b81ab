// The tip near the pointer: a frame, bigger than on the filmstrip, and some words.

import { density, surface } from "./canvas_surface.js";
import { el, fill } from "../elements/dom.js";

/** @import { Size } from "../state/types.js" */
/** @import { Thumbnails } from "./thumbnails.js" */

const PICTURE = { width: 192, height: 108 }; // pixels, at most
const GAP = 8; // between the tip and what it is about, and around it

/**
 * What a tip says.
 *
 * @typedef {object} About
 * @property {number} frame
 * @property {Size} video
 * @property {string} title
 * @property {string[]} lines below the title
 * @property {number} x where it is centred, client pixels
 * @property {number} bottom on what it stands, client pixels
 * @property {number} distance a thumbnail so many frames away will do for the moment
 */

export class TimelineTip {
  #canvas = el("canvas");
  #lines = el("div", { className: "ta-timeline-tip-lines" });
  /** @type {{ frame: number, video: Size, distance: number } | null} */
  #shown = null;

  /**
   * The tip is the top layer's, where no panel cuts it off; `parent` gives it its colours.
   * @param {Element} parent
   * @param {Thumbnails} thumbnails
   */
  constructor(parent, thumbnails) {
    this.thumbnails = thumbnails;
    this.element = el("div", { className: "ta-timeline-tip", popover: "manual", role: "tooltip" });
    this.element.append(this.#canvas, this.#lines);
    parent.append(this.element);
  }

  /**
   * Show a frame.
   *
   * @param {About} about
   */
  show({ frame, video, title, lines, x, bottom, distance }) {
    this.#shown = { frame, video, distance };
    this.thumbnails.want("tip", [frame]);
    fill(this.#lines, el("b", {}, title), lines.map((line) => el("span", {}, line)));
    this.redraw();
    if (!this.element.matches(":popover-open")) this.element.showPopover();
    const { offsetWidth, offsetHeight } = this.element;
    const left = Math.min(Math.max(x - offsetWidth / 2, GAP), innerWidth - offsetWidth - GAP);
    const top = Math.max(Math.min(bottom, this.#floor()) - offsetHeight - GAP, GAP);
    Object.assign(this.element.style, { left: `${left}px`, top: `${top}px` });
  }

  /** What the tip stands on at least: it covers none of the buttons above the timeline. */
  #floor() {
    return document.querySelector("#ta-job")?.getBoundingClientRect().top ?? Infinity;
  }

  hide() {
    if (!this.#shown) return;
    this.#shown = null;
    this.thumbnails.want("tip", []);
    if (this.element.matches(":popover-open")) this.element.hidePopover();
  }

  /** Draw the thumbnail again: a better one may have come. */
  redraw() {
    if (!this.#shown) return;
    const { frame, video, distance } = this.#shown;
    const scale = Math.min(PICTURE.width / video.width, PICTURE.height / video.height);
    const unit = density(); // whole device pixels, or the edge would be blurred
    const [width, height] = [video.width, video.height].map((size) => Math.round(size * scale * unit) / unit);
    const context = surface(this.#canvas, width, height);
    const picture = this.thumbnails.near(frame, distance);
    context.imageSmoothingQuality = "high";
    if (picture) context.drawImage(picture, 0, 0, width, height);
  }
}
