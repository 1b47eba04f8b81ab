// Exports and removals: what is to be handed out, and the file that comes of it.

import { download } from "./dom.js";

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

  /** An export or a removal came to its end. */
  ended(job) {
    if (job.id !== this.#wantedFile) return;
    const name = this.store.state.project.file;
    download(this.addressOf(name), name);
    this.say("info", this.words[job.kind === "removal" ? "removed" : "downloaded"](name));
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
    if (answer) this.#wantedFile = answer.job.id;
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
