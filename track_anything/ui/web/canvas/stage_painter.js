// Draws the two canvases of the stage when something of what they show has changed.

import { contextOf } from "../elements/dom.js";
import { drawLasso, drawPolygon } from "./area_marks.js";
import { drawBrush, drawCursor, drawPreview, drawPrompts } from "./prompt_marks.js";
import { Scene } from "./scene.js";
import { hasSize } from "../state/tools.js";

/** @import { Colour, Colours } from "../state/types.js" */
/** @import { TrackedObject } from "../state/wire.js" */
/** @import { CanvasPanel } from "./canvas_panel.js" */
/** @import { Content } from "./scene.js" */

export const UNNAMED = 255; // in the labels: an object that is painted before the server has named it
/** @type {Colour} */
const WHITE = [255, 255, 255];

export class StagePainter {
  #scene = new Scene();
  /** @type {Set<"picture" | "marks">} */
  #dirty = new Set();

  /** @param {CanvasPanel} panel */
  constructor(panel) {
    this.panel = panel;
  }

  /** Show a frame with its masks, or nothing (null). @param {Content | null} content */
  show(content) {
    this.#scene.show(content);
    this.request("picture", "marks");
  }

  /** Draw before the next picture; however often it is asked for, it is done once. @param {...("picture" | "marks")} parts */
  request(...parts) {
    if (this.#dirty.size === 0) requestAnimationFrame(() => this.#draw());
    for (const part of parts) this.#dirty.add(part);
    this.panel.element.dataset.dirty = "true"; // what is there but not drawn yet
  }

  /** Draw now. */
  drawAll() {
    this.#dirty = new Set(["picture", "marks"]);
    this.#draw();
  }

  #draw() {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    if (dirty.has("picture")) this.#drawPicture();
    if (dirty.has("marks")) this.#drawMarks();
    const { shownFrame, element } = this.panel;
    const { dataset } = element;
    if (shownFrame === null) delete dataset.shown;
    else dataset.shown = String(shownFrame);
    delete dataset.dirty;
    dataset.drawn = String(Number(dataset.drawn ?? 0) + 1);
  }

  #drawPicture() {
    const { store, canvases, wipe, transform, isPainting } = this.panel;
    const { view, objectId, project, backdrop } = store.state;
    const { picture, ratio, size } = canvases;
    const isShown = (/** @type {TrackedObject} */ { id }) => store.isShown(id) || (isPainting && id === objectId);
    /** @type {Colours} */
    const colours = new Map((project?.objects ?? []).filter(isShown).map(({ id, colour }) => [id, colour]));
    if (isPainting) colours.set(UNNAMED, WHITE);
    const look = { view, colours, selectedId: objectId, backdrop, wipeAt: wipe.at(size.width) };
    this.#scene.draw(contextOf(picture), ratio, transform, look);
  }

  #drawMarks() {
    const context = this.panel.canvases.freshMarks();
    const { hover, tool, brushSize, pointIndex, corners } = this.panel.store.state;
    const { transform, shownFrame, prompts, draft, over, cursor } = this.panel;
    if (!transform || shownFrame === null) return;
    if (hover?.frame === shownFrame && tool === "plus") drawPreview(context, transform, hover.mask);
    drawPrompts(context, transform, prompts, pointIndex, draft);
    if (draft.lasso) drawLasso(context, transform, draft.lasso);
    if (corners) drawPolygon(context, transform, corners, over);
    if (hasSize(tool) && over) drawBrush(context, transform, over, brushSize, tool === "eraser");
    if (cursor.point) drawCursor(context, cursor.point);
  }
}
