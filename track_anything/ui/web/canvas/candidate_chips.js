// @ts-nocheck
// The segmenter's answers to one ambiguous click, to choose from.

import { el, fill } from "../elements/dom.js";
import { pixelOf } from "./painting.js";

const HEIGHT = 84; // CSS pixels of a thumbnail
const [NARROWEST, WIDEST] = [0.7, 1.6]; // width of a thumbnail, as a multiple of its height
const SMALLEST_VIEW = 24; // source pixels from top to bottom
const INSET = 8; // CSS pixels between the chips and the edge of the stage
const MARGIN = 0.12; // of the box around all answers
const DIM = pixelOf([0, 0, 0], 150);

/** Shows `state.candidates` while their frame and object are the shown ones. */
export class CandidateChips {
  #masks = null; // what the chips were made for
  #box = null; // around all of them, source pixels
  #transform = null;

  constructor({ store, actions, pictures, texts }) {
    Object.assign(this, { store, actions, pictures, texts });
    this.element = el("div", { className: "ta-candidates", role: "group", "aria-label": texts.candidates, hidden: true });
    store.subscribe(["candidates", "objectId"], () => this.update());
  }

  /** Look at the store again; `shownFrame` is the one that is to be seen. */
  update(shownFrame = this.shownFrame) {
    this.shownFrame = shownFrame;
    const { candidates, objectId } = this.store.state;
    const isShown = candidates?.frame === shownFrame && candidates?.objectId === objectId && candidates.masks.length > 1;
    this.element.hidden = !isShown;
    if (!isShown) return;
    if (candidates.masks !== this.#masks) this.#make(candidates);
    this.element.querySelectorAll("button").forEach((chip, place) => {
      chip.setAttribute("aria-pressed", String(place === candidates.chosen));
    });
    this.place(this.#transform);
  }

  /** Stand where nothing of what the chips are about is covered; where there is no such place, be small. */
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

  /** Go to the place that covers least of a rectangle of the stage; how many square pixels that is. */
  #stand(about, stage) {
    const { offsetWidth: width, offsetHeight: height, style } = this.element;
    const [middle, right, bottom] = [(stage.width - width) / 2, stage.width - width - INSET, stage.height - height - INSET];
    const places = [[middle, bottom], [middle, INSET], [INSET, bottom], [right, bottom], [INSET, INSET], [right, INSET]];
    const covered = ([x, y]) => overlap(x, x + width, about.x, about.right) * overlap(y, y + height, about.y, about.bottom);
    const [x, y] = places.reduce((best, place) => (covered(place) < covered(best) ? place : best));
    Object.assign(style, { left: `${Math.max(x, 0)}px`, top: `${Math.max(y, 0)}px` });
    return covered([x, y]);
  }

  #make({ masks, scores, objectId }) {
    this.#masks = masks;
    const { width, height } = this.store.state.project.video;
    this.#box = boxOf(masks, width, height);
    const view = viewOf(this.#box, width, height);
    const colour = this.store.object(objectId)?.colour ?? [255, 255, 255];
    const image = this.pictures.peekImage(this.shownFrame);
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

const endOf = ({ x, y }) => ({ right: x, bottom: y });

const overlap = (start, stop, otherStart, otherStop) => Math.max(0, Math.min(stop, otherStop) - Math.max(start, otherStart));

/** Around all masks together. */
function boxOf(masks, width, height) {
  const box = { x0: width, y0: height, x1: 0, y1: 0 };
  for (const mask of masks) grow(box, mask, width, height);
  return box;
}

/** The part of the picture that all thumbnails show, so that they can be compared. */
function viewOf(box, width, height) {
  if (box.x1 <= box.x0) return { x: 0, y: 0, width, height };
  const [wide, high] = [(box.x1 - box.x0) * (1 + 2 * MARGIN), (box.y1 - box.y0) * (1 + 2 * MARGIN)];
  const aspect = Math.min(Math.max(wide / high, NARROWEST), WIDEST);
  const shownHeight = Math.min(Math.max(high, wide / aspect, SMALLEST_VIEW), height, width / aspect);
  const shownWidth = shownHeight * aspect;
  const around = (start, end, length, limit) => Math.min(Math.max((start + end - length) / 2, 0), limit - length);
  return {
    x: around(box.x0, box.x1, shownWidth, width),
    y: around(box.y0, box.y1, shownHeight, height),
    width: shownWidth,
    height: shownHeight,
  };
}

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

function drawThumbnail(image, mask, maskWidth, view, colour) {
  const height = Math.round(HEIGHT * window.devicePixelRatio);
  const width = Math.round((height * view.width) / view.height);
  const canvas = el("canvas", { width, height, className: "ta-candidate-picture" });
  const context = canvas.getContext("2d");
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
  layer.getContext("2d").putImageData(overlay, 0, 0);
  context.drawImage(layer, 0, 0);
  return canvas;
}
