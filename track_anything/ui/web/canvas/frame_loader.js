// Gets what the scene needs: image and masks of one frame, which are only ever shown together.

import { RECIPES } from "../state/views.js";

/** @import { ServerError } from "../state/api.js" */
/** @import { Pictures } from "../state/pictures.js" */
/** @import { CleanUpDraft } from "../state/store.js" */
/** @import { Store } from "../state/store.js" */
/** @import { Size } from "../state/types.js" */
/** @import { Recipe } from "../state/views.js" */
/** @import { Content } from "./scene.js" */

/** @typedef {{ ids: number[], matte: string | null } | { id: number, width: number } | { number: number }} Subject */

/**
 * What the store wants to be shown.
 *
 * @typedef {object} Wanted
 * @property {string} projectId
 * @property {number} frame
 * @property {Recipe["needs"]} needs
 * @property {Subject | null} about what besides image and labels is asked for
 * @property {CleanUpDraft | null} cleanUp how masks are cleaned while that is being dragged
 * @property {Size} size
 * @property {string} key different when something else is to be loaded
 */

/** @type {Record<string, (pictures: Pictures, frame: number, about: any) => Promise<any>>} */
const OWN = {
  soft: (pictures, frame, { ids, matte }) => pictures.soft(frame, ids, matte),
  cutout: (pictures, frame, { ids, matte }) => pictures.cutout(frame, ids, matte),
  trimap: (pictures, frame, { id, width }) => pictures.trimap(frame, id, width),
  removed: (pictures, frame, { number }) => pictures.removed(frame, number),
};

/** @typedef {{ frame: null, about: null, key: string }} Nothing */

/**
 * Keeps the shown content up with the store. One frame is loaded at a time and shown when it is there, even if a
 * newer one is wanted by then: so a fast scrub shows pictures on its way, and the last one always arrives.
 */
export class FrameLoader {
  /** @type {string | null} */
  #shownKey = null;
  /** @type {number | null} */
  #shownFrame = null;
  #isRunning = false;

  /**
   * `onLoading(frame)` when a frame is asked for (null = all is there), `onContent(content)` when it is here.
   * @param {object} how
   * @param {Store} how.store
   * @param {Pictures} how.pictures
   * @param {(frame: number | null) => void} how.onLoading
   * @param {(content: Content | null) => void} how.onContent
   * @param {(error: Error) => void} how.onError
   */
  constructor({ store, pictures, onLoading, onContent, onError }) {
    this.store = store;
    this.pictures = pictures;
    this.onLoading = onLoading;
    this.onContent = onContent;
    this.onError = onError;
  }

  /** Whether something better than what is shown is on its way. */
  get isLoading() {
    return this.#isRunning;
  }

  /** Look at the store again. */
  async update() {
    if (this.#isRunning) return; // the loop below sees what changed meanwhile
    this.#isRunning = true;
    /** @type {{ frame: number, direction: number } | null} */
    let last = null;
    for (let wanted = this.#wanted(); wanted.key !== this.#shownKey; wanted = this.#wanted()) {
      if (wanted.frame === null) this.#take(wanted, null);
      else last = (await this.#load(wanted)) ?? last;
    }
    this.#isRunning = false;
    if (last) this.pictures.prefetch(last.frame, last.direction);
    this.onLoading(null);
  }

  /** @param {Wanted} wanted */
  async #load(wanted) {
    this.onLoading(wanted.frame);
    const direction = this.#shownFrame !== null && wanted.frame < this.#shownFrame ? -1 : 1;
    try {
      const content = await this.#fetch(wanted);
      if (this.store.state.project?.id !== wanted.projectId) return undefined; // of a project that was left
      this.#take(wanted, content);
      return { frame: wanted.frame, direction };
    } catch (error) {
      this.#shownKey = wanted.key; // asked for again when something changes
      this.onError(/** @type {Error} */ (error));
      return undefined;
    }
  }

  /** @param {Wanted} wanted @returns {Promise<Content>} */
  async #fetch({ projectId, frame, needs, about, cleanUp, size }) {
    const { pictures } = this;
    const [image, labels, before, own] = await Promise.all([
      pictures.image(frame),
      cleanUp ? pictures.cleaned(frame, cleanUp) : pictures.labels(frame),
      needs === "before" ? pictures.labelsBefore(frame) : null,
      about && needs ? this.#own(needs, frame, about) : null,
    ]);
    const nothing = { own: null, removed: null, cutout: null };
    const extra = needs === "removed" || needs === "cutout" ? { [needs]: own } : { own };
    return { projectId, frame, image, labels, before, size, ...nothing, ...extra };
  }

  /** What the view needs besides image and labels. @param {string} needs @param {number} frame @param {Subject} about */
  async #own(needs, frame, about) {
    try {
      return await OWN[needs](this.pictures, frame, about);
    } catch (error) {
      if (this.#isGone(about, /** @type {ServerError} */ (error))) return null;
      throw error;
    }
  }

  /** @param {Wanted | Nothing} wanted @param {Content | null} content */
  #take(wanted, content) {
    this.#shownKey = wanted.key;
    this.#shownFrame = wanted.frame;
    const { about } = wanted;
    this.pictures.hold(wanted.frame, about && "number" in about ? about.number : undefined);
    this.onContent(content);
  }

  /** @returns {Wanted | Nothing} */
  #wanted() {
    const { project, frame, view, masksRevision, cleanUp } = this.store.state;
    if (!project) return { frame: null, about: null, key: "nothing" };
    const { needs } = RECIPES[view];
    const about = this.#about(needs);
    const { width, height } = project.video;
    const step = needs === "before" ? project.revision : null; // what was before the last step changes with any step
    const key = [project.id, frame, masksRevision, needs, JSON.stringify([about, cleanUp]), step].join(" ");
    return { projectId: project.id, frame, needs, about, cleanUp, size: { width, height }, key };
  }

  /**
   * Whether what was asked about is gone meanwhile: an object, whose mask will do, or a removal, for a newer one.
   * @param {Subject} about
   * @param {ServerError} error
   */
  #isGone(about, error) {
    if ("number" in about) return error.status === 404;
    return ("ids" in about ? about.ids : [about.id]).some((id) => !this.store.object(id));
  }

  /** What besides image and labels is asked for, or null. @param {Recipe["needs"]} needs @returns {Subject | null} */
  #about(needs) {
    const { frame, matte, objectId, band, cleanUp } = this.store.state;
    if (needs === "removed") {
      const number = this.pictures.removalOf(frame);
      return number === null ? null : { number };
    }
    if (needs === "cutout" && cleanUp) return null; // masks that are being cleaned are there alone
    if (needs === "soft" || needs === "cutout") {
      const ids = this.store.project.objects.map(({ id }) => id).filter((id) => this.store.isShown(id));
      return ids.length > 0 ? { ids, matte } : null;
    }
    const object = needs === "trimap" ? this.store.object(objectId) : null;
    return object ? { id: object.id, width: band?.objectId === object.id ? band.width : object.band } : null;
  }
}
