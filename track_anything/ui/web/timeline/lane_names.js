// The names of the lanes, at their left: a click selects the object.

import { el, fill, rgb } from "../elements/dom.js";

/** @import { TrackedObject } from "../state/wire.js" */
/** @import { TimelineTexts } from "./parts.js" */

export class LaneNames {
  /** @type {Map<number, HTMLButtonElement>} */
  #buttons = new Map(); // object id -> its button; kept over changes, so that the focus stays where it is

  /**
   * `select(id)` is called for a click.
   * @param {HTMLElement} element
   * @param {TimelineTexts} texts
   * @param {(id: number) => void} select
   */
  constructor(element, texts, select) {
    this.element = element;
    this.texts = texts;
    this.select = select;
  }

  /**
   * Show the names of `objects`, in their order.
   * @param {TrackedObject[]} objects
   * @param {number | null} selectedId
   * @param {(id: number) => boolean} isShown
   */
  show(objects, selectedId, isShown) {
    const ids = objects.map(({ id }) => id);
    if (String(ids) !== String([...this.#buttons.keys()])) this.#rebuild(ids);
    for (const object of objects) this.#update(object, object.id === selectedId, isShown(object.id));
  }

  /** @param {number[]} ids */
  #rebuild(ids) {
    this.#buttons = new Map(ids.map((id) => [id, this.#buttons.get(id) ?? this.#button(id)]));
    fill(this.element, [...this.#buttons.values()]);
  }

  /** @param {number} id */
  #button(id) {
    const onclick = () => this.select(id);
    const [chip, name] = ["ta-lane-chip", "ta-lane-name-text"].map((className) => el("span", { className }));
    return el("button", { type: "button", className: "ta-lane-name", onclick, dataset: { objectId: id } }, chip, name);
  }

  /** @param {TrackedObject} object @param {boolean} isSelected @param {boolean} isShown */
  #update({ id, name, colour }, isSelected, isShown) {
    const made = this.#buttons.get(id);
    if (!made) return;
    const [chip, text] = /** @type {Iterable<HTMLElement>} */ (made.children);
    chip.style.background = rgb(colour);
    text.textContent = name;
    made.title = isShown ? name : this.texts.hiddenObject(name);
    made.setAttribute("aria-label", made.title);
    made.setAttribute("aria-pressed", String(isSelected));
    made.classList.toggle("ta-is-hidden", !isShown);
  }
}
