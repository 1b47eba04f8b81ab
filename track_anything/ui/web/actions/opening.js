// @ts-nocheck
// Opening projects, coming back to them, and deleting them.

import { texts } from "../texts/texts.js";

export class Opening {
  /** `refresh()` asks the server for all that is new in the open project. */
  constructor({ store, api, pictures, asking, refresh }) {
    Object.assign(this, { store, api, pictures, asking, refresh });
  }

  /** Ask what can be opened. */
  async loadHome() {
    this.store.set({ home: await this.api.get("/api/home") });
  }

  /** Show a project; where it was left is in the address and the browser's memory. */
  async enter(projectId) {
    this.store.leave();
    this.pictures.clear();
    this.api.projectId = projectId;
    history.replaceState(null, "", `/?project=${projectId}`);
    try {
      await this.refresh();
      this.store.set({ dialog: null });
    } catch (error) {
      this.api.projectId = null;
      history.replaceState(null, "", "/");
      this.store.set({ dialog: "open", message: { kind: "error", text: error.status === 404 ? texts.open.gone : error.message } });
    }
  }

  openSample() {
    return this.#open(() => this.api.post("/api/sample"));
  }

  openPath(path) {
    return this.#open(() => this.api.post("/api/path", { path }));
  }

  openUpload(file, progress, signal) {
    return this.#open(() => this.api.upload(`/api/upload?name=${encodeURIComponent(file.name)}`, file, progress, signal));
  }

  async deleteProject(projectId) {
    await this.asking.attempt(() => this.api.post(`/api/projects/${projectId}/delete`));
    if (projectId === this.api.projectId) {
      this.api.projectId = null;
      history.replaceState(null, "", "/");
      this.store.leave();
      this.store.set({ dialog: "open" });
    }
    await this.loadHome();
  }

  async #open(ask) {
    const opened = await this.asking.whileBusy(() => this.asking.attempt(ask));
    if (opened) await this.enter(opened.id);
    return opened;
  }
}
