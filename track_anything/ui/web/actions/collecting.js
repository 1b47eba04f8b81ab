// Labelling a collection: its list, where to go next, what runs ahead, and handing it out.

import { following, keyOf, videoOf } from "../state/collection.js";
import { download } from "../elements/dom.js";
import { putPlace } from "../state/place.js";
import { isOnItsWay } from "../state/store.js";
import { texts } from "../texts/texts.js";

/** @import { Api } from "../state/api.js" */
/** @import { Store } from "../state/store.js" */
/** @import { CollectionSaid, DataSetSaid, LabelClassSaid, NextFrame } from "../state/wire.js" */
/** @import { Say } from "./asking.js" */
/** @import { Opening } from "./opening.js" */

const LIVELY = 700; // ms between two looks while something is done in the background, or the list is shown
const CALM = 5000; // ms otherwise: others may work on it, too
const words = texts.collection;

export class Collecting {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Set<string>} */
  #passed = new Set(); // frames that were looked at since the page was loaded

  /**
   * `attempt` and `say` are those of `Actions`, `go` shows a frame, `refresh` asks for what is new in the open project.
   * @param {object} how
   * @param {Store} how.store
   * @param {Api} how.api
   * @param {Opening} how.opening
   * @param {<T>(ask: () => Promise<T>) => Promise<T | undefined>} how.attempt
   * @param {Say} how.say
   * @param {(frame: number, objectId: number) => void} how.go
   * @param {() => Promise<void>} how.refresh
   */
  constructor({ store, api, opening, attempt, say, go, refresh }) {
    this.store = store;
    this.api = api;
    this.opening = opening;
    this.attempt = attempt;
    this.say = say;
    this.go = go;
    this.refresh = refresh;
    store.subscribe(["dialog"], ({ dialog, collection }) => dialog === "collection" && collection && this.load());
  }

  /** The name of the video that is shown; null = it is none of the collection. */
  get shown() {
    return videoOf(this.store.state.collection, this.api.projectId)?.name ?? null;
  }

  /** Ask how far the collection is, now and from now on. */
  async load() {
    const said = await this.attempt(() => this.api.get("/api/collection"));
    if (said) this.#take(said);
    this.#wait();
  }

  /**
   * Open a video, at a frame that needs a person if there is one; what is left in the one before is tracked meanwhile.
   * @param {string} video
   * @param {NextFrame | null} [place]
   */
  async open(video, place = null) {
    const left = this.shown;
    if (left !== null && left !== video) this.#ask("track", { videos: [left] });
    if (left === video) {
      this.store.set({ dialog: null });
      if (place) this.go(place.frame, place.object_id);
      return;
    }
    const answer = await this.attempt(() => this.api.post("/api/collection/open", { video }));
    if (!answer) return;
    if (place) putPlace(answer.id, { frame: place.frame, objectId: place.object_id });
    await this.opening.enter(answer.id, video);
    await this.load();
  }

  /** Go where a person is needed most, in whichever video that is. */
  async next() {
    await this.load();
    const { collection } = this.store.state;
    if (!collection) return;
    const next = following(collection, this.#passed, this.shown);
    if (next === null) {
      this.#passed.clear();
      this.store.set({ dialog: "collection" });
      this.say("info", collection.ahead ? words.waiting : words.nothingLeft);
      return;
    }
    if (next.place) this.#passed.add(keyOf(next.place));
    await this.open(next.video, next.place);
    this.say("info", words.why[next.why](next.video, next.place?.frame ?? 0));
  }

  /** Say that the masks of the shown video are right, or those of the selected frames; then go on to what comes next. */
  async reviewed() {
    const { selection } = this.store.state;
    const video = this.shown;
    if (video === null) return;
    const frames = selection ? [selection.start, selection.stop] : null;
    if (!(await this.#ask("review", { video, frames }))) return;
    if (frames) await this.refresh();
    else await this.next();
  }

  /** Likewise of a video of the list. @param {string} video */
  review(video) {
    return this.#ask("review", { video });
  }

  /** @param {string} video @param {boolean} isDone */
  markDone(video, isDone) {
    return this.#ask("done", { videos: [video], is_done: isDone });
  }

  /**
   * Propose objects in videos that have none: what words name, what is like an object, or all that is found.
   * @param {{ words?: string, like?: { video: string, object_id: number } }} sought
   */
  propose(sought) {
    return this.#ask("propose", { videos: this.#named("untouched"), ...sought });
  }

  /** Likewise what is like an object of the shown video. @param {number} objectId */
  async proposeLike(objectId) {
    const video = this.shown;
    const many = this.#named("untouched").filter((name) => name !== video).length;
    if (video !== null && (await this.propose({ like: { video, object_id: objectId } }))) this.say("info", words.likeAsked(many));
  }

  /** Add a class or change one, and the objects of it. @param {LabelClassSaid & { was: string | null }} how */
  async changeClass({ attributes, ...how }) {
    const told = Object.fromEntries(attributes.map(({ name, values }) => [name, values]));
    const isDone = await this.#ask("classes", { ...how, attributes: told });
    if (isDone && this.store.state.project) await this.refresh();
    return isDone;
  }

  /** Objects keep their names and colours. @param {string} name */
  dropClass(name) {
    return this.#ask("classes/drop", { name });
  }

  /**
   * Say what an object of the shown video is.
   * @param {number | null} objectId
   * @param {{ class_name?: string, values?: Record<string, string> }} said
   */
  async label(objectId, said) {
    const video = this.shown;
    if (video === null || objectId === null || !(await this.#ask("label", { video, object_id: objectId, ...said }))) return false;
    await this.refresh();
    return true;
  }

  /** Compare with the other labeller, in the background. */
  compare() {
    return this.#ask("compare", {});
  }

  trackAll() {
    return this.#ask("track", { videos: this.#named("proposed") });
  }

  stop() {
    return this.#ask("stop", {});
  }

  /** Write a data set; it goes to the downloads when it is there. @param {{ form: string, validation: number, all: boolean }} how */
  handOut(how) {
    return this.#ask("export", how);
  }

  /** @param {string} state */
  #named(state) {
    return (this.store.state.collection?.videos ?? []).filter((video) => video.state === state).map(({ name }) => name);
  }

  /** @param {string} what @param {object} body */
  async #ask(what, body) {
    const said = await this.attempt(() => this.api.post(`/api/collection/${what}`, body));
    if (!said) return false;
    this.#take(said);
    this.#wait();
    return true;
  }

  /** @param {CollectionSaid} said */
  #take(said) {
    const before = this.store.state.collection;
    if (JSON.stringify(before) === JSON.stringify(said)) return;
    this.store.set({ collection: said });
    const { data_set: made } = said;
    if (made && !isOnItsWay(made) && isOnItsWay(before?.data_set)) this.#handedOut(made);
  }

  /** @param {DataSetSaid} made */
  #handedOut({ file, error, notes }) {
    if (error) return this.say("error", error);
    for (const note of notes) this.say("info", note);
    download(`/api/collection/exports/${encodeURIComponent(file)}`, file);
    this.say("info", words.handedOut(file));
  }

  #wait() {
    clearTimeout(this.#timer);
    const { collection, dialog } = this.store.state;
    const isLively = dialog === "collection" || collection?.ahead || isOnItsWay(collection?.data_set);
    this.#timer = setTimeout(() => (document.hidden ? this.#wait() : this.load()), isLively ? LIVELY : CALM);
  }
}
