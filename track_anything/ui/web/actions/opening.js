// Opening projects, coming back to them, and deleting them.

import { frontOf } from "../state/collection.js";
import { isOnItsWay } from "../state/store.js";
import { texts } from "../texts/texts.js";

/** @import { Api, ServerError } from "../state/api.js" */
/** @import { Pictures } from "../state/pictures.js" */
/** @import { State, Store } from "../state/store.js" */
/** @import { Place, Update } from "../state/wire.js" */
/** @import { Asking } from "./asking.js" */

export class Opening {
  /** @type {AbortController | null} */
  #stop = null; // of an upload

  /**
   * `refresh()` asks the server for all that is new in the open project, `control(action)` for an end of its job.
   * @param {object} how
   * @param {Store} how.store
   * @param {Api} how.api
   * @param {Pictures} how.pictures
   * @param {Asking} how.asking
   * @param {() => Promise<void>} how.refresh
   * @param {(action: string) => Promise<unknown>} how.control
   */
  constructor({ store, api, pictures, asking, refresh, control }) {
    this.store = store;
    this.api = api;
    this.pictures = pictures;
    this.asking = asking;
    this.refresh = refresh;
    this.control = control;
    store.subscribe(["project"], ({ project, opening, dialog }) => {
      if (project && opening) store.set({ opening: null, openError: null, dialog: dialog === "open" || dialog === "collection" ? null : dialog });
    });
  }

  /** Ask what can be opened. */
  async loadHome() {
    this.store.set({ home: await this.api.get("/api/home") });
  }

  /**
   * What lies in a folder of the server's machine: promise of [{path, kind}].
   * @param {string} folder
   * @returns {Promise<Place[]>}
   */
  list(folder) {
    return this.api.get(`/api/places?folder=${encodeURIComponent(folder)}`);
  }

  /**
   * Show a project; where it was left is in the address and the browser's memory.
   * @param {string} projectId
   * @param {string} [name]
   */
  async enter(projectId, name = "") {
    const { dialog } = this.store.state;
    this.store.leave();
    this.store.set({ dialog, opening: { name, sent: null } });
    this.pictures.clear();
    this.api.projectId = projectId;
    history.replaceState(null, "", `/?project=${projectId}`);
    try {
      await this.refresh();
      if (this.api.projectId === projectId && !this.store.state.project) this.store.set({ dialog: frontOf(this.store.state) });
    } catch (error) {
      const problem = /** @type {ServerError} */ (error);
      this.#leave({ name, text: problem.status === 404 ? texts.open.gone : problem.message });
    }
  }

  /** Send a file to the server and open it. @param {File} file */
  async send(file) {
    if (this.store.state.opening) return;
    const stop = new AbortController();
    this.#stop = stop;
    const progress = (/** @type {number} */ sent) => this.store.state.opening && this.store.set({ opening: { name: file.name, sent } });
    const address = `/api/upload?name=${encodeURIComponent(file.name)}`;
    await this.#open(file.name, 0, () => this.api.upload(address, file, progress, stop.signal));
  }

  openSample() {
    return this.#open(texts.open.sample, null, () => this.api.post("/api/sample"));
  }

  /** @param {string} path */
  openPath(path) {
    return this.#open(path, null, () => this.api.post("/api/path", { path }));
  }

  /** Break off what is being sent or read. */
  cancel() {
    this.#stop?.abort();
    if (this.api.projectId && isOnItsWay(this.store.state.job)) this.control("cancel");
  }

  /** The server says (in an answer to a refresh) that the video was not read to its end. @param {Update} answer */
  async ended({ job, stillborn }) {
    const id = this.api.projectId;
    const { opening } = this.store.state;
    this.#leave(job?.status === "failed" ? { name: opening?.name ?? "", text: job.error ?? "" } : null);
    if (stillborn && id) await this.#delete(id);
    await this.loadHome().catch(() => {});
  }

  /** @param {string} projectId */
  async deleteProject(projectId) {
    await this.#delete(projectId);
    if (projectId === this.api.projectId) this.#leave(null);
    await this.asking.attempt(() => this.loadHome());
  }

  /** @param {string} projectId */
  #delete(projectId) {
    return this.asking.attempt(() => this.api.post(`/api/projects/${projectId}/delete`));
  }

  /**
   * Back to what can be opened, with the reason why this could not: {name, text} or null.
   * @param {State["openError"]} openError
   */
  #leave(openError) {
    this.api.projectId = null;
    history.replaceState(null, "", "/");
    this.store.leave();
    this.store.set({ dialog: frontOf(this.store.state), openError });
  }

  /** @param {string} name @param {number | null} sent @param {() => Promise<{ id: string }>} ask */
  async #open(name, sent, ask) {
    if (this.store.state.opening) return;
    const { projectId } = this.api;
    this.store.set({ dialog: "open", opening: { name, sent }, openError: null });
    try {
      const { id } = await ask();
      await this.enter(id, name);
    } catch (error) {
      const problem = /** @type {Error} */ (error);
      const isWanted = problem.name !== "AbortError";
      this.store.set({ opening: null, openError: isWanted ? { name, text: problem.message } : null });
      this.api.projectId = projectId;
    }
  }
}
