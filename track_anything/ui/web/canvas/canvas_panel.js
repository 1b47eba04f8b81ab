// The canvas as a whole: brings together what is shown, how it is seen, and what is done on it with a pointer.

import { CandidateChips } from "./candidate_chips.js";
import { el } from "../elements/dom.js";
import { FrameLoader } from "./frame_loader.js";
import { clickGesture, lassoGesture, paintArea, panGesture, pointGesture, strokeGesture } from "./gestures.js";
import { HoverPreview } from "./hover_preview.js";
import { KeyboardCursor } from "./keyboard_cursor.js";
import { attachPointer } from "./pointer.js";
import { Polygon } from "./polygon.js";
import { pointAt } from "./prompt_marks.js";
import { ShownMasks } from "./shown_masks.js";
import { backdropChoice } from "./backdrop.js";
import { Badge, Readout, zoomBar } from "./stage_bars.js";
import { StageCanvases } from "./stage_canvases.js";
import { StagePainter, UNNAMED } from "./stage_painter.js";
import { middle, ViewTransform } from "./view_transform.js";
import { hasSize, isClick } from "../state/tools.js";
import { RECIPES } from "../state/views.js";
import { WipeLine } from "./wipe_line.js";

/** @import { Aim } from "../actions/target.js" */
/** @import { Page } from "../main.js" */
/** @import { Tool } from "../state/tools.js" */
/** @import { Box, Point } from "../state/types.js" */
/** @import { ReadyPanel } from "./gestures.js" */
/** @import { Gesture, Press } from "./pointer.js" */
/** @import { Content } from "./scene.js" */
/** @import { CanvasTexts } from "./stage_bars.js" */

/** @typedef {Point & { index: number }} DraftPoint a click of the selected object where it is dragged to */
/** @typedef {{ box: Box | null, point: DraftPoint | null, lasso: Point[] | null }} Draft what a gesture in progress would give */

const STEP = 10; // CSS pixels that the keyboard's cross hairs move at a time

/** See `mountCanvas`; what is public here is for gestures, keys and tests. */
export class CanvasPanel {
  /** @type {ViewTransform | null} */
  transform = null;
  /** @type {Draft} */
  draft = { box: null, point: null, lasso: null }; // what a gesture in progress would give
  #isFitted = true; // until somebody zooms or pans
  isPainting = false;
  /** @type {Aim | null} */
  #painted = null; // which object is painted
  /** @type {number | null} */
  #touchedFrame = null; // frame that a gesture in progress is about
  /** @type {Point | null} */
  over = null; // point of the stage under the pointer

  /** @param {HTMLElement} element @param {Omit<Page, "texts"> & { texts: CanvasTexts }} page */
  constructor(element, { store, actions, api, pictures, texts }) {
    this.element = element;
    this.store = store;
    this.actions = actions;
    this.texts = texts;
    this.painter = new StagePainter(this);
    this.canvases = new StageCanvases(texts.kind, () => this.#resize());
    this.readout = new Readout(texts);
    this.badge = new Badge(texts);
    this.wipe = new WipeLine(() => this.painter.request("picture"));
    this.chips = new CandidateChips({ store, actions, pictures, texts });
    this.#build();
    this.pointer = attachPointer(this.canvases.marks, {
      begin: (press, point) => this.#begin(press, point),
      hover: (point, isPressed) => this.#hover(point, isPressed),
      zoom: (point, factor) => this.#view(this.transform?.zoomAbout(point, factor)),
      pan: (dx, dy) => this.pan(dx, dy),
    });
    this.cursor = new KeyboardCursor(this.canvases.marks, {
      begin: () => this.transform && middle(this.transform.stage),
      hold: (point) => this.transform?.held(point) ?? point,
      step: (isFine) => (isFine ? (this.transform?.scale ?? 1) : STEP),
      move: (point) => this.#hover(point),
      press: (point, isNegative) => this.#begin({ isPan: false, isNegative, isTouch: false }, point)?.end(point),
    });
    this.loader = new FrameLoader({
      store,
      pictures,
      onLoading: (frame) => this.#tellLoading(frame),
      onContent: (content) => this.#take(content),
      onError: (error) => store.say("error", error.message),
    });
    this.masks = new ShownMasks({
      send: (mask) => actions.prompting.paint(mask),
      isLoading: () => this.loader.isLoading,
      onChange: (content) => this.painter.show(content),
    });
    this.polygon = new Polygon(this);
    this.preview = new HoverPreview({ store, api, shownFrame: () => this.shownFrame });
    this.#subscribe();
  }

  /** The frame that is to be seen, or null. */
  get shownFrame() {
    return this.masks.loaded?.frame ?? null;
  }

  /** Object ids of the shown frame, unanswered strokes included, or null. */
  get labelsShown() {
    return this.masks.labels;
  }

  /** The panel while there is a picture to be seen. */
  get ready() {
    if (!this.transform || !this.labelsShown) throw new Error("no frame is shown");
    return /** @type {ReadyPanel} */ (this);
  }

  /** Show the whole picture. */
  fit() {
    if (this.transform) this.#view(ViewTransform.fit(this.transform.video, this.canvases.size), true);
  }

  /** Zoom about the middle of the stage. @param {number} factor */
  zoom(factor) {
    this.#view(this.transform?.zoomAbout(middle(this.transform.stage), factor));
  }

  /** One CSS pixel per source pixel. */
  actualSize() {
    if (this.transform) this.zoom(1 / this.transform.scale);
  }

  /** Move the picture. @param {number} dx @param {number} dy */
  pan(dx, dy) {
    this.#view(this.transform?.pan(dx, dy));
  }

  /** Show what a gesture would give. @param {Partial<Draft>} draft */
  sketch(draft) {
    Object.assign(this.draft, draft);
    this.painter.request("marks");
  }

  #build() {
    const { element, texts, canvases, store } = this;
    element.classList.add("ta-stage");
    const zoom = zoomBar(texts, { fit: () => this.fit(), zoom: (factor) => this.zoom(factor), actualSize: () => this.actualSize() });
    const loading = el("div", { className: "ta-stage-loading", "aria-hidden": "true" }, texts.loading);
    element.replaceChildren(
      el("div", { className: "ta-stage-view" }, canvases.picture, canvases.marks, this.wipe.element, this.chips.element, loading),
      el("div", { className: "ta-stage-line" }, this.badge.element, this.readout.element, backdropChoice(store, texts), zoom),
    );
  }

  #subscribe() {
    const { store } = this;
    store.subscribe(["frame"], ({ frame }) => {
      const isAboutAnother = this.#touchedFrame !== null && this.#touchedFrame !== frame;
      if (isAboutAnother) this.pointer.cancel();
    });
    store.subscribe(["objectId"], () => this.isPainting && this.actions.target.aim !== this.#painted && this.pointer.cancel());
    store.subscribe(["project", "frame", "masksRevision", "view", "hidden", "solo", "objectId", "matte", "band", "cleanUp"], () => this.loader.update());
    store.subscribe(["view", "backdrop", "hidden", "solo", "project", "objectId"], () => this.painter.request("picture"));
    store.subscribe(["about", "pointIndex", "hover", "tool", "brushSize", "objectId", "corners"], () => this.painter.request("marks"));
    store.subscribe(["about", "objectId", "project", "playing", "tool", "view"], () => this.#describe());
  }

  // ---- what a person does ----

  /** @param {Press} press @param {Point} point @returns {Gesture | null} */
  #begin(press, point) {
    const { tool } = this.store.state;
    if (!this.transform) return null;
    this.#touchedFrame = null;
    if (press.isPan) return panGesture(this, point);
    if (!this.#stopAtShown()) return null;
    this.#touchedFrame = this.shownFrame;
    this.preview.rest();
    this.actions.stopFollowing();
    const { ready } = this;
    if (tool === "polygon") return this.polygon.begin(press, point);
    if (!isClick(tool)) return this.#beginStroke(point, tool, tool === "eraser" || press.isNegative);
    const index = press.isNegative ? null : pointAt(this.prompts, ready.transform, point, press.isTouch);
    const isPositive = tool === "plus" && !press.isNegative;
    return index === null ? clickGesture(ready, point, isPositive) : pointGesture(ready, point, index);
  }

  /** @param {Point} point @param {Tool} tool @param {boolean} erases */
  #beginStroke(point, tool, erases) {
    const aim = this.aimOfPaint();
    if (!aim) return null;
    this.isPainting = true;
    this.#painted = aim;
    const stroke = { objectId: aim.objectId ?? UNNAMED, erases };
    if (tool === "lasso") return lassoGesture(this.ready, point, stroke);
    return strokeGesture(this.ready, point, { ...stroke, diameter: () => this.store.state.brushSize });
  }

  /** The object that is painted if that begins now; none is selected: null, and that is said. */
  aimOfPaint() {
    const { aim } = this.actions.target;
    if (aim.isAwaited || this.store.object(aim.objectId)) return aim;
    this.store.say("info", this.texts.selectFirst);
    return null;
  }

  /** Paint what a closed line goes around. @param {Point[]} points @param {Aim} aim @param {boolean} erases */
  paintArea(points, aim, erases) {
    paintArea(this.ready, points, { objectId: aim.objectId ?? UNNAMED, erases });
  }

  /**
   * Show `labels` with a stroke in progress; else it ends: with a `mask` to be sent, or taken back.
   * @param {{ labels?: Uint8Array, mask?: Uint8Array }} stroke
   */
  stroke({ labels, mask }) {
    if (labels) return this.masks.sketch(labels);
    this.isPainting = false;
    return mask ? this.masks.paint(mask) : this.masks.drop();
  }

  /** What is done is meant for the picture that is seen: stop there. False while another one is on its way. */
  #stopAtShown() {
    if (this.store.state.playing) {
      this.store.set({ playing: false });
      if (this.shownFrame !== null) this.actions.seek(this.shownFrame);
    }
    return this.store.state.frame === this.shownFrame;
  }

  /** @param {Point | null} point @param {boolean} [isPressed] */
  #hover(point, isPressed = false) {
    this.over = point;
    const { transform } = this;
    const { tool, corners } = this.store.state;
    const pixel = point && transform ? transform.sourcePixel(point.x, point.y) : null;
    const isOnPoint = Boolean(pixel && point && transform && pointAt(this.prompts, transform, point) !== null);
    this.canvases.marks.classList.toggle("ta-over-point", isOnPoint && isClick(tool));
    this.preview.move(isOnPoint || isPressed ? null : pixel);
    this.readout.update(pixel, this.transform?.scale ?? 1);
    if (hasSize(tool) || corners || point === null || this.cursor?.point) this.painter.request("marks");
  }

  // ---- what is shown ----

  /** @param {Content | null} content */
  #take(content) {
    const isOtherProject = content?.projectId !== this.masks.loaded?.projectId;
    if (isOtherProject) this.#view(content && ViewTransform.fit(content.size, this.canvases.size), true);
    const isOtherFrame = content?.frame !== this.shownFrame;
    this.masks.take(content, this.isPainting);
    if (isOtherFrame) this.preview.renew();
    this.chips.update(this.shownFrame);
    this.#describe();
  }

  /** @param {ViewTransform | null | undefined} transform @param {boolean} [isFitted] */
  #view(transform, isFitted = false) {
    if (!transform) return;
    this.transform = transform;
    this.#isFitted = isFitted;
    this.chips.place(transform);
    this.#hover(this.over);
    this.painter.request("picture", "marks");
  }

  #resize() {
    if (!this.transform) return;
    const { size } = this.canvases;
    this.transform = this.#isFitted ? ViewTransform.fit(this.transform.video, size) : this.transform.resized(size);
    this.readout.update(null, this.transform.scale);
    this.chips.place(this.transform);
    this.painter.drawAll(); // at once: the canvases are empty
  }

  #describe() {
    const { project, objectId, playing, tool, view } = this.store.state;
    const object = this.store.object(objectId);
    this.element.classList.toggle("ta-stage-empty", project === null);
    this.element.dataset.tool = tool;
    this.badge.update(object, this.prompts, playing);
    const words = RECIPES[view].wipes ? this.texts.wipes[/** @type {"wipe" | "removed"} */ (view)] : null;
    this.wipe.show(words?.(Boolean(this.masks.loaded?.removed)) ?? null);
    this.canvases.marks.setAttribute("aria-label", this.texts.label(this.shownFrame ?? 0, object?.name));
  }

  /** @param {number | null} frame */
  #tellLoading(frame) {
    if (frame === null) delete this.element.dataset.loading;
    else this.element.dataset.loading = String(frame);
  }

  /** What was said about the selected object on the shown frame, and how its mask stands; undefined if not known. */
  get prompts() {
    const { about, objectId } = this.store.state;
    if (this.actions.target.aim.isAwaited) return undefined; // of a new object nothing was said yet
    return about?.frame === this.shownFrame && objectId !== null ? about?.objects[objectId] : undefined;
  }
}
