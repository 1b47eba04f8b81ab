// What a person can do, each once: keys, buttons, canvas and timeline all call these.

import { Asking } from "./asking.js";
import { cautions } from "./cautions.js";
import { Collecting } from "./collecting.js";
import { Everything } from "./everything.js";
import { Exporting } from "./exporting.js";
import { Fixing } from "./fixing.js";
import { Importing } from "./importing.js";
import { News } from "./news.js";
import { Opening } from "./opening.js";
import { Prompting } from "./prompting.js";
import { Shadows } from "./shadows.js";
import { Reviewing } from "./reviewing.js";
import { Target } from "./target.js";
import { isKnown, isOnItsWay, Mark } from "../state/store.js";
import { texts } from "../texts/texts.js";

/** @import { Api } from "../state/api.js" */
/** @import { Pictures } from "../state/pictures.js" */
/** @import { Message, Store } from "../state/store.js" */
/** @import { Span } from "../state/types.js" */
/** @import { Job, Update } from "../state/wire.js" */

export class Actions {
  /** @param {Store} store @param {Api} api @param {Pictures} pictures */
  constructor(store, api, pictures) {
    this.store = store;
    this.api = api;
    this.pictures = pictures;
    const say = this.say.bind(this);
    this.asking = new Asking({ store, api, apply: (update) => this.apply(update), say });
    this.opening = new Opening({ store, api, pictures, asking: this.asking, refresh: () => this.refresh(), control: (action) => this.control(action) });
    this.target = new Target(store);
    this.prompting = new Prompting(store, this.asking, this.target);
    const change = this.#change.bind(this);
    this.everything = new Everything({ store, api, change, attempt: this.attempt.bind(this) });
    this.importing = new Importing({ store, api, change });
    this.exporting = new Exporting({ store, api, change, say, track: () => this.track("both", { objects: null }), seek: (frame) => this.seek(frame), texts });
    this.shadows = new Shadows({ store, change, say, select: (objectId) => this.selectObject(objectId) });
    this.news = new News({
      store,
      api,
      pictures,
      asking: this.asking,
      onEnd: (job) => this.#jobEnded(job),
      onUnread: (update) => this.opening.ended(update),
      lead: (frame) => this.seek(frame, { isLed: true }),
    });
    this.reviewing = new Reviewing({ store, api, change, attempt: (ask) => this.attempt(ask), go: (...place) => this.#go(...place) });
    const shared = { store, api, say, attempt: this.attempt.bind(this), go: this.#go.bind(this) };
    this.collecting = new Collecting({ ...shared, opening: this.opening, refresh: () => this.refresh() });
    this.fixing = new Fixing(shared);
  }

  get state() {
    return this.store.state;
  }

  // ---- time ----

  /**
   * Show a frame. Who goes to another one while frames are tracked is not led away from it any more.
   * @param {number} frame
   * @param {{ isLed?: boolean }} [how]
   */
  seek(frame, { isLed = false } = {}) {
    const { project } = this.state;
    if (!project) return;
    if (!isLed) this.stopFollowing();
    const wanted = clamp(Math.round(frame), 0, project.video.frames - 1);
    if (wanted === this.state.frame) return;
    this.store.set({ frame: wanted, pointIndex: null, candidates: null, hover: null });
    this.news.loadAbout();
  }

  /** Stay on the shown frame from now on, if it follows tracking that is on its way. */
  stopFollowing() {
    const { job } = this.state;
    if (isOnItsWay(job) && job?.kind === "track") this.store.set({ follows: false });
  }

  togglePlay() {
    if (this.state.project) this.store.set({ playing: !this.state.playing });
  }

  /**
   * Go to the next (1) or previous (-1) frame on which the selected object, or any, was prompted or locked.
   * @param {1 | -1} direction
   */
  jumpToMark(direction) {
    const { lanes, objectId, frame } = this.state;
    if (!lanes) return;
    const selected = objectId === null ? undefined : lanes.rows.get(objectId);
    const rows = selected ? [selected] : [...lanes.rows.values()];
    for (let at = frame + direction; at >= 0 && at < lanes.frames; at += direction) {
      if (rows.some((row) => row.marks[at] & (Mark.PROMPT | Mark.LOCK))) return this.seek(at);
    }
  }

  /** Go to the frame that a correction helps most; again = the next one. */
  nextToFix() {
    return this.fixing.next();
  }

  /** @param {Span | null} selection */
  select(selection) {
    this.store.set({ selection });
  }

  /** Set the in and out points; null = the whole video. @param {number | null} start @param {number} [stop] */
  setRange(start, stop) {
    const whole = start === null || start === undefined;
    const { frames } = this.store.project.video;
    return this.edit({ kind: "set_range", start: whole ? 0 : start, stop: whole ? frames : stop });
  }

  setIn() {
    const { range, video } = this.store.project;
    const { frame } = this.state;
    return this.setRange(frame, range && range[1] > frame ? range[1] : video.frames);
  }

  setOut() {
    const [start] = this.store.project.range ?? [0];
    const { frame } = this.state;
    return this.setRange(start <= frame ? start : 0, frame + 1);
  }

  // ---- objects ----

  /** @param {number} objectId */
  selectObject(objectId) {
    if (!this.store.object(objectId)) return;
    this.target.choose(objectId);
    if (objectId === this.state.objectId) return;
    this.store.set({ objectId, pointIndex: null, candidates: null });
  }

  async addObject() {
    const aim = this.target.awaitNew();
    const named = (/** @type {{ object_id: number }} */ { object_id }) => this.target.settle(aim, object_id) && this.selectObject(object_id);
    const answer = await this.asking.change("/objects", () => ({}), named);
    if (!answer) this.target.settle(aim, null);
  }

  /** @param {number | null} objectId */
  toggleHidden(objectId) {
    if (objectId === null) return;
    const hidden = new Set(this.state.hidden);
    if (!hidden.delete(objectId)) hidden.add(objectId);
    this.store.set({ hidden });
  }

  /** @param {number} objectId */
  toggleSolo(objectId) {
    this.store.set({ solo: this.state.solo === objectId ? null : objectId });
  }

  /** Apply an edit, as JSON like in a project's journal. @param {{ kind: string, [field: string]: unknown }} edit */
  edit(edit) {
    return this.#change("/edits", { edit });
  }

  /**
   * An edit of the selected object on the selected frames, or on the shown one.
   * @param {string} kind
   * @param {object} [more]
   */
  editHere(kind, more = {}) {
    const { objectId } = this.state;
    if (!this.store.object(objectId)) return undefined;
    const { start, stop } = this.rangeHere();
    return this.edit({ kind, object_id: objectId, start, stop, ...more });
  }

  /** The selected frames, or the shown one. */
  rangeHere() {
    const { selection, frame } = this.state;
    return selection ?? { start: frame, stop: frame + 1 };
  }

  toggleLock() {
    const { lanes, objectId } = this.state;
    const { start, stop } = this.rangeHere();
    const status = objectId === null ? undefined : lanes?.rows.get(objectId)?.status;
    if (!status) return undefined;
    const isLocked = status.subarray(start, stop).every(isKnown);
    return this.editHere(isLocked ? "unlock" : "lock");
  }

  // ---- history ----

  undo() {
    return this.state.project?.can_undo && this.#change("/undo", {});
  }

  redo() {
    return this.state.project?.can_redo && this.#change("/redo", {});
  }

  // ---- jobs ----

  /** @param {"both" | "forward" | "backward"} direction @param {{ anew?: boolean, objects?: number[] | null }} [how] */
  track(direction, { anew = false, objects = this.#tracked } = {}) {
    if (objects === null) for (const { kind, text } of cautions(this.state)) this.say(kind, text);
    return this.#change("/track", { direction, anew, objects, at_cut: this.#atCut });
  }

  /** @param {boolean} [backward] */
  async step(backward = false) {
    const { frame } = this.state;
    const isDone = await this.#change("/step", { frame, backward, objects: this.#tracked });
    if (isDone) this.seek(frame + (backward ? -1 : 1), { isLed: true });
  }

  /** Ids of the objects that tracking is about; null = all. */
  get #tracked() {
    const { onlySelected, objectId } = this.state;
    return onlySelected && objectId !== null ? [objectId] : null;
  }

  /** @param {string} action */
  control(action) {
    return this.asking.changeAtOnce(`/job/${action}`, { at_cut: this.#atCut });
  }

  /** Say that an object is not in the shot at which tracking waits. @param {number} objectId */
  sayAbsent(objectId) {
    return this.#change("/cut/absent", { object_id: objectId });
  }

  /** What tracking does where another shot begins. */
  get #atCut() {
    return this.state.asksAtCuts ? "stop" : "go-on";
  }

  /** Work with other networks. @param {import("../state/wire.js").ModelChoice} choice */
  chooseModels(choice) {
    return this.#change("/models", choice);
  }

  // ---- what the server says ----

  /** @param {Message["kind"]} kind @param {string} text */
  say(kind, text) {
    this.store.say(kind, text);
  }

  /** Ask what changed since the page last heard. */
  refresh() {
    return this.news.refresh();
  }

  /** Take over what the server says. @param {Update} update */
  apply(update) {
    this.news.apply(update);
  }

  /**
   * Do something with the server; what goes wrong is said, and undefined is the answer.
   * @template T
   * @param {() => Promise<T>} ask
   * @returns {Promise<T | undefined>}
   */
  attempt(ask) {
    return this.asking.attempt(ask);
  }

  /** @param {number} frame @param {number} objectId */
  #go(frame, objectId) {
    this.selectObject(objectId);
    this.seek(frame);
  }

  /** @param {string} path @param {object} body */
  #change(path, body) {
    return this.asking.change(path, () => body);
  }

  /** @param {Job} job */
  #jobEnded(job) {
    this.exporting.tracked(job);
    this.shadows.ended(job);
    if (job.status === "failed") return this.say("error", texts.job.failed(job.error));
    if (job.status !== "done") return;
    if (job.kind === "everything") this.attempt(async () => this.seek(await this.everything.load()));
    const { cut } = this.store.project;
    if (job.kind === "track" && cut) this.seek(cut.frame, { isLed: true }); // it is asked about what is there
    this.exporting.handOut(job);
    for (const note of job.notes) this.say("info", note);
  }
}

/** @param {number} value @param {number} least @param {number} most */
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
