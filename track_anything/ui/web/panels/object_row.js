// One line of the list of objects. It stays the same elements for as long as its object is there.

import { button, el, setName, onEnter, rgb } from "../elements/dom.js";
import { icon } from "../elements/icons.js";

/** @import { IconName } from "../elements/icons.js" */
/** @import { Page } from "../main.js" */
/** @import { Colour } from "../state/types.js" */
/** @import { TrackedObject } from "../state/wire.js" */

export class ObjectRow {
  /** @type {TrackedObject | null} */
  #object = null; // as it was shown last
  #shownFamily = ""; // whom it goes with, and who with it, as it was said last
  #shownName = ""; // in the field, before anybody typed

  /** @param {Page} page @param {TrackedObject} object */
  constructor({ store, actions, texts }, { id }) {
    this.store = store;
    this.words = texts.objects;
    /** @param {string} kind @param {object} [more] */
    const edit = (kind, more) => actions.edit({ kind, object_id: id, ...more });
    /** @param {IconName} shown @param {() => unknown} act */
    const bare = (shown, act) => button({ label: "", icon: shown, text: false, className: "ta-bare", onclick: stopping(act) });
    this.key = el("span", { className: "ta-key" });
    /** @type {HTMLInputElement} */
    this.colour = el("input", {
      type: "color", className: "ta-colour",
      onchange: async () => {
        await edit("recolour_object", { colour: triple(this.colour.value) });
        this.#showColour(); // the one before, if it was refused
      },
    });
    /** @type {HTMLInputElement} */
    this.name = el("input", {
      className: "ta-name", maxLength: 60, spellcheck: false,
      onchange: async () => {
        if (this.name.value.trim()) await edit("rename_object", { name: this.name.value.trim() });
        this.#showName();
      },
      onkeydown: onEnter(() => this.name.blur()),
      onfocus: () => actions.selectObject(id),
      onblur: () => this.name.value === this.#shownName && this.#showName(), // it was changed elsewhere meanwhile
    });
    this.eye = bare("eye", () => actions.toggleHidden(id));
    this.solo = bare("solo", () => actions.toggleSolo(id));
    this.close = bare("close", () => edit("delete_object"));
    this.element = el(
      "li",
      { className: "ta-object", role: "option", dataset: { objectId: String(id) }, onclick: () => actions.selectObject(id) },
      this.key, this.colour, this.name, this.eye, this.solo, this.close,
    );
  }

  /** Show the object as it is now; `place` counts from 0. @param {TrackedObject} object @param {number} place */
  update(object, place) {
    const { element, words } = this;
    const { objectId, hidden, solo } = this.store.state;
    const before = this.#object;
    this.#object = object;
    this.key.textContent = place < 9 ? String(place + 1) : "";
    if (String(before?.colour) !== String(object.colour)) {
      this.#showColour(); // not while one is being chosen: the object has the one before until then
      element.style.borderInlineStartColor = rgb(object.colour);
    }
    const family = this.#family(object);
    if (before?.name !== object.name || this.#shownFamily !== family.key) this.#tellName(object.name, family);
    this.#shownFamily = family.key;
    element.classList.toggle("ta-attached", object.owner !== null);
    element.classList.toggle("ta-selected", object.id === objectId);
    element.classList.toggle("ta-faint", !this.store.isShown(object.id));
    element.setAttribute("aria-selected", String(object.id === objectId));
    this.#press(this.eye, hidden.has(object.id), hidden.has(object.id) ? words.show(object.name) : words.hide(object.name));
    this.#press(this.solo, solo === object.id, words.solo(object.name));
  }

  /** @param {HTMLElement} toggle @param {boolean} isPressed @param {string} text */
  #press(toggle, isPressed, text) {
    const shown = toggle === this.eye ? (isPressed ? "hidden" : "eye") : "solo";
    if (toggle.dataset.shown !== shown) toggle.replaceChildren(icon(shown));
    toggle.dataset.shown = shown;
    toggle.setAttribute("aria-pressed", String(isPressed));
    setName(toggle, text);
  }

  /** The name of the object that it goes with, and of those that go with it. @param {TrackedObject} object */
  #family({ id, owner }) {
    const with_ = this.store.project.objects.filter((other) => other.owner === id).map(({ name }) => name);
    const of = this.store.object(owner)?.name ?? null;
    return { of, with: with_, key: JSON.stringify([of, with_]) };
  }

  /** @param {string} name @param {{ of: string | null, with: string[] }} family */
  #tellName(name, family) {
    const { words } = this;
    this.#showName();
    setName(this.name, words.rename(name));
    setName(this.colour, words.colour(name));
    setName(this.close, family.with.length > 0 ? words.removeAll([name, ...family.with]) : words.remove(name));
    const called = family.of === null ? name : words.goesWith(name, family.of);
    this.key.title = words.select(called);
    this.element.setAttribute("aria-label", words.select(called));
  }

  /** Not under the typing hand. */
  #showName() {
    if (document.activeElement === this.name) return;
    this.#shownName = this.name.value = this.#object?.name ?? "";
  }

  #showColour() {
    if (this.#object) this.colour.value = hex(this.#object.colour);
  }
}

/** @param {() => unknown} action @returns {(event: Event) => void} */
function stopping(action) {
  return (event) => {
    event.stopPropagation();
    action();
  };
}

/** @param {Colour} colour */
function hex(colour) {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** @param {string} text */
function triple(text) {
  return [1, 3, 5].map((place) => Number.parseInt(text.slice(place, place + 2), 16));
}
