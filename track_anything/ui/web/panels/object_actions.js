// What can be done with the selected object: on the shown frame or the selected ones, with another object, everywhere.

import { button, el, setName, rgb } from "../elements/dom.js";
import { isKnown, isOnItsWay } from "../state/store.js";

/** @import { Page } from "../main.js" */
/** @import { TrackedObject } from "../state/wire.js" */

/** @typedef {"lock" | "clear" | "withdraw" | "merge" | "split" | "swap" | "retrack" | "like" | "shadow" | "attach" | "detach"} Kind of a button */

/** The section of the panel; its buttons stay the same elements, whatever they are about. */
export class ObjectActions {
  #others = ""; // what the list of other objects was made of

  /** @param {Page} page */
  constructor({ store, actions, texts }) {
    this.store = store;
    this.actions = actions;
    this.words = texts.objects;
    const { words } = this;
    this.chip = el("span", { className: "ta-chip" });
    this.title = el("span");
    this.frames = el("h4", { className: "ta-dim" });
    this.lock = this.#button("lock", () => actions.toggleLock(), "L");
    this.other = el("select", { className: "ta-select", "aria-label": words.other });
    const here = /** @type {Kind[]} */ (["clear", "withdraw"]).map((kind) => this.#button(kind, () => actions.editHere(kind)));
    const both = /** @type {Kind[]} */ (["merge", "split", "swap"]).map((kind) => this.#button(kind, () => actions.editHere(kind, { other_id: Number(this.other.value) })));
    const retrack = this.#button("retrack", () => {
      const { objectId } = store.state;
      return objectId !== null && actions.track("both", { anew: true, objects: [objectId] });
    });
    this.like = this.#button("like", () => actions.everything.find({ like: store.state.objectId }));
    this.shadow = this.#button("shadow", () => actions.shadows.suggest());
    /** @param {number | null} owner */
    const setOwner = (owner) => actions.edit({ kind: "set_owner", object_id: store.state.objectId, owner_id: owner });
    this.detach = this.#button("detach", () => setOwner(null));
    this.attach = this.#button("attach", () => setOwner(Number(this.other.value)));
    this.two = el("details", { className: "ta-fold", id: "ta-two-objects" }, el("summary", {}, words.two), el("div", { className: "ta-buttons" }, this.other, both, this.attach));
    this.element = el(
      "section",
      { className: "ta-here", "aria-label": words.onFrame("") },
      el("h3", {}, this.chip, this.title),
      this.frames,
      el("div", { className: "ta-buttons" }, this.lock, here),
      el("h4", { className: "ta-dim" }, words.everywhere),
      el("div", { className: "ta-buttons ta-whole-video" }, retrack, this.like, this.shadow, this.detach),
      this.two,
    );
    store.subscribe(["project", "objectId", "selection", "frame", "lanes"], () => this.#update());
    store.subscribe(["job"], ({ job }) => {
      this.shadow.disabled = isOnItsWay(job);
      this.like.disabled = isOnItsWay(job);
    });
  }

  /** @param {Kind} kind @param {() => unknown} onclick @param {string} [key] */
  #button(kind, onclick, key) {
    const made = button({ label: this.words[kind], key, className: "ta-small", onclick, id: `ta-${kind}` });
    made.title = this.words.tips[kind];
    return made;
  }

  #update() {
    const { store, words } = this;
    const { project, objectId, lanes } = store.state;
    const object = store.object(objectId);
    this.element.hidden = !object;
    if (!project || !object) return;
    const { start, stop } = this.actions.rangeHere();
    const status = lanes?.rows.get(object.id)?.status.subarray(start, stop);
    const isLocked = status?.every(isKnown) ?? false;
    this.chip.style.background = rgb(object.colour);
    this.title.textContent = object.name;
    this.frames.textContent = stop - start === 1 ? words.onFrame(start) : words.onRange(start, stop - 1);
    this.lock.setAttribute("aria-pressed", String(isLocked));
    setName(this.lock, words.lock, "L");
    this.lock.title = isLocked ? words.tips.unlock : words.tips.lock;
    const hasCompany = project.objects.some(({ owner }) => owner === objectId);
    this.shadow.hidden = hasCompany || object.owner !== null;
    this.detach.hidden = object.owner === null;
    this.attach.hidden = this.shadow.hidden;
    this.#listOthers(project.objects.filter(({ id }) => id !== objectId));
  }

  /** Numbered as in the list above, for two objects may have the same name. @param {TrackedObject[]} others */
  #listOthers(others) {
    this.two.hidden = others.length === 0;
    const places = new Map(this.store.project.objects.map(({ id }, place) => [id, place + 1]));
    const options = others.map(({ id, name: called }) => [String(id), `${places.get(id)} · ${called}`]);
    if (JSON.stringify(options) === this.#others) return; // it may be open
    this.#others = JSON.stringify(options);
    const chosen = this.other.value;
    this.other.replaceChildren(...options.map(([value, text]) => el("option", { value }, text)));
    if (options.some(([value]) => value === chosen)) this.other.value = chosen;
  }
}
