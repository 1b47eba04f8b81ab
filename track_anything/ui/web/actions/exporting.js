// Exports and removals: what is to be handed out, and the file that comes of it.

import { download } from "../elements/dom.js";
import { lacking, lacksMore } from "../state/coverage.js";
import { isOnItsWay } from "../state/store.js";

/** @import { Page } from "../main.js" */
/** @import { Api } from "../state/api.js" */
/** @import { RemovalChoice, Store } from "../state/store.js" */
/** @import { ExportedFile, Job } from "../state/wire.js" */
/** @import { Say } from "./asking.js" */
/** @import { Lacking } from "../state/coverage.js" */

const NEEDS_NO_MASKS = ["confidence"]; // it tells how every mask stands, missing ones too

/** @typedef {() => unknown} Proceed begins what was asked about */

export class Exporting {
  /** @type {number | null} */
  #wantedFile = null; // job whose file is to be downloaded when it is made
  /** @type {{ project: string | null, lacking: Lacking[] }} */
  #settled = { project: null, lacking: [] }; // masks of which a person has said that they may be missing
  /** @type {[start: number, stop: number] | null} */
  #removedFrom = null; // of the frames of the last removal; null = all
  /** @type {{ proceed: Proceed, id: number } | null} */
  #afterTracking = null; // what is to be begun when tracking is done

  /**
   * `change(path, body)` asks the server for a change, `say(kind, text)` tells a person, as in `Actions`.
   * @param {object} how
   * @param {Store} how.store
   * @param {Api} how.api
   * @param {(path: string, body: object) => Promise<any>} how.change
   * @param {Say} how.say
   * @param {() => Promise<any>} how.track tracks all objects both ways
   * @param {(frame: number) => void} how.seek
   * @param {Page["texts"]} how.texts
   */
  constructor({ store, api, change, say, track, seek, texts }) {
    this.store = store;
    this.api = api;
    this.change = change;
    this.say = say;
    this.track = track;
    this.seek = seek;
    this.words = texts.exporting;
    this.removalWords = texts.removal;
  }

  /**
   * Export in a form, or in the one of the last time; the file goes to the downloads when it is made.
   * @param {string} [form]
   */
  start(form = this.store.state.exportForm) {
    this.store.set({ exportForm: form });
    const begin = () => {
      const { home, matte, handles, naming } = this.store.state;
      const alpha = home?.forms_with_alpha.includes(form) ? matte : null;
      const names = home?.forms_with_names.includes(form) ? { names: naming } : {};
      return this.#begin("/export", { form, ...this.#extract(), matte: alpha, handles, ...names });
    };
    return NEEDS_NO_MASKS.includes(form) ? begin() : this.#unlessLacking("export", begin);
  }

  /**
   * Make a video without the objects; `how` is {dilation, feather, unseen}. It goes to the downloads, too.
   * @param {RemovalChoice} how
   */
  remove(how) {
    this.store.set({ removal: how });
    return this.#unlessLacking("remove", () => {
      this.#removedFrom = this.#range();
      return this.#begin("/removal", { ...how, ...this.#extract(), with_shadows: false });
    });
  }

  /**
   * Begin what was asked about, although masks are missing; asked again only when more are.
   * @param {Proceed} proceed
   */
  goOn(proceed) {
    const { lackingAsked } = this.store.state;
    if (lackingAsked) this.#settled = { project: this.api.projectId, lacking: lackingAsked.lacking };
    this.dismiss();
    return proceed();
  }

  /** Track, and begin what was asked about when that is done. @param {Proceed} proceed */
  async trackFirst(proceed) {
    this.dismiss();
    const answer = await this.track();
    const { job } = this.store.state;
    if (answer && job) this.#afterTracking = { proceed, id: job.id };
    this.tracked(this.store.state.job); // it may have ended before its number was known
  }

  /** A job ended: begin what waits for it. @param {Job | null} job */
  tracked(job) {
    if (!job || job.id !== this.#afterTracking?.id || isOnItsWay(job)) return;
    const { proceed } = this.#afterTracking;
    this.#afterTracking = null;
    if (job.status === "done") this.goOn(proceed);
  }

  /** Ask no longer. */
  dismiss() {
    if (this.store.state.lackingAsked) this.store.set({ lackingAsked: null });
  }

  /**
   * Download what a job has made, once, if it was asked for here; what was removed is shown.
   * @param {Pick<Job, "id" | "kind" | "file">} job
   */
  handOut({ id, kind, file }) {
    if (id !== this.#wantedFile || !file) return;
    this.#wantedFile = null;
    download(this.addressOf(file), file);
    const isRemoval = kind === "removal";
    this.say("info", (isRemoval ? this.removalWords.removed : this.words.downloaded)(file));
    if (isRemoval) this.#show();
  }

  /** Show what was removed, on a frame on which something was. */
  #show() {
    const { frame } = this.store.state;
    const [start, stop] = this.#removedFrom ?? [0, this.store.project.video.frames];
    this.store.set({ view: "removed", dialog: null });
    if (frame < start || frame >= stop) this.seek(start);
  }

  /** Promise of what was exported before, the newest first. @returns {Promise<ExportedFile[]>} */
  list() {
    return this.api.get(this.api.ofProject("/exports"));
  }

  /** @param {string} name */
  addressOf(name) {
    return this.api.ofProject(`/exports/${encodeURIComponent(name)}`);
  }

  /**
   * Begin at once, or ask first in a dialog when chosen frames have no mask or a stale one.
   * @param {"export" | "remove"} dialog
   * @param {Proceed} proceed
   */
  #unlessLacking(dialog, proceed) {
    const { lanes, exportObjects, handles } = this.store.state;
    const { project } = this.store;
    const objects = project.objects.filter(({ id }) => exportObjects?.has(id) ?? true);
    const range = this.#range();
    const more = dialog === "export" ? handles : 0;
    const lacks = lacking(lanes, objects, range && [Math.max(range[0] - more, 0), Math.min(range[1] + more, project.video.frames)]);
    const settled = this.#settled.project === this.api.projectId ? this.#settled.lacking : [];
    if (!lacksMore(lacks, settled)) return proceed();
    this.store.set({ dialog, lackingAsked: { lacking: lacks, proceed } });
    return undefined;
  }

  /** @param {string} path @param {object} body */
  async #begin(path, body) {
    const answer = await this.change(path, body);
    if (!answer) return;
    this.#wantedFile = answer.job.id;
    if (this.store.state.job) this.handOut(this.store.state.job); // it may have ended before its number was known
  }

  #extract() {
    const { exportObjects } = this.store.state;
    const { project } = this.store;
    const chosen = exportObjects && project.objects.map(({ id }) => id).filter((id) => exportObjects.has(id));
    return {
      objects: chosen?.length ? chosen : null,
      frames: this.#range() ?? "all",
    };
  }

  /** [start, stop] of the frames to hand out, or null for all of them. */
  #range() {
    return this.store.state.exportRange ? this.store.project.range : null;
  }
}
