// @ts-nocheck
// What a person can do, each once: keys, buttons, canvas and timeline all call these.

import { Asking } from "./asking.js";
import { Everything } from "./everything.js";
import { Exporting } from "./exporting.js";
import { Importing } from "./importing.js";
import { Opening } from "./opening.js";
import { Prompting } from "./prompting.js";
import { FixList } from "../state/fix_list.js";
import { mergedLanes } from "../state/lane_rows.js";
import { keptPlace } from "../state/place.js";
import { isKnown, isOnItsWay, isOutdated, justEnded, Mark } from "../state/store.js";
import { texts } from "../texts/texts.js";

const LOOK_DELAY = 150; // ms on a frame before embeddings around it are asked for

export class Actions {
  #lookTimer = null;
  #aboutAsked = 0; // number of the newest question about a frame
  #toFix = new FixList();

  constructor(store, api, pictures) {
    this.store = store;
    this.api = api;
    this.pictures = pictures;
    const [apply, say] = [(update) => this.apply(update), (kind, text) => this.say(kind, text)];
    this.asking = new Asking({ store, api, apply, say });
    this.opening = new Opening({ store, api, pictures, asking: this.asking, refresh: () => this.refresh(), control: (action) => this.control(action) });
    this.prompting = new Prompting(store, this.asking);
    const change = (path, body) => this.#change(path, body);
    this.everything = new Everything(store, api, change);
    this.importing = new Importing({ store, api, change });
    this.exporting = new Exporting({ store, api, change, say, track: () => this.track("both"), seek: (frame) => this.seek(frame), texts });
  }

  get state() {
    return this.store.state;
  }

  // ---- time ----

  /** Show a frame. */
  seek(frame) {
    const { project } = this.state;
    if (!project) return;
    const wanted = clamp(Math.round(frame), 0, project.video.frames - 1);
    if (wanted === this.state.frame) return;
    this.store.set({ frame: wanted, pointIndex: null, candidates: null, hover: null });
    this.loadAbout();
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

  /** Go to the frame that a correction helps most; again = the next of the ranking. */
  async nextToFix() {
    const { project } = this.state;
    if (!project) return;
    const ask = () => this.api.get(this.api.ofProject("/next"));
    const next = await this.attempt(() => this.#toFix.next(project.revision, ask));
    if (next === null) return this.say("info", texts.tracking.nothingToFix);
    if (next === undefined) return;
    const [frame, objectId] = next;
    this.selectObject(objectId);
    this.seek(frame);
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
    if (!this.store.object(objectId) || objectId === this.state.objectId) return;
    this.store.set({ objectId, pointIndex: null, candidates: null, hover: null });
  }

  async addObject() {
    const answer = await this.#change("/objects", {});
    if (answer) this.selectObject(answer.object_id);
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

  track(direction, { anew = false, objects = null } = {}) {
    return this.#change("/track", { direction, anew, objects });
  }

  async step(backward = false) {
    const { frame } = this.state;
    if (await this.#change("/step", { frame, backward, objects: null })) this.seek(frame + (backward ? -1 : 1));
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
    const changes = { job, models: update.models };
    if (update.project && update.project.revision >= (state.project?.revision ?? 0)) {
      const isFirst = state.project === null;
      changes.project = update.project;
      changes.lanes = mergedLanes(state.lanes, update.lanes, update.project);
      const { start, stop } = update.changed;
      if (stop > start) {
        const isAll = stop - start === update.project.video.frames;
        this.pictures.forgetMasks(isAll ? null : new Set(Array.from({ length: stop - start }, (_, k) => start + k)));
        if (state.frame >= start && state.frame < stop) changes.masksRevision = state.masksRevision + 1;
      }
      if (!update.project.objects.some(({ id }) => id === state.objectId)) {
        changes.objectId = update.project.objects[0]?.id ?? null;
      }
      if (isFirst) Object.assign(changes, keptPlace(update.project));
      this.store.set(changes);
      if (isFirst || stop > start) this.loadAbout();
    } else {
      this.store.set(changes);
      if (wasNotRead(update)) return void this.opening.ended(update);
    }
    if (hasEnded) this.#jobEnded(job);
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

/** Whether an answer says that the video could not be read, or was not to its end. */
const wasNotRead = ({ project, job }) => !project && job?.kind === "open" && !isOnItsWay(job);

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
