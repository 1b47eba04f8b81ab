// What the server says is taken over: of the project, of its job, and of the shown frame.

import { mergedLanes } from "../state/lane_rows.js";
import { keptPlace } from "../state/place.js";
import { isOnItsWay, isOutdated, justEnded } from "../state/store.js";
import { texts } from "../texts/texts.js";

/** @import { Api } from "../state/api.js" */
/** @import { Pictures } from "../state/pictures.js" */
/** @import { MessageAction, State, Store } from "../state/store.js" */
/** @import { Span } from "../state/types.js" */
/** @import { Job, LanesPart, Project, Update } from "../state/wire.js" */
/** @import { Asking } from "./asking.js" */

const LOOK_DELAY = 150; // ms on a frame before embeddings around it are asked for

export class News {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #lookTimer;
  #aboutAsked = 0; // number of the newest question about a frame

  /**
   * `onEnd(job)` is done when a job has ended, `onUnread(update)` when a video was not read to its end, and
   * `lead(frame)` shows a frame that nobody asked for.
   * @param {object} how
   * @param {Store} how.store
   * @param {Api} how.api
   * @param {Pictures} how.pictures
   * @param {Asking} how.asking
   * @param {(job: Job) => void} how.onEnd
   * @param {(update: Update) => void} how.onUnread
   * @param {(frame: number) => void} how.lead
   */
  constructor({ store, api, pictures, asking, onEnd, onUnread, lead }) {
    this.store = store;
    this.api = api;
    this.pictures = pictures;
    this.asking = asking;
    this.onEnd = onEnd;
    this.onUnread = onUnread;
    this.lead = lead;
  }

  /** Ask what changed since the page last heard. */
  async refresh() {
    const { projectId } = this.api;
    const since = this.store.state.project?.revision ?? 0;
    const update = await this.api.get(this.api.ofProject(`/update?since=${since}`));
    if (projectId === this.api.projectId) this.apply(update);
  }

  /** Take over what the server says. @param {Update} update */
  apply(update) {
    const { state } = this.store;
    const job = isOutdated(state.job, update.job) ? state.job : update.job;
    const hasEnded = justEnded(state.job, job);
    /** @type {Partial<State>} */
    const changes = { job: unlessEqual(state.job, job), models: unlessEqual(state.models, update.models) };
    const { project, lanes, changed } = update;
    const isNews = project && project.revision > (state.project?.revision ?? 0);
    if (isNews && lanes && changed) this.#learn({ project, lanes, changed }, changes);
    else this.store.set(changes);
    if (state.project === null && wasNotRead(update)) return this.onUnread(update);
    if (hasEnded && job) this.onEnd(job);
    this.#follow(job);
  }

  /** Ask how each object stands on the shown frame; the newest question wins. */
  async loadAbout() {
    const { frame } = this.store.state;
    const number = ++this.#aboutAsked;
    this.#lookAhead();
    const about = await this.asking.attempt(() => this.api.get(this.api.ofProject(`/about/${frame}`)));
    if (about && number === this.#aboutAsked) this.store.set({ about });
  }

  /**
   * Take over what is new in the project, and other `changes` with it.
   * @param {{ project: Project, lanes: LanesPart, changed: Span }} news
   * @param {Partial<State>} changes
   */
  #learn({ project, lanes, changed: { start, stop } }, changes) {
    const { state } = this.store;
    const isFirst = state.project === null;
    if (stop > start) {
      const isAll = stop - start === project.video.frames;
      this.pictures.forgetMasks(isAll ? null : new Set(Array.from({ length: stop - start }, (_, k) => start + k)));
      if (state.frame >= start && state.frame < stop) changes.masksRevision = state.masksRevision + 1;
    }
    if (!project.objects.some(({ id }) => id === state.objectId)) changes.objectId = project.objects[0]?.id ?? null;
    if (isFirst) Object.assign(changes, keptPlace(project));
    const known = state.project?.notes ?? [];
    const fresh = project.notes.filter((note) => !known.includes(note));
    if (fresh.length > 0) this.store.say("info", fresh.length === 1 ? fresh[0] : texts.notes.open(fresh.length), this.#showNotes);
    this.store.set({ ...changes, project, lanes: mergedLanes(state.lanes, lanes, project) });
    if (isFirst || stop > start) this.loadAbout();
  }

  /** @type {MessageAction} */
  #showNotes = { label: texts.notes.show, run: () => this.store.set({ dialog: "notes" }) };

  /** Show the frame that was tracked last, if that is wanted. @param {Job | null} job */
  #follow(job) {
    const { follows, playing } = this.store.state;
    const frame = job?.kind === "track" && job.status === "running" ? job.frame : null;
    if (follows && frame !== null && !playing) this.lead(frame);
  }

  #lookAhead() {
    clearTimeout(this.#lookTimer);
    this.#lookTimer = setTimeout(() => {
      const { frame, playing, project } = this.store.state;
      if (playing || !project) return;
      const frames = [frame, frame + 1, frame - 1, frame + 10];
      this.api.post(this.api.ofProject("/look"), { frames }).catch(() => {}); // a hint: nobody waits for it
    }, LOOK_DELAY);
  }
}

/** What was known, where what is said now is the same: then nobody is told. @template T @param {T} known @param {T} said */
const unlessEqual = (known, said) => (JSON.stringify(known) === JSON.stringify(said) ? known : said);

/** Whether an answer says that the video could not be read, or was not to its end. @param {Update} update */
const wasNotRead = ({ project, job }) => !project && job?.kind === "open" && !isOnItsWay(job);
