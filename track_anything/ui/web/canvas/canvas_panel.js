// @ts-nocheck
// The canvas as a whole: brings together what is shown, how it is seen, and what is done on it with a pointer.

import { CandidateChips } from "./candidate_chips.js";
import { el } from "../elements/dom.js";
import { FrameLoader } from "./frame_loader.js";
import { clickGesture, panGesture, pointGesture, strokeGesture } from "./gestures.js";
import { HoverPreview } from "./hover_preview.js";
import { attachPointer } from "./pointer.js";
import { drawBrush, drawPreview, drawPrompts, pointAt } from "./prompt_marks.js";
import { Scene } from "./scene.js";
import { ShownMasks } from "./shown_masks.js";
import { Badge, Readout, zoomBar } from "./stage_bars.js";
import { StageCanvases } from "./stage_canvases.js";
import { middle, ViewTransform } from "./view_transform.js";
import { RECIPES } from "../state/views.js";
import { WipeLine } from "./wipe_line.js";

/** See `mountCanvas`; what is public here is for gestures, keys and tests. */
export class CanvasPanel {
  transform = null;
  draft = { box: null, point: null }; // what a gesture in progress would give
  #scene = new Scene();
  #isFitted = true; // until somebody zooms or pans
  #isPainting = false;
  #touchedFrame = null; // frame that a gesture in progress is about
  #over = null; // point of the stage under the pointer
  #dirty = new Set(); // of "picture", "marks"

  constructor(element, { store, actions, api, pictures, texts }) {
    Object.assign(this, { element, store, actions, texts });
    this.canvases = new StageCanvases(texts.kind, () => this.#resize());
    this.readout = new Readout(texts);
    this.badge = new Badge(texts);
    this.wipe = new WipeLine(() => this.#request("picture"));
    this.chips = new CandidateChips({ store, actions, pictures, texts });
    this.#build();
    this.pointer = attachPointer(this.canvases.marks, {
      begin: (press, point) => this.#begin(press, point),
      hover: (point, isPressed) => this.#hover(point, isPressed),
      zoom: (point, factor) => this.#view(this.transform?.zoomAbout(point, factor)),
      pan: (dx, dy) => this.pan(dx, dy),
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
      onChange: (content) => this.#show(content),
    });
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

  /** Show the whole picture. */
  fit() {
    if (this.transform) this.#view(ViewTransform.fit(this.transform.video, this.canvases.size), true);
  }

  /** Zoom about the middle of the stage. */
  zoom(factor) {
    this.#view(this.transform?.zoomAbout(middle(this.transform.stage), factor));
  }

  /** One CSS pixel per source pixel. */
  actualSize() {
    this.zoom(1 / this.transform?.scale);
  }

  /** Move the picture. */
  pan(dx, dy) {
    this.#view(this.transform?.pan(dx, dy));
  }

  /** Show what a gesture would give. */
  sketch(draft) {
    Object.assign(this.draft, draft);
    this.#request("marks");
  }

  #build() {
    const { element, texts, canvases } = this;
    element.classList.add("ta-stage");
    const zoom = zoomBar(texts, { fit: () => this.fit(), zoom: (factor) => this.zoom(factor), actualSize: () => this.actualSize() });
    const loading = el("div", { className: "ta-stage-loading", "aria-hidden": "true" }, texts.loading);
    element.replaceChildren(
      el("div", { className: "ta-stage-view" }, canvases.picture, canvases.marks, this.wipe.element, this.chips.element, loading),
      el("div", { className: "ta-stage-line" }, this.badge.element, this.readout.element, zoom),
    );
  }

  #subscribe() {
    const { store } = this;
    store.subscribe(["frame"], ({ frame }) => {
      const isAboutAnother = this.#touchedFrame !== null && this.#touchedFrame !== frame;
      if (isAboutAnother) this.pointer.cancel();
    });
    store.subscribe(["objectId"], () => this.#isPainting && this.pointer.cancel());
    store.subscribe(["project", "frame", "masksRevision", "view", "hidden", "solo", "objectId", "matte", "band"], () => this.loader.update());
    store.subscribe(["view", "hidden", "solo", "project", "objectId"], () => this.#request("picture"));
    store.subscribe(["about", "pointIndex", "hover", "tool", "brushSize", "objectId"], () => this.#request("marks"));
    store.subscribe(["about", "objectId", "project", "playing", "tool", "view"], () => this.#describe());
  }

  // ---- what a person does ----

  #begin(press, point) {
    const { tool } = this.store.state;
    if (!this.transform) return null;
    this.#touchedFrame = null;
    if (press.isPan) return panGesture(this, point);
    if (!this.#stopAtShown()) return null;
    this.#touchedFrame = this.shownFrame;
    this.preview.rest();
    if (tool !== "click") return press.isNegative ? null : this.#beginStroke(point, tool === "eraser");
    const index = press.isNegative ? null : pointAt(this.#prompts(), this.transform, point, press.isTouch);
    return index === null ? clickGesture(this, point, !press.isNegative) : pointGesture(this, point, index);
  }

  #beginStroke(point, erases) {
    const { objectId } = this.store.state;
    if (!this.store.object(objectId)) {
      this.store.say("info", this.texts.selectFirst);
      return null;
    }
    this.#isPainting = true;
    return strokeGesture(this, point, { objectId, erases, diameter: () => this.store.state.brushSize });
  }

  /** Show `labels` with a stroke in progress; else it ends: with a `mask` to be sent, or taken back. */
  stroke({ labels, mask }) {
    if (labels) return this.masks.sketch(labels);
    this.#isPainting = false;
    return mask ? this.masks.paint(mask) : this.masks.drop();
  }

  /** What is done is meant for the picture that is seen: stop there. False while another one is on its way. */
  #stopAtShown() {
    if (this.store.state.playing) {
      this.store.set({ playing: false });
      this.actions.seek(this.shownFrame);
    }
    return this.store.state.frame === this.shownFrame;
  }

  #hover(point, isPressed = false) {
    this.#over = point;
    const pixel = point && this.transform ? this.transform.sourcePixel(point.x, point.y) : null;
    const isOnPoint = pixel !== null && pointAt(this.#prompts(), this.transform, point) !== null;
    this.canvases.marks.classList.toggle("ta-over-point", isOnPoint && this.store.state.tool === "click");
    this.preview.move(isOnPoint || isPressed ? null : pixel);
    this.readout.update(pixel, this.transform?.scale ?? 1);
    if (this.store.state.tool !== "click") this.#request("marks");
  }

  // ---- what is shown ----

  #take(content) {
    const isOtherProject = content?.projectId !== this.masks.loaded?.projectId;
    if (isOtherProject) this.#view(content && ViewTransform.fit(content.size, this.canvases.size), true);
    const isOtherFrame = content?.frame !== this.shownFrame;
    this.masks.take(content, this.#isPainting);
    if (isOtherFrame) this.preview.renew();
    this.chips.update(this.shownFrame);
    this.#describe();
  }

  #show(content) {
    this.#scene.show(content);
    this.#request("picture", "marks");
  }

  #view(transform, isFitted = false) {
    if (!transform) return;
    this.transform = transform;
    this.#isFitted = isFitted;
    this.chips.place(transform);
    this.#hover(this.#over);
    this.#request("picture", "marks");
  }

  #resize() {
    if (!this.transform) return;
    const { size } = this.canvases;
    this.transform = this.#isFitted ? ViewTransform.fit(this.transform.video, size) : this.transform.resized(size);
    this.readout.update(null, this.transform.scale);
    this.chips.place(this.transform);
    this.#dirty = new Set(["picture", "marks"]);
    this.#draw(); // at once: the canvases are empty
  }

  #describe() {
    const { project, objectId, playing, tool, view } = this.store.state;
    const object = this.store.object(objectId);
    this.element.classList.toggle("ta-stage-empty", project === null);
    this.element.dataset.tool = tool;
    this.badge.update(object, this.#prompts(), playing);
    this.wipe.show(RECIPES[view].wipes ? this.texts.wipes[view](Boolean(this.masks.loaded?.removed)) : null);
    this.canvases.marks.setAttribute("aria-label", this.texts.label(this.shownFrame ?? 0, object?.name));
  }

  #tellLoading(frame) {
    if (frame === null) delete this.element.dataset.loading;
    else this.element.dataset.loading = String(frame);
  }

  #request(...parts) {
    if (this.#dirty.size === 0) requestAnimationFrame(() => this.#draw());
    for (const part of parts) this.#dirty.add(part);
    this.element.dataset.dirty = "true"; // what is there but not drawn yet
  }

  #draw() {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    if (dirty.has("picture")) this.#drawPicture();
    if (dirty.has("marks")) this.#drawMarks();
    const { dataset } = this.element;
    if (this.shownFrame === null) delete dataset.shown;
    else dataset.shown = String(this.shownFrame);
    delete dataset.dirty;
    dataset.drawn = String(Number(dataset.drawn ?? 0) + 1);
  }

  #drawPicture() {
    const { view, objectId, project } = this.store.state;
    const { picture, ratio, size } = this.canvases;
    const isShown = ({ id }) => this.store.isShown(id) || (this.#isPainting && id === objectId);
    const colours = new Map((project?.objects ?? []).filter(isShown).map(({ id, colour }) => [id, colour]));
    const look = { view, colours, selectedId: objectId, wipeAt: this.wipe.at(size.width) };
    this.#scene.draw(picture.getContext("2d"), ratio, this.transform, look);
  }

  #drawMarks() {
    const context = this.canvases.freshMarks();
    const { hover, tool, brushSize, pointIndex } = this.store.state;
    if (!this.transform || this.shownFrame === null) return;
    if (hover?.frame === this.shownFrame && tool === "click") drawPreview(context, this.transform, hover.mask);
    drawPrompts(context, this.transform, this.#prompts(), pointIndex, this.draft);
    if (tool !== "click" && this.#over) drawBrush(context, this.transform, this.#over, brushSize, tool === "eraser");
  }

  /** What was said about the selected object on the shown frame, and how its mask stands; undefined if not known. */
  #prompts() {
    const { about, objectId } = this.store.state;
    return about?.frame === this.shownFrame ? about?.objects[objectId] : undefined;
  }
}
