// @ts-nocheck
// Exports and removals: what is to be handed out, and the file that comes of it.

import { download } from "../elements/dom.js";

export class Exporting {
  #wantedFile = null; // job whose file is to be downloaded when it is made

  /** `change(path, body)` asks the server for a change, `say(kind, text)` tells a person, as in `Actions`. */
  constructor({ store, api, change, say, texts }) {
    Object.assign(this, { store, api, change, say, words: texts.exporting });
  }

  /** Export in a form, or in the one of the last time; the file goes to the downloads when it is made. */
  async start(form = this.store.state.exportForm) {
    this.store.set({ exportForm: form });
    const { home, matte } = this.store.state;
    const alpha = home?.forms_with_alpha.includes(form) ? matte : null;
    await this.#begin("/export", { form, ...this.#extract(), matte: alpha });
  }

  /** Make a video without the objects; `how` is {dilation, feather, unseen}. It goes to the downloads, too. */
  async remove(how) {
    this.store.set({ removal: how });
    await this.#begin("/removal", { ...how, ...this.#extract() });
  }

  /** Download what a job has made, once, if it was asked for here. */
  handOut({ id, kind, file }) {
    if (id !== this.#wantedFile || !file) return;
    this.#wantedFile = null;
    download(this.addressOf(file), file);
    this.say("info", this.words[kind === "removal" ? "removed" : "downloaded"](file));
  }

  /** Promise of what was exported before, the newest first. */
  list() {
    return this.api.get(this.api.ofProject("/exports"));
  }

  addressOf(name) {
    return this.api.ofProject(`/exports/${encodeURIComponent(name)}`);
  }

  async #begin(path, body) {
    const answer = await this.change(path, body);
    if (!answer) return;
    this.#wantedFile = answer.job.id;
    this.handOut(this.store.state.job); // it may have ended before its number was known
  }

  #extract() {
    const { exportObjects, exportRange, project } = this.store.state;
    const chosen = exportObjects && project.objects.map(({ id }) => id).filter((id) => exportObjects.has(id));
    return {
      objects: chosen?.length ? chosen : null,
      frames: exportRange ? project.range : null,
    };
  }
}
