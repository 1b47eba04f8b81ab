// Everything on a frame: ticked in the picture or in a list with a picture of each thing; ticked ones become objects.

import { button, contextOf, el, fill, rgb } from "../elements/dom.js";
import { pathOf, traceOutlines } from "../canvas/outline.js";

/** @import { Page } from "../main.js" */
/** @import { Found } from "../state/store.js" */
/** @import { Colour, Size } from "../state/types.js" */
/** @import { Corners } from "../state/wire.js" */

const THUMB = { width: 132, height: 96 }; // CSS pixels
const AROUND = 0.35; // of the thing's size is shown beside it
const PICTURE_WIDTH = 920; // pixels, at most
/** @type {Colour} */
const TICKED = [0x5a, 0xb4, 0xff];

/** What the dialog holds. @param {Page} page @param {AbortSignal} signal */
export function everythingDialog({ store, actions, pictures, texts }, signal) {
  const words = texts.everything;
  const { frame, masks, isSought, hasExample } = store.state.everything ?? { frame: 0, masks: [], isSought: false, hasExample: false };
  const size = store.project.video;
  const add = button({ label: words.add(0), className: "ta-primary", onclick: () => actions.everything.pick(), id: "ta-pick" });
  const again = button({ label: words.again, onclick: () => actions.everything.again(), id: "ta-look-again" });
  again.title = words.againTip;
  const all = button({ label: words.all, onclick: () => actions.everything.tickAll(), id: "ta-tick-all" });
  const picture = new Picture(masks, size, { onpick: (place) => actions.everything.tick(place), label: words.picture });
  const tiles = masks.map((found, place) => {
    const share = ((100 * found.area) / (size.width * size.height)).toFixed(1);
    const score = Math.round(100 * Math.min(found.predicted_iou, 1));
    const item = isSought ? words.sought(place + 1, score) : words.item(place + 1, share);
    const canvas = el("canvas", { width: 2 * THUMB.width, height: 2 * THUMB.height, "aria-hidden": "true" });
    const tick = el("input", { type: "checkbox", "aria-label": item, onchange: () => actions.everything.tick(place) });
    const refuse = button({ label: words.refuse(place + 1), icon: "close", text: false, className: "ta-small ta-bare", onclick: () => actions.everything.refuse(place) });
    refuse.title = words.refuseShort;
    const tile = el(
      "div",
      { className: "ta-tile", title: item, onpointerenter: () => picture.point(place), onpointerleave: () => picture.point(null) },
      el("label", {}, canvas, el("span", { className: "ta-tile-foot" }, tick, isSought ? words.score(score) : `${share} %`)),
      refuse,
    );
    return { tile, tick, refuse, canvas, found };
  });
  const grid = el("div", { className: "ta-pick-list", role: "group", "aria-label": words.title }, tiles.map(({ tile }) => tile));
  picture.onpoint = (place) => {
    for (const [at, { tile }] of tiles.entries()) tile.classList.toggle("ta-pointed", at === place);
  };
  pictures.image(frame).then((image) => {
    picture.show(image);
    for (const { canvas, found } of tiles) drawThing(canvas, image, found, size);
  });
  store.subscribe(["everything"], ({ everything }) => {
    if (everything === null) return;
    for (const [place, { tick, refuse, tile }] of tiles.entries()) {
      tick.checked = everything.ticked.has(place);
      tile.classList.toggle("ta-selected", tick.checked);
      tile.classList.toggle("ta-refused", everything.refused.has(place));
      refuse.setAttribute("aria-pressed", String(everything.refused.has(place)));
    }
    picture.tick(everything.ticked);
    again.disabled = !(everything.ticked.size || (hasExample && everything.refused.size));
    const isAll = everything.ticked.size + everything.refused.size === masks.length;
    fill(all, isAll ? words.none : words.all);
    all.setAttribute("aria-label", isAll ? words.none : words.all);
    add.disabled = everything.ticked.size === 0;
    fill(add, words.add(everything.ticked.size));
    add.setAttribute("aria-label", words.add(everything.ticked.size));
  }, signal);
  const nothing = isSought ? words.nothingSought(frame) : words.nothing(frame);
  const lead = masks.length ? words.lead(frame, masks.length) : nothing;
  const body = el("div", {}, el("p", { className: "ta-lead" }, lead), masks.length ? el("div", { className: "ta-pick" }, picture.canvas, grid) : null);
  return { title: words.title, body, foot: el("div", { className: "ta-buttons ta-end" }, masks.length ? [all, again] : null, add) };
}

/** The whole frame, on which things are ticked by a click: the smallest one under the pointer is meant. */
class Picture {
  /** @type {(place: number | null) => void} */
  onpoint = () => {};
  /** @type {ImageBitmap | null} */
  #image = null;
  /** @type {Set<number>} */
  #ticked = new Set();
  /** @type {number | null} */
  #pointed = null;

  /** @param {Found[]} masks @param {Size} size @param {{ onpick: (place: number) => void, label: string }} how */
  constructor(masks, size, { onpick, label }) {
    this.masks = masks;
    this.size = size;
    this.scale = Math.min(1, PICTURE_WIDTH / size.width);
    this.paths = masks.map(({ mask }) => pathOf([...traceOutlines(mask, size.width, size.height).values()].flat()));
    this.canvas = el("canvas", {
      className: "ta-pick-picture", width: Math.round(size.width * this.scale), height: Math.round(size.height * this.scale), role: "img", "aria-label": label,
      onpointermove: (event) => this.point(this.#at(event)),
      onpointerleave: () => this.point(null),
      onclick: (event) => {
        const place = this.#at(event);
        if (place !== null) onpick(place);
      },
    });
  }

  /** @param {ImageBitmap} image */
  show(image) {
    this.#image = image;
    this.#draw();
  }

  /** @param {Set<number>} ticked */
  tick(ticked) {
    this.#ticked = ticked;
    this.#draw();
  }

  /** Show which thing is meant. @param {number | null} place */
  point(place) {
    if (place === this.#pointed) return;
    this.#pointed = place;
    this.onpoint(place);
    this.#draw();
  }

  /** Place of the smallest thing at a pointer, or null. @param {MouseEvent} event */
  #at({ offsetX, offsetY }) {
    const { width, height } = this.size;
    const x = Math.min(Math.floor((offsetX / this.canvas.clientWidth) * width), width - 1);
    const y = Math.min(Math.floor((offsetY / this.canvas.clientHeight) * height), height - 1);
    /** @type {number | null} */
    let best = null;
    for (const [place, { mask, area }] of this.masks.entries()) {
      if (mask[y * width + x] && (best === null || area < this.masks[best].area)) best = place;
    }
    return best;
  }

  #draw() {
    if (!this.#image) return;
    const context = contextOf(this.canvas);
    context.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    context.drawImage(this.#image, 0, 0);
    for (const [place, path] of this.paths.entries()) {
      const isTicked = this.#ticked.has(place);
      const isPointed = place === this.#pointed;
      context.fillStyle = isTicked ? rgb(TICKED, 0.45) : "rgb(255 255 255 / 0.28)";
      if (isTicked || isPointed) context.fill(path);
      /** @type {[extra: number, colour: string][]} */
      const lines = [[1.5, "rgb(0 0 0 / 0.6)"], [0, isTicked ? rgb(TICKED) : "#fff"]];
      for (const [extra, colour] of lines) {
        context.lineWidth = ((isTicked || isPointed ? 2.5 : 1) + extra) / this.scale;
        context.strokeStyle = colour;
        context.stroke(path);
      }
    }
  }
}

/**
 * The thing in its own colours on its surroundings in grey, as large as the thumbnail allows.
 * @param {HTMLCanvasElement} canvas
 * @param {ImageBitmap} image
 * @param {Found} found
 * @param {Size} size
 */
function drawThing(canvas, image, { mask, box }, { width, height }) {
  const context = contextOf(canvas);
  const view = viewOf(box, { width, height });
  const thing = new OffscreenCanvas(width, height);
  const own = contextOf(thing);
  const alpha = new ImageData(width, height);
  for (let pixel = 0; pixel < mask.length; pixel++) alpha.data[4 * pixel + 3] = mask[pixel] * 255;
  own.putImageData(alpha, 0, 0);
  own.globalCompositeOperation = "source-in";
  own.drawImage(image, 0, 0);
  const draw = (/** @type {CanvasImageSource} */ source) =>
    context.drawImage(source, view.x, view.y, view.width, view.height, 0, 0, canvas.width, canvas.height);
  context.filter = "grayscale(1) brightness(0.45)";
  draw(image);
  context.filter = "none";
  draw(thing);
}

/**
 * The part of the frame around a box, with the shape of a thumbnail, as far as the frame reaches.
 * @param {Corners} box
 * @param {Size} size
 */
function viewOf([x0, y0, x1, y1], { width, height }) {
  const aspect = THUMB.width / THUMB.height;
  const wanted = Math.max((x1 - x0) * (1 + 2 * AROUND), (y1 - y0) * (1 + 2 * AROUND) * aspect, 16);
  const shown = Math.min(wanted, width, height * aspect);
  /** @param {number} middle @param {number} length @param {number} limit */
  const place = (middle, length, limit) => Math.min(Math.max(middle - length / 2, 0), limit - length);
  return { x: place((x0 + x1) / 2, shown, width), y: place((y0 + y1) / 2, shown / aspect, height), width: shown, height: shown / aspect };
}
