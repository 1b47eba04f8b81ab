// The timeline: ruler, filmstrip and a lane for every object along one time axis.

import { listenWhileShown } from "../elements/dom.js";
import { drawFilm, filmSlots, thumbWidth } from "./filmstrip.js";
import { LaneNames } from "./lane_names.js";
import { LANE_HEIGHT, LanePainter } from "./lanes.js";
import { drawRuler } from "./ruler.js";
import { Thumbnails } from "./thumbnails.js";
import { TimeAxis } from "./time_axis.js";
import { Hovering } from "./hover.js";
import { placeOverlay, tellPosition } from "./overlay.js";
import { readPalette, watchTheme } from "./palette.js";
import { buildParts } from "./parts.js";
import { attachPointer } from "./pointer.js";
import { attachScroll, placeThumb } from "./scroll.js";

/** @import { Page } from "../main.js" */
/** @import { Changed } from "../state/store.js" */
/** @import { Span } from "../state/types.js" */
/** @import { Project } from "../state/wire.js" */
/** @import { Pointer } from "./hover.js" */
/** @import { Palette } from "./palette.js" */
/** @import { TimelineTexts } from "./parts.js" */
/** @import { Load } from "./thumbnails.js" */

const [PAGED_TO, SOUGHT_TO] = [0.05, 0.5]; // where in the view the playhead appears when it had left it

/**
 * Build the timeline in `element`; `texts` is the whole of the texts or has at least `timeline`. For tests,
 * `element.timeline` tells what is where and `element.dataset.lanesDrawn` grows whenever the lanes were drawn.
 * @param {HTMLElement} element
 * @param {Page} page
 */
export function mountTimeline(element, { store, actions, api, texts }) {
  const timeline = new Timeline(element, { store, actions, api, texts: texts.timeline });
  const timelineHandle = {
    frameAt: (/** @type {number} */ clientX) => timeline.axis.frameAt(timeline.xAt(clientX)),
    xOf: (/** @type {number} */ frame) => timeline.axis.xOf(frame) - timeline.xAt(0),
    get visible() {
      return timeline.axis.visible;
    },
    get redraws() {
      return timeline.redraws;
    },
    get lastLanesDrawnRevision() {
      return timeline.drawnRevision;
    },
  };
  Object.assign(element, { timeline: timelineHandle });
}

/** @typedef {Span & { kind: "selection" | "range" }} Draft what a drag in progress would give */
/** @typedef {"rows" | "lanes" | "overlay"} Dirty */

/** See `mountTimeline`; what is public here is for its pointer, its scroll bar and its tip. */
export class Timeline {
  axis = new TimeAxis(0, 0);
  /** @type {Draft | null} */
  draft = null;
  isDragging = false;
  redraws = 0;
  /** @type {number | null} */
  drawnRevision = null;
  /** @type {Palette | null} */
  #palette = null;
  /** @type {Set<Dirty>} */
  #dirty = new Set();
  /** @type {string | null} */
  #projectId = null;
  #frame = 0;
  /** @type {Pointer | null} */
  #pointer = null;

  /** @param {HTMLElement} element @param {Pick<Page, "store" | "actions" | "api"> & { texts: TimelineTexts }} page */
  constructor(element, { store, actions, api, texts }) {
    this.element = element;
    this.store = store;
    this.actions = actions;
    this.texts = texts;
    this.parts = buildParts(element, texts, {
      by: (factor) => this.setAxis(this.axis.zoomed(factor, this.#zoomCentre())),
      all: () => this.setAxis(this.axis.whole()),
    });
    const { names, lanes, scroller, clear } = this.parts;
    /** @type {Load} */
    const load = (frame, signal) => api.picture(api.ofProject(`/thumbs/${frame}`), { signal });
    this.thumbnails = new Thumbnails(load, () => this.#request("rows"));
    this.hovering = new Hovering(this.parts, this.thumbnails);
    this.names = new LaneNames(names, texts, (id) => actions.selectObject(id));
    this.painter = new LanePainter(lanes);
    clear.addEventListener("click", () => actions.select(null));
    scroller.addEventListener("scroll", () => this.#request("lanes"), { passive: true });
    attachPointer(this.parts, this);
    attachScroll(this.parts, this);
    this.#watchSize();
    store.subscribe(["project", "objectId", "hidden", "solo", "lanes"], (_, changed) => this.#update(changed));
    store.subscribe(["frame", "selection"], () => this.#move());
  }

  get project() {
    return this.store.state.project;
  }

  get frame() {
    return this.store.state.frame;
  }

  /** The range to work on, as it is dragged just now. @returns {Span} */
  get range() {
    if (this.draft?.kind === "range") return this.draft;
    const [start, stop] = this.project?.range ?? [0, this.axis.frames];
    return { start, stop };
  }

  /** @returns {Span | null} */
  get selection() {
    return this.draft?.kind === "selection" ? this.draft : this.store.state.selection;
  }

  /** x along the axis of a client x. @param {number} clientX */
  xAt(clientX) {
    return clientX - this.parts.tracks.getBoundingClientRect().left;
  }

  /** @param {TimeAxis} axis */
  setAxis(axis) {
    this.axis = axis;
    this.#request("rows", "lanes", "overlay");
  }

  /** @param {Draft | null} draft */
  setDraft(draft) {
    this.draft = draft;
    this.#request("overlay");
  }

  /** The pointer is over the panel: show what is under it, if that is a row. @param {Pointer} pointer */
  hover({ target, clientX, clientY }) {
    this.#pointer = { target, clientX, clientY };
    this.#request("overlay");
  }

  leave() {
    this.#pointer = null;
    this.#request("overlay");
  }

  #watchSize() {
    const { scroller, tracks } = this.parts;
    let isWatchingTheme = false;
    new ResizeObserver(() => {
      if (!isWatchingTheme) watchTheme(this.element, () => this.#recolour()); // needs the ancestors, so not earlier
      isWatchingTheme = true;
      if (tracks.clientWidth !== this.axis.width) this.axis = this.axis.resized(tracks.clientWidth);
      this.#request("rows", "lanes", "overlay");
    }).observe(tracks);
    new ResizeObserver(() => this.#request("lanes")).observe(scroller);
    // The browser's own zoom changes the density of pixels.
    listenWhileShown(this.element, window, "resize", () => this.#request("rows", "lanes", "overlay"));
  }

  #recolour() {
    this.#palette = null;
    this.#request("rows", "lanes");
  }

  /** @param {Changed} changed */
  #update(changed) {
    const { project, objectId } = this.store.state;
    const frames = project?.video.frames ?? 0;
    if ((project?.id ?? null) !== this.#projectId || frames !== this.axis.frames) {
      this.#projectId = project?.id ?? null;
      this.axis = new TimeAxis(frames, this.axis.width);
      this.draft = null;
      this.thumbnails.clear();
    }
    const objects = project?.objects ?? [];
    this.names.show(objects, objectId, (id) => this.store.isShown(id));
    this.parts.panel.classList.toggle("ta-has-project", project !== null);
    this.parts.empty.hidden = project === null || objects.length > 0;
    if (changed.has("objectId")) this.#reveal(objects.findIndex(({ id }) => id === objectId));
    this.#request("lanes");
    if (changed.has("project")) this.#request("rows", "overlay");
  }

  /** Scroll the lane of the selected object into view. @param {number} row */
  #reveal(row) {
    const { scroller } = this.parts;
    if (row < 0) return;
    const least = (row + 1) * LANE_HEIGHT - scroller.clientHeight;
    scroller.scrollTop = Math.max(least, Math.min(scroller.scrollTop, row * LANE_HEIGHT));
  }

  /** The playhead moved, or the selection changed: follow the playhead out of the view, unless it is led by hand. */
  #move() {
    const { frame, playing } = this.store.state;
    // Who pans away while the video plays wants to look at something else.
    const isFollowed = !playing || this.axis.isVisible(this.#frame);
    if (frame !== this.#frame && isFollowed && !this.isDragging && !this.axis.isVisible(frame)) {
      this.setAxis(this.axis.showing(frame, playing ? PAGED_TO : SOUGHT_TO));
    }
    this.#frame = frame;
    this.#request("overlay");
  }

  #zoomCentre() {
    return this.axis.isVisible(this.frame) ? this.axis.xOf(this.frame) : this.axis.width / 2;
  }

  /** Draw before the next picture; however often it is asked for, it is done once. @param {...Dirty} what */
  #request(...what) {
    if (this.#dirty.size === 0) requestAnimationFrame(() => this.#draw());
    for (const name of what) this.#dirty.add(name);
  }

  #draw() {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    if (!this.project || this.axis.width <= 0) return this.hovering.hide();
    this.#palette ??= readPalette(this.element);
    if (dirty.has("rows")) this.#drawRows(this.project, this.#palette);
    if (dirty.has("lanes")) this.#drawLanes(this.project, this.#palette);
    if (dirty.has("overlay")) this.#placeOverlay(this.project);
  }

  /** @param {Project} project @param {Palette} palette */
  #drawRows({ video, cuts }, palette) {
    const { axis, thumbnails } = this;
    const thumb = thumbWidth(video);
    drawRuler(this.parts.ruler, { axis, rate: video.rate, cuts, palette });
    thumbnails.want("film", filmSlots(axis, thumb).map(({ frame }) => frame));
    drawFilm(this.parts.film, { axis, thumb, thumbnails, cuts, palette });
    placeThumb(this.parts, axis);
    this.hovering.redraw();
  }

  /** @param {Project} project @param {Palette} palette */
  #drawLanes({ objects, cuts, revision }, palette) {
    const { state } = this.store;
    const { scroller } = this.parts;
    const lanes = objects.map(({ id, colour }) => ({
      lane: state.lanes?.rows.get(id),
      colour,
      isSelected: id === state.objectId,
      isShown: this.store.isShown(id),
    }));
    const height = objects.length === 0 ? 0 : scroller.clientHeight;
    const { axis } = this;
    this.painter.draw({ axis, palette, cuts, height, scrollTop: scroller.scrollTop, lanes });
    this.drawnRevision = revision;
    this.redraws += 1;
    this.element.dataset.lanesDrawn = String(this.redraws);
  }

  /** @param {Project} project */
  #placeOverlay({ video }) {
    const { axis, frame, range, selection, parts, texts } = this;
    tellPosition(parts, { frame, frames: axis.frames, rate: video.rate, texts });
    placeOverlay(parts, { axis, frame, range, selection });
    this.hovering.show(this, this.#pointer);
  }
}
