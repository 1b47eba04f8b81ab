// Draws one frame with its masks. What was made from masks is kept until the masks, or how they look, change.

import { pathOf, traceOutlines } from "./outline.js";
import { Layer } from "./painting.js";
import { RECIPES } from "../state/views.js";
import { contextOf, rgb, tiling } from "../elements/dom.js";

/** @import { Colour, Colours, Point, Size } from "../state/types.js" */
/** @import { Recipe, ViewName } from "../state/views.js" */
/** @import { ViewTransform } from "./view_transform.js" */

const SMOOTH_UP_TO = 3; // CSS pixels per source pixel; above, pixels are there to be seen
const LINE = 1.75; // CSS pixels
const SELECTED_LINE = 2.5;
const HALO = 1.5; // more than the line: a hairline on either side
const HALO_COLOUR = "rgb(0 0 0 / 0.7)"; // beside a bright line it shows on any picture
const CHECKER = ["#b9bcc2", "#8f939b"];
const CHECKER_SIZE = 8; // CSS pixels

/** @typedef {[x: number, y: number, width: number, height: number]} Rectangle */

/**
 * What there is of a frame.
 *
 * @typedef {object} Content
 * @property {string} projectId
 * @property {number} frame
 * @property {Size} size of a frame, source pixels
 * @property {ImageBitmap} image
 * @property {Uint8Array} labels object ids
 * @property {Uint8Array | null} before the same before the last step
 * @property {Uint8Array | null} own bytes of the view's own kind
 * @property {ImageBitmap | null} removed the frame without the objects of a removal
 * @property {ImageBitmap | null} cutout the shown objects with their alpha, as they are exported
 */

/**
 * How it is to look.
 *
 * @typedef {object} Look
 * @property {ViewName} view
 * @property {Colours} colours of the objects to be shown
 * @property {number | null} selectedId the object with the thicker line
 * @property {string} backdrop what cut-outs are over: "checker", or a CSS colour
 * @property {number} wipeAt where on the stage, in CSS pixels, the left of a wipe ends
 */

/**
 * One label map to be drawn.
 *
 * @typedef {object} Drawing
 * @property {Recipe} recipe
 * @property {Look} look
 * @property {ImageBitmap} image
 * @property {Size} size
 * @property {number} scale CSS pixels per source pixel
 * @property {Uint8Array} bytes labels, or with `isOwn` bytes of the view's own kind
 * @property {boolean} [isOwn]
 */

export class Scene {
  /** @type {Content | null} */
  content = null;
  #now = new MaskPicture();
  #before = new MaskPicture();
  /** @type {CanvasPattern | null} */
  #checker = null;

  /** Show another frame, other masks, or nothing (null). @param {Content | null} content */
  show(content) {
    this.content = content;
    this.touch();
  }

  /** The labels changed in place. */
  touch() {
    this.#now.forget();
    this.#before.forget();
  }

  /**
   * Draw on a canvas of `ratio` device pixels per CSS pixel.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Point} ratio
   * @param {ViewTransform | null} transform
   * @param {Look} look
   */
  draw(context, ratio, transform, look) {
    const { canvas } = context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (!this.content?.image.width) return; // it is closed, or there is none yet
    if (!transform || !(transform.scale > 0)) return; // a stage that is hidden has no scale
    const { scale, x, y } = transform;
    const { image, size, labels, before, own, removed, cutout } = this.content;
    const recipe = RECIPES[look.view];
    context.setTransform(ratio.x * scale, 0, 0, ratio.y * scale, ratio.x * x, ratio.y * y);
    context.imageSmoothingEnabled = scale <= SMOOTH_UP_TO;
    context.save();
    clip(context, [0, 0, size.width, size.height]);
    if (recipe.mode === "cut") this.#drawBackdrop(context, ratio, size, look.backdrop);
    else if (recipe.mode !== "alone") context.drawImage(image, 0, 0);
    /** @param {MaskPicture} picture @param {Uint8Array} bytes @param {boolean} [isOwn] */
    const draw = (picture, bytes, isOwn) => picture.draw(context, { recipe, look, image, size, scale, bytes, isOwn });
    const split = recipe.wipes ? transform.toSource(look.wipeAt, 0).x : 0;
    /** @type {Rectangle[]} */
    const [left, right] = [[0, 0, split, size.height], [split, 0, size.width - split, size.height]];
    if (recipe.needs === "before" && before) {
      within(context, left, () => draw(this.#before, before));
      within(context, right, () => draw(this.#now, labels));
    } else if (recipe.needs === "removed") {
      if (removed?.width) within(context, right, () => context.drawImage(removed, 0, 0)); // one that was dropped has none
    } else if (recipe.needs === "cutout" && cutout?.width) {
      context.drawImage(cutout, 0, 0);
    } else if (recipe.own && own) {
      draw(this.#now, own, true);
    } else {
      draw(this.#now, labels);
    }
    context.restore();
  }

  /** @param {CanvasRenderingContext2D} context @param {Point} ratio @param {Size} size @param {string} backdrop */
  #drawBackdrop(context, ratio, { width, height }, backdrop) {
    this.#checker ??= tiling(context, checker());
    // the squares keep their size on the screen, and move with the picture
    const { a, d } = context.getTransform();
    this.#checker.setTransform(new DOMMatrix().scale(ratio.x / a, ratio.y / d));
    context.fillStyle = backdrop === "checker" ? this.#checker : backdrop;
    context.fillRect(0, 0, width, height);
  }
}

/** What is made from one label map: a layer of pixels and the paths around the objects. */
class MaskPicture {
  #layer = new Layer();
  /** @type {string | null} */
  #painted = null;
  /** @type {Map<number, Path2D> | null} */
  #paths = null;

  forget() {
    this.#painted = this.#paths = null;
  }

  /** @param {CanvasRenderingContext2D} context @param {Drawing} drawing */
  draw(context, drawing) {
    const { recipe, look, size, scale, bytes } = drawing;
    if (recipe.mode !== "none") {
      this.#paint(drawing);
      context.drawImage(this.#layer.canvas, 0, 0);
    }
    if (!recipe.lines) return;
    this.#paths ??= pathsOf(bytes, size);
    for (const id of inDrawingOrder(look)) {
      const path = this.#paths.get(id);
      const colour = look.colours.get(id);
      if (path && colour) strokeTwice(context, path, (id === look.selectedId ? SELECTED_LINE : LINE) / scale, HALO / scale, colour);
    }
  }

  /** @param {Drawing} drawing */
  #paint({ recipe, look, image, size, bytes, isOwn = false }) {
    const shown = [...look.colours].flat(2).join();
    const wanted = `${look.view} ${isOwn} ${shown}`;
    if (this.#painted === wanted) return;
    this.#painted = wanted;
    const table = isOwn ? recipe.own : recipe.table?.(look.colours);
    if (!table) return;
    if (recipe.mode === "cut") this.#layer.cut(image, bytes, table, size);
    else this.#layer.paint(bytes, table, size);
  }
}

/** @param {Uint8Array} labels @param {Size} size */
function pathsOf(labels, { width, height }) {
  /** @type {Map<number, Path2D>} */
  const paths = new Map();
  for (const [id, loops] of traceOutlines(labels, width, height)) paths.set(id, pathOf(loops));
  return paths;
}

/** The selected object comes last, on top of its neighbours' lines. @param {Look} look */
function inDrawingOrder({ colours, selectedId }) {
  return [...colours.keys()].sort((one, other) => Number(one === selectedId) - Number(other === selectedId));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} path
 * @param {number} line
 * @param {number} halo
 * @param {Colour} colour
 */
function strokeTwice(context, path, line, halo, colour) {
  context.lineJoin = "round";
  context.lineWidth = line + halo;
  context.strokeStyle = HALO_COLOUR;
  context.stroke(path);
  context.lineWidth = line;
  context.strokeStyle = rgb(colour);
  context.stroke(path);
}

/** @param {CanvasRenderingContext2D} context @param {Rectangle} rectangle @param {() => void} draw */
function within(context, rectangle, draw) {
  context.save();
  clip(context, rectangle);
  draw();
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Rectangle} rectangle */
function clip(context, [x, y, width, height]) {
  context.beginPath();
  context.rect(x, y, Math.max(width, 0), height);
  context.clip();
}

function checker() {
  const canvas = new OffscreenCanvas(2 * CHECKER_SIZE, 2 * CHECKER_SIZE);
  const context = contextOf(canvas);
  for (let place = 0; place < 4; place++) {
    const [column, row] = [place & 1, place >> 1];
    context.fillStyle = CHECKER[column ^ row];
    context.fillRect(column * CHECKER_SIZE, row * CHECKER_SIZE, CHECKER_SIZE, CHECKER_SIZE);
  }
  return canvas;
}
