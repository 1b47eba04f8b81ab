// @ts-nocheck
// Draws one frame with its masks. What was made from masks is kept until the masks, or how they look, change.

import { pathOf, traceOutlines } from "./outline.js";
import { Layer } from "./painting.js";
import { RECIPES } from "../state/views.js";
import { rgb } from "../elements/dom.js";

const SMOOTH_UP_TO = 3; // CSS pixels per source pixel; above, pixels are there to be seen
const LINE = 1.75; // CSS pixels
const SELECTED_LINE = 2.5;
const HALO = 1.5; // more than the line: a hairline on either side
const HALO_COLOUR = "rgb(0 0 0 / 0.7)"; // beside a bright line it shows on any picture
const CHECKER = ["#b9bcc2", "#8f939b"];
const CHECKER_SIZE = 8; // CSS pixels

export class Scene {
  content = null; // {projectId, frame, image, labels, before, own, removed, size: {width, height}}
  #now = new MaskPicture();
  #before = new MaskPicture();
  #checker = null;

  /** Show another frame, other masks, or nothing (null). */
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
   * `look` is {view, colours, selectedId, wipeAt}: name of the view, Map from the ids of shown objects to [r, g, b],
   * the object with the thicker line, and where on the stage, in CSS pixels, the left of a wipe ends.
   */
  draw(context, ratio, transform, look) {
    const { canvas } = context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const isClosed = !this.content?.image.width; // or there is none yet
    if (isClosed || !(transform?.scale > 0)) return; // a stage that is hidden has no scale
    const { scale, x, y } = transform;
    const { image, size, labels, before, own, removed } = this.content;
    const recipe = RECIPES[look.view];
    context.setTransform(ratio.x * scale, 0, 0, ratio.y * scale, ratio.x * x, ratio.y * y);
    context.imageSmoothingEnabled = scale <= SMOOTH_UP_TO;
    context.save();
    clip(context, 0, 0, size.width, size.height);
    if (recipe.mode === "cut") this.#drawChecker(context, ratio, size);
    else if (recipe.mode !== "alone") context.drawImage(image, 0, 0);
    const draw = (picture, bytes, isOwn) => picture.draw(context, { recipe, look, image, size, scale, bytes, isOwn });
    const split = recipe.wipes ? transform.toSource(look.wipeAt, 0).x : 0;
    const [left, right] = [[0, 0, split, size.height], [split, 0, size.width - split, size.height]];
    if (recipe.needs === "before" && before) {
      within(context, left, () => draw(this.#before, before));
      within(context, right, () => draw(this.#now, labels));
    } else if (recipe.needs === "removed") {
      if (removed?.width) within(context, right, () => context.drawImage(removed, 0, 0)); // one that was dropped has none
    } else if (recipe.own && own) {
      draw(this.#now, own, true);
    } else {
      draw(this.#now, labels);
    }
    context.restore();
  }

  #drawChecker(context, ratio, { width, height }) {
    this.#checker ??= context.createPattern(checker(), "repeat");
    // the squares keep their size on the screen, and move with the picture
    const { a, d } = context.getTransform();
    this.#checker.setTransform(new DOMMatrix().scale(ratio.x / a, ratio.y / d));
    context.fillStyle = this.#checker;
    context.fillRect(0, 0, width, height);
  }
}

/** What is made from one label map: a layer of pixels and the paths around the objects. */
class MaskPicture {
  #layer = new Layer();
  #painted = null;
  #paths = null;

  forget() {
    this.#painted = this.#paths = null;
  }

  draw(context, { recipe, look, image, size, scale, bytes, isOwn = false }) {
    if (recipe.mode !== "none") {
      this.#paint({ recipe, look, image, size, bytes, isOwn });
      context.drawImage(this.#layer.canvas, 0, 0);
    }
    if (!recipe.lines) return;
    this.#paths ??= pathsOf(bytes, size);
    for (const id of inDrawingOrder(look)) {
      const path = this.#paths.get(id);
      if (path) strokeTwice(context, path, (id === look.selectedId ? SELECTED_LINE : LINE) / scale, HALO / scale, look.colours.get(id));
    }
  }

  #paint({ recipe, look, image, size, bytes, isOwn }) {
    const shown = [...look.colours].flat(2).join();
    const wanted = `${look.view} ${isOwn} ${shown}`;
    if (this.#painted === wanted) return;
    this.#painted = wanted;
    const table = isOwn ? recipe.own : recipe.table(look.colours);
    if (recipe.mode === "cut") this.#layer.cut(image, bytes, table, size);
    else this.#layer.paint(bytes, table, size);
  }
}

function pathsOf(labels, { width, height }) {
  const paths = new Map();
  for (const [id, loops] of traceOutlines(labels, width, height)) paths.set(id, pathOf(loops));
  return paths;
}

/** The selected object comes last, on top of its neighbours' lines. */
function inDrawingOrder({ colours, selectedId }) {
  return [...colours.keys()].sort((one, other) => (one === selectedId) - (other === selectedId));
}

function strokeTwice(context, path, line, halo, colour) {
  context.lineJoin = "round";
  context.lineWidth = line + halo;
  context.strokeStyle = HALO_COLOUR;
  context.stroke(path);
  context.lineWidth = line;
  context.strokeStyle = rgb(colour);
  context.stroke(path);
}

function within(context, rectangle, draw) {
  context.save();
  clip(context, ...rectangle);
  draw();
  context.restore();
}

function clip(context, x, y, width, height) {
  context.beginPath();
  context.rect(x, y, Math.max(width, 0), height);
  context.clip();
}

function checker() {
  const canvas = new OffscreenCanvas(2 * CHECKER_SIZE, 2 * CHECKER_SIZE);
  const context = canvas.getContext("2d");
  for (let place = 0; place < 4; place++) {
    const [column, row] = [place & 1, place >> 1];
    context.fillStyle = CHECKER[column ^ row];
    context.fillRect(column * CHECKER_SIZE, row * CHECKER_SIZE, CHECKER_SIZE, CHECKER_SIZE);
  }
  return canvas;
}
