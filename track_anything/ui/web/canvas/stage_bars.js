// What stands in the corners of the stage: how the selected object stands, where the pointer is, zoom buttons.

import { button, el, rgb } from "../elements/dom.js";

/** @import { Page } from "../main.js" */
/** @import { Point } from "../state/types.js" */
/** @import { Standing, TrackedObject } from "../state/wire.js" */

/** @typedef {Page["texts"]["canvas"]} CanvasTexts */

/**
 * The buttons that change the view; `zooming` is {fit(), actualSize(), zoom(factor)}.
 * @param {CanvasTexts} texts
 * @param {{ fit: () => void, actualSize: () => void, zoom: (factor: number) => void }} zooming
 */
export function zoomBar(texts, zooming) {
  /** @param {string} label @param {string} sign @param {() => void} onclick */
  const tool = (label, sign, onclick) => {
    const made = button({ label, onclick, text: false, className: "ta-stage-button" });
    made.append(el("span", { "aria-hidden": "true" }, sign));
    return made;
  };
  return el(
    "div",
    { className: "ta-stage-zoom", role: "toolbar", "aria-label": texts.zoom },
    tool(texts.zoomOut, "−", () => zooming.zoom(1 / 1.5)),
    tool(texts.zoomIn, "+", () => zooming.zoom(1.5)),
    tool(texts.actual, texts.actualShort, () => zooming.actualSize()),
    tool(texts.fit, texts.fitShort, () => zooming.fit()),
  );
}

/** Which source pixel the pointer is over, and how large the picture is. */
export class Readout {
  element = el("div", { className: "ta-stage-readout" });

  /** @param {CanvasTexts} texts */
  constructor(texts) {
    this.texts = texts;
    this.place = el("span");
    this.zoom = el("span");
    this.element.append(this.place, this.zoom);
  }

  /** @param {Point | null} pixel @param {number} scale */
  update(pixel, scale) {
    this.place.textContent = pixel ? this.texts.place(pixel.x, pixel.y) : "";
    this.zoom.textContent = this.texts.percent(scale);
  }
}

/** How the mask of the selected object on the shown frame stands. */
export class Badge {
  element = el("div", { className: "ta-stage-badge", role: "status", hidden: true });

  /** @param {CanvasTexts} texts */
  constructor(texts) {
    this.texts = texts;
    this.swatch = el("span", { className: "ta-stage-swatch", "aria-hidden": "true" });
    this.name = el("strong");
    this.words = el("span");
    this.element.append(this.swatch, this.name, this.words);
  }

  /**
   * `standing` is the object's part of `state.about`; without it, or without an object, nothing is shown.
   * @param {TrackedObject | undefined} object
   * @param {Standing | undefined} standing
   * @param {boolean} isPlaying
   */
  update(object, standing, isPlaying) {
    this.element.hidden = !object || !standing;
    if (!object || !standing) return;
    this.element.setAttribute("aria-live", isPlaying ? "off" : "polite"); // nobody can listen to 25 frames a second
    this.swatch.style.background = rgb(object.colour);
    this.name.textContent = object.name;
    this.words.textContent = this.texts.standing(standing);
    this.element.dataset.status = standing.status === "tracked" && standing.reason ? "drifted" : standing.status;
  }
}
