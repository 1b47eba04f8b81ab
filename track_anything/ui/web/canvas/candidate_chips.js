// The segmenter's answers to one ambiguous click, to choose from.

import { contextOf, el, fill } from "../elements/dom.js";
import { pixelOf } from "./painting.js";
import { isOnItsWay } from "../state/store.js";
import { isClick } from "../state/tools.js";

/** @import { Page } from "../main.js" */
/** @import { Candidates } from "../state/store.js" */
/** @import { Box, Colour, Point, Size } from "../state/types.js" */
/** @import { CanvasTexts } from "./stage_bars.js" */
/** @import { ViewTransform } from "./view_transform.js" */

const HEIGHT = 84; // CSS pixels of a thumbnail
const [NARROWEST, WIDEST] = [0.7, 1.6]; // width of a thumbnail, as a multiple of its height
const SMALLEST_VIEW = 24; // source pixels from top to bottom
const INSET = 8; // CSS pixels between the chips and the edge of the stage
const MARGIN = 0.12; // of the box around all answers
const DIM = pixelOf([0, 0, 0], 150);

/** @typedef {Point & Size} View the part of the picture that is shown, source pixels */

/** Shows `state.candidates` while their frame and object are the shown ones, a press would be a click, and nothing is tracked. */
export class CandidateChips {
  /** @type {Uint8Array[] | null} */
  #masks = null; // what the chips were made for
  /** @type {Box} */
  #box = { x0: 0, y0: 0, x1: 0, y1: 0 }; // around all of them, source pixels
  /** @type {ViewTransform | null} */
  #transform = null;

  /** @type {number | null} */
  shownFrame = null;

  /** @param {Pick<Page, "store" | "actions" | "pictures"> & { texts: CanvasTexts }} page */
  constructor({ store, actions, pictures, texts }) {
    this.store = store;
    this.actions = actions;
    this.pictures = pictures;
    this.texts = texts;
    this.element = el("div", { className: "ta-candidates", role: "group", "aria-label": texts.candidates, hidden: true });
    this.element.addEventListener("keydown", (event) => this.#goOn(event));
    store.subscribe(["candidates", "objectId", "tool", "job"], () => this.update());
  }

  /** Look at the store again; `shownFrame` is the one that is to be seen. */
  update(shownFrame = this.shownFrame) {
    this.shownFrame = shownFrame;
    const { candidates, objectId, tool, job } = this.store.state;
    const isMeant = candidates?.frame === shownFrame && candidates?.objectId === objectId && isClick(tool);
    const isLookedAt = job?.kind === "track" && isOnItsWay(job); // what comes of the one that was taken
    const isShown = isMeant && !isLookedAt && candidates && candidates.masks.length > 1;
    this.element.hidden = !isShown;
    if (!isShown) return;
    if (candidates.masks !== this.#masks) this.#make(candidates);
    this.element.querySelectorAll("button").forEach((chip, place) => {
      chip.setAttribute("aria-pressed", String(place === candidates.chosen));
    });
    this.place(this.#transform);
  }

  /**
   * Stand where nothing of what the chips are about is covered; where there is no such place, be small.
   * @param {ViewTransform | null} transform
   */
  place(transform) {
    this.#transform = transform;
    if (this.element.hidden || !transform) return;
    const { element } = this;
    const { x0, y0, x1, y1 } = this.#box;
    const about = { ...transform.toStage(x0, y0), ...endOf(transform.toStage(x1, y1)) };
    element.classList.remove("ta-small-chips");
    if (this.#stand(about, transform.stage) > 0) {
      element.classList.add("ta-small-chips");
      this.#stand(about, transform.stage);
    }
  }

  /**
   * Go to the place that covers least of a rectangle of the stage; how many square pixels that is.
   * @param {Point & { right: number, bottom: number }} about
   * @param {Size} stage
   */
  #stand(about, stage) {
    const { offsetWidth: width, offsetHeight: height, style } = this.element;
    const [middle, right, bottom] = [(stage.width - width) / 2, stage.width - width - INSET, stage.height - height - INSET];
    /** @type {[number, number][]} */
    const places = [[middle, bottom], [middle, INSET], [INSET, bottom], [right, bottom], [INSET, INSET], [right, INSET]];
    const covered = (/** @type {[number, number]} */ [x, y]) => overlap(x, x + width, about.x, about.right) * overlap(y, y + height, about.y, about.bottom);
    const [x, y] = places.reduce((best, place) => (covered(place) < covered(best) ? place : best));
    Object.assign(style, { left: `${Math.max(x, 0)}px`, top: `${Math.max(y, 0)}px` });
    return covered([x, y]);
  }

  /** Within the strip the arrow keys go from answer to answer, and not through time. @param {KeyboardEvent} event */
  #goOn(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    this.actions.prompting.nextCandidate(step);
    this.element.querySelectorAll("button")[this.store.state.candidates?.chosen ?? 0]?.focus();
  }

  /** @param {Candidates} candidates */
  #make({ masks, scores, objectId }) {
    this.#masks = masks;
    const { width, height } = this.store.project.video;
    this.#box = boxOf(masks, width, height);
    const view = viewOf(this.#box, width, height);
    const colour = this.store.object(objectId)?.colour ?? [255, 255, 255];
    const image = this.shownFrame === null ? undefined : this.pictures.peekImage(this.shownFrame);
    const chips = masks.map((mask, place) => {
      const thumbnail = drawThumbnail(image, mask, width, view, colour);
      const score = el("span", { className: "ta-candidate-score" }, Math.min(scores[place], 1).toFixed(2)); // the network may promise more than all
      const chip = el("button", { type: "button", className: "ta-candidate", onclick: () => this.actions.prompting.chooseCandidate(place) });
      chip.setAttribute("aria-label", this.texts.candidate(place + 1, masks.length, scores[place]));
      chip.append(thumbnail, score);
      return chip;
    });
    const hint = el("kbd", { className: "ta-candidates-hint", "aria-hidden": "true" }, this.texts.candidateKey);
    fill(this.element, chips, hint);
  }
}

/** @param {Point} place */
const endOf = ({ x, y }) => ({ right: x, bottom: y });

/** @param {number} start @param {number} stop @param {number} otherStart @param {number} otherStop */
const overlap = (start, stop, otherStart, otherStop) => Math.max(0, Math.min(stop, otherStop) - Math.max(start, otherStart));

/** Around all masks together. @param {Uint8Array[]} masks @param {number} width @param {number} height */
function boxOf(masks, width, height) {
  const box = { x0: width, y0: height, x1: 0, y1: 0 };
  for (const mask of masks) grow(box, mask, width, height);
  return box;
}

/**
 * The part of the picture that all thumbnails show, so that they can be compared.
 * @param {Box} box
 * @param {number} width
 * @param {number} height
 * @returns {View}
 */
function viewOf(box, width, height) {
  if (box.x1 <= box.x0) return { x: 0, y: 0, width, height };
  const [wide, high] = [(box.x1 - box.x0) * (1 + 2 * MARGIN), (box.y1 - box.y0) * (1 + 2 * MARGIN)];
  const aspect = Math.min(Math.max(wide / high, NARROWEST), WIDEST);
  const shownHeight = Math.min(Math.max(high, wide / aspect, SMALLEST_VIEW), height, width / aspect);
  const shownWidth = shownHeight * aspect;
  /** @param {number} start @param {number} end @param {number} length @param {number} limit */
  const around = (start, end, length, limit) => Math.min(Math.max((start + end - length) / 2, 0), limit - length);
  return {
    x: around(box.x0, box.x1, shownWidth, width),
    y: around(box.y0, box.y1, shownHeight, height),
    width: shownWidth,
    height: shownHeight,
  };
}

/** @param {Box} box @param {Uint8Array} mask @param {number} width @param {number} height */
function grow(box, mask, width, height) {
  for (let y = 0; y < height; y++) {
    const row = mask.subarray(y * width, (y + 1) * width);
    const first = row.indexOf(1);
    if (first < 0) continue;
    box.x0 = Math.min(box.x0, first);
    box.x1 = Math.max(box.x1, row.lastIndexOf(1) + 1);
    box.y0 = Math.min(box.y0, y);
    box.y1 = Math.max(box.y1, y + 1);
  }
}

/**
 * @param {CanvasImageSource | undefined} image
 * @param {Uint8Array} mask
 * @param {number} maskWidth
 * @param {View} view
 * @param {Colour} colour
 */
function drawThumbnail(image, mask, maskWidth, view, colour) {
  const height = Math.round(HEIGHT * window.devicePixelRatio);
  const width = Math.round((height * view.width) / view.height);
  const canvas = el("canvas", { width, height, className: "ta-candidate-picture" });
  const context = contextOf(canvas);
  if (image) context.drawImage(image, view.x, view.y, view.width, view.height, 0, 0, width, height);
  const overlay = new ImageData(width, height);
  const pixels = new Uint32Array(overlay.data.buffer);
  const tint = pixelOf(colour, 150);
  for (let row = 0; row < height; row++) {
    const start = Math.floor(view.y + ((row + 0.5) * view.height) / height) * maskWidth;
    for (let column = 0; column < width; column++) {
      const x = Math.floor(view.x + ((column + 0.5) * view.width) / width);
      pixels[row * width + column] = mask[start + x] ? tint : DIM;
    }
  }
  const layer = new OffscreenCanvas(width, height);
  contextOf(layer).putImageData(overlay, 0, 0);
  context.drawImage(layer, 0, 0);
  return canvas;
}
