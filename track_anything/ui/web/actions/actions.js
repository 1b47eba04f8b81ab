// @ts-nocheck
// What a person can do, each once: keys, buttons, canvas and timeline all call these.

import { Asking } from "./asking.js";
import { Everything } from "./everything.js";
import { Exporting } from "./exporting.js";
import { Fixing } from "./fixing.js";
import { Importing } from "./importing.js";
import { Opening } from "./opening.js";
import { Prompting } from "./prompting.js";
import { Target } from "./target.js";
import { mergedLanes } from "../state/lane_rows.js";
import { keptPlace } from "../state/place.js";
import { isKnown, isOnItsWay, isOutdated, justEnded, Mark } from "../state/store.js";
import { texts } from "../texts/texts.js";

const LOOK_DELAY = 150; // ms on a frame before embeddings around it are asked for

export class Actions {
  #lookTimer = null;
  #aboutAsked = 0; // number of the newest question about a frame

  constructor(store, api, pictures) {
    this.store = store;
    this.api = api;
    this.pictures = pictures;
    const [apply, say] = [(update) => this.apply(update), (kind, text) => this.say(kind, text)];
    this.asking = new Asking({ store, api, apply, say });
    this.opening = new Opening({ store, api, pictures, asking: this.asking, refresh: () => this.refresh(), control: (action) => this.control(action) });
    this.target = new Target(store);
    this.prompting = new Prompting(store, this.asking, this.target);
    const change = (path, body) => this.#change(path, body);
    this.everything = new Everything(store, api, change);
    this.importing = new Importing({ store, api, change });
    this.exporting = new Exporting({ store, api, change, say, track: () => this.track("both", { objects: null }), seek: (frame) => this.seek(frame), texts });
    this.fixing = new Fixing({ store, api, say, attempt: (ask) => this.attempt(ask), go: (...place) => this.#go(...place) });
  }

  get state() {
    return this.store.state;
  }

  // ---- time ----

  /** Show a frame. Who goes to another one while frames are tracked is not led away from it any more. */
  seek(frame, { isLed = false } = {}) {
    const { project } = this.state;
    if (!project) return;
    if (!isLed) this.stopFollowing();
    const wanted = clamp(Math.round(frame), 0, project.video.frames - 1);
    if (wanted === this.state.frame) return;
    this.store.set({ frame: wanted, pointIndex: null, candidates: null, hover: null });
    this.loadAbout();
  }

  /** Stay on the shown frame from now on, if it follows tracking that is on its way. */
  stopFollowing() {
    const { job } = this.state;
    if (isOnItsWay(job) && job.kind === "track") this.store.set({ follows: false });
  }

  togglePlay() {
    if (this.state.project) this.store.set({ playing: !this.state.playing });
  }

  /** Go to the next (1) or previous (-1) frame on which the selected object, or any, was prompted or locked. */
  jumpToMark(direction) {
    const { lanes, objectId, frame } = this.state;
    if (!lanes) return;
    const rows = lanes.rows.has(objectId) ? [lanes.rows.get(objectId)] : [...lanes.rows.values()];
    for (let at = frame + direction; at >= 0 && at < lanes.frames; at += direction) {
      if (rows.some((row) => row.marks[at] & (Mark.PROMPT | Mark.LOCK))) return this.seek(at);
    }
  }

  /** Go to the frame that a correction helps most; again = the next one. */
  nextToFix() {
    return this.fixing.next();
  }

  select(selection) {
    this.store.set({ selection });
  }

  /** Set the in and out points; null = the whole video. */
  setRange(start, stop) {
    const whole = start === null || start === undefined;
    const frames = this.state.project.video.frames;
    return this.edit({ kind: "set_range", start: whole ? 0 : start, stop: whole ? frames : stop });
  }

  setIn() {
    const [, stop] = this.state.project.range ?? [0, this.state.project.video.frames];
    const { frame } = this.state;
    return this.setRange(frame, stop > frame ? stop : this.state.project.video.frames);
  }

  setOut() {
    const [start] = this.state.project.range ?? [0];
    const { frame } = this.state;
    return this.setRange(start <= frame ? start : 0, frame + 1);
  }

  // ---- objects ----

  selectObject(objectId) {
    if (!this.store.object(objectId)) return;
    this.target.choose(objectId);
    if (objectId === this.state.objectId) return;
    this.store.set({ objectId, pointIndex: null, candidates: null, hover: null });
  }

  async addObject() {
    const aim = this.target.awaitNew();
    const named = ({ object_id }) => this.target.settle(aim, object_id) && this.selectObject(object_id);
    const answer = await this.asking.change("/objects", () => ({}), named);
    if (!answer) this.target.settle(aim, null);
  }

  toggleHidden(objectId) {
    const hidden = new Set(this.state.hidden);
    if (!hidden.delete(objectId)) hidden.add(objectId);
    this.store.set({ hidden });
  }

  toggleSolo(objectId) {
    this.store.set({ solo: this.state.solo === objectId ? null : objectId });
  }

  /** Apply an edit, as JSON like in a project's journal. */
  edit(edit) {
    return this.#change("/edits", { edit });
  }

  /** An edit of the selected object on the selected frames, or on the shown one. */
  editHere(kind, more = {}) {
    const { objectId } = this.state;
    if (!this.store.object(objectId)) return;
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
    const status = lanes?.rows.get(objectId)?.status;
    if (!status) return;
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

  track(direction, { anew = false, objects = this.#tracked } = {}) {
    return this.#change("/track", { direction, anew, objects });
  }

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

  control(action) {
    return this.asking.changeAtOnce(`/job/${action}`);
  }

  // ---- what the server says ----

  say(kind, text) {
    this.store.say(kind, text);
  }

  /** Ask what changed since the page last heard. */
  async refresh() {
    const { projectId } = this.api;
    const since = this.state.project?.revision ?? 0;
    const update = await this.api.get(this.api.ofProject(`/update?since=${since}`));
    if (projectId === this.api.projectId) this.apply(update);
  }

  /** Take over what the server says. */
  apply(update) {
    const { state } = this;
    const job = isOutdated(state.job, update.job) ? state.job : update.job;
    const hasEnded = justEnded(state.job, job);
    const changes = { job: unlessEqual(state.job, job), models: unlessEqual(state.models, update.models) };
    const isNews = update.project && update.project.revision > (state.project?.revision ?? 0);
    if (isNews) this.#learn(update, changes);
    else this.store.set(changes);
    if (state.project === null && wasNotRead(update)) return void this.opening.ended(update);
    if (hasEnded) this.#jobEnded(job);
    this.#follow(job);
  }

  /** Take over what is new in the project, and other `changes` with it. */
  #learn({ project, lanes, changed: { start, stop } }, changes) {
    const { state } = this;
    const isFirst = state.project === null;
    if (stop > start) {
      const isAll = stop - start === project.video.frames;
      this.pictures.forgetMasks(isAll ? null : new Set(Array.from({ length: stop - start }, (_, k) => start + k)));
      if (state.frame >= start && state.frame < stop) changes.masksRevision = state.masksRevision + 1;
    }
    if (!project.objects.some(({ id }) => id === state.objectId)) changes.objectId = project.objects[0]?.id ?? null;
    if (isFirst) Object.assign(changes, keptPlace(project));
    this.store.set({ ...changes, project, lanes: mergedLanes(state.lanes, lanes, project) });
    if (isFirst || stop > start) this.loadAbout();
  }

  /** Ask how each object stands on the shown frame; the newest question wins. */
  async loadAbout() {
    const { frame } = this.state;
    const number = ++this.#aboutAsked;
    this.#lookAhead();
    const about = await this.attempt(() => this.api.get(this.api.ofProject(`/about/${frame}`)));
    if (about && number === this.#aboutAsked) this.store.set({ about });
  }

  /** Do something with the server; what goes wrong is said, and undefined is the answer. */
  attempt(ask) {
    return this.asking.attempt(ask);
  }

  /** Show the frame that was tracked last, if that is wanted. */
  #follow(job) {
    const { follows, playing } = this.state;
    const isTracking = job?.kind === "track" && job.status === "running" && job.frame !== null;
    if (follows && isTracking && !playing) this.seek(job.frame, { isLed: true });
  }

  #go(frame, objectId) {
    this.selectObject(objectId);
    this.seek(frame);
  }

  #change(path, body) {
    return this.asking.change(path, () => body);
  }

  #lookAhead() {
    clearTimeout(this.#lookTimer);
    this.#lookTimer = setTimeout(() => {
      const { frame, playing, project } = this.state;
      if (playing || !project) return;
      const frames = [frame, frame + 1, frame - 1, frame + 10];
      this.api.post(this.api.ofProject("/look"), { frames }).catch(() => {}); // a hint: nobody waits for it
    }, LOOK_DELAY);
  }

  #jobEnded(job) {
    this.exporting.tracked(job);
    if (job.status === "failed") return this.say("error", texts.job.failed(job.error));
    if (job.status !== "done") return;
    if (job.kind === "everything") this.attempt(async () => this.seek(await this.everything.load()));
    this.exporting.handOut(job);
    for (const note of job.notes) this.say("info", note);
  }
}

/** What was known, where what is said now is the same: then nobody has to be told. */
const unlessEqual = (known, said) => (JSON.stringify(known) === JSON.stringify(said) ? known : said);

/** Whether an answer says that the video could not be read, or was not to its end. */
const wasNotRead = ({ project, job }) => !project && job?.kind === "open" && !isOnItsWay(job);

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
