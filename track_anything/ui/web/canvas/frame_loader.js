// @ts-nocheck
// Gets what the scene needs: image and masks of one frame, which are only ever shown together.

import { RECIPES } from "../state/views.js";

const OWN = {
  soft: (pictures, frame, { ids, matte }) => pictures.soft(frame, ids, matte),
  trimap: (pictures, frame, { id, width }) => pictures.trimap(frame, id, width),
  removed: (pictures, frame, { number }) => pictures.removed(frame, number),
};

/**
 * Keeps the shown content up with the store. One frame is loaded at a time and shown when it is there, even if a
 * newer one is wanted by then: so a fast scrub shows pictures on its way, and the last one always arrives.
 */
export class FrameLoader {
  #shownKey = null;
  #shownFrame = null;
  #isRunning = false;

  /** `onLoading(frame)` when a frame is asked for (null = all is there), `onContent(content)` when it is here. */
  constructor({ store, pictures, onLoading, onContent, onError }) {
    Object.assign(this, { store, pictures, onLoading, onContent, onError });
  }

  /** Whether something better than what is shown is on its way. */
  get isLoading() {
    return this.#isRunning;
  }

  /** Look at the store again. */
  async update() {
    if (this.#isRunning) return; // the loop below sees what changed meanwhile
    this.#isRunning = true;
    let last = null;
    for (let wanted = this.#wanted(); wanted.key !== this.#shownKey; wanted = this.#wanted()) {
      if (wanted.frame === null) this.#take(wanted, null);
      else last = (await this.#load(wanted)) ?? last;
    }
    this.#isRunning = false;
    if (last) this.pictures.prefetch(last.frame, last.direction);
    this.onLoading(null);
  }

  async #load(wanted) {
    this.onLoading(wanted.frame);
    const direction = wanted.frame < this.#shownFrame ? -1 : 1;
    try {
      const content = await this.#fetch(wanted);
      if (this.store.state.project?.id !== wanted.projectId) return undefined; // of a project that was left
      this.#take(wanted, content);
      return { frame: wanted.frame, direction };
    } catch (error) {
      this.#shownKey = wanted.key; // asked for again when something changes
      this.onError(error);
      return undefined;
    }
  }

  async #fetch({ projectId, frame, needs, about, size }) {
    const { pictures } = this;
    const [image, labels, before, own] = await Promise.all([
      pictures.image(frame),
      pictures.labels(frame),
      needs === "before" ? pictures.labelsBefore(frame) : null,
      about ? OWN[needs](pictures, frame, about).catch((error) => this.#isGone(about, error) ? null : Promise.reject(error)) : null,
    ]);
    const extra = needs === "removed" ? { own: null, removed: own } : { own, removed: null };
    return { projectId, frame, image, labels, before, size, ...extra };
  }

  #take(wanted, content) {
    this.#shownKey = wanted.key;
    this.#shownFrame = wanted.frame;
    this.pictures.hold(wanted.frame, wanted.about?.number);
    this.onContent(content);
  }

  #wanted() {
    const { project, frame, view, masksRevision } = this.store.state;
    if (!project) return { frame: null, key: "nothing" };
    const { needs } = RECIPES[view];
    const about = this.#about(needs);
    const { width, height } = project.video;
    const step = needs === "before" ? project.revision : null; // what was before the last step changes with any step
    const key = [project.id, frame, masksRevision, needs, JSON.stringify(about), step].join(" ");
    return { projectId: project.id, frame, needs, about, size: { width, height }, key };
  }

  /** Whether what was asked about is gone meanwhile: an object, whose mask will do, or a removal, for a newer one. */
  #isGone({ ids, id, number }, error) {
    if (number !== undefined) return error.status === 404;
    return (ids ?? [id]).some((one) => !this.store.object(one));
  }

  /** What besides image and labels is asked for, or null. */
  #about(needs) {
    const { project, frame, matte, objectId, band } = this.store.state;
    if (needs === "removed") {
      const number = this.pictures.removalOf(frame);
      return number === null ? null : { number };
    }
    if (needs === "soft") {
      const ids = project.objects.map(({ id }) => id).filter((id) => this.store.isShown(id));
      return ids.length > 0 ? { ids, matte } : null;
    }
    const object = needs === "trimap" ? this.store.object(objectId) : null;
    return object ? { id: object.id, width: band?.objectId === object.id ? band.width : object.band } : null;
  }
}
