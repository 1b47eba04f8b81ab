// A list whose items stay the elements they are: what is pressed, focused or open is never pulled away.

/** @typedef {{ element: HTMLElement, update: (item: any, place: number) => void }} Part what shows one item */

export class KeyedList {
  /** @type {Map<unknown, Part>} */
  #parts = new Map();
  #container;
  #make;

  /**
   * @param {HTMLElement} container holds one element per item, and nothing else
   * @param {(item: any) => Part} make called once for every key
   */
  constructor(container, make) {
    this.#container = container;
    this.#make = make;
  }

  /**
   * Show these items in this order.
   *
   * @param {{ id: unknown }[]} items whose ids differ
   */
  update(items) {
    this.#drop(new Set(items.map(({ id }) => id)));
    items.forEach((item, place) => {
      const part = this.#parts.get(item.id) ?? this.#make(item);
      this.#parts.set(item.id, part);
      const there = this.#container.children[place] ?? null;
      if (there !== part.element) this.#container.insertBefore(part.element, there); // a move would take the focus away
      part.update(item, place);
    });
  }

  /** @param {Set<unknown>} kept */
  #drop(kept) {
    for (const [id, { element }] of this.#parts) {
      if (kept.has(id)) continue;
      element.remove();
      this.#parts.delete(id);
    }
  }
}
