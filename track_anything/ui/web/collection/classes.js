// The classes that objects of the collection may be of: seen, added, renamed, coloured, given attributes, and dropped.

import { button, el, fill, onEnter, rgb, setName } from "../elements/dom.js";
import { KeyedList } from "../elements/keyed_list.js";
import { attributesFrom, attributesText, classCounts, colourFrom, hexOf, nextColour } from "../state/collection.js";

/** @import { Page } from "../main.js" */
/** @import { LabelClassSaid } from "../state/wire.js" */

/** @typedef {LabelClassSaid & { id: string, count: number }} Row known in the list by the name of the class */

export const CLASSES = "ta-classes"; // id of the fold

/** The fold of the page. @param {Page} page @param {AbortSignal} signal */
export function classesFold(page, signal) {
  const { store, actions, texts } = page;
  const words = texts.classes;
  const chips = el("span", { className: "ta-class-chips" });
  const rows = el("ul", { className: "ta-classes" });
  const list = new KeyedList(rows, (row) => classRow(page, row));
  const known = el("datalist", { id: "ta-class-names" });
  const named = el("input", { type: "text", className: "ta-text", id: "ta-class-new", maxLength: 60, placeholder: words.such, "aria-label": words.add, autocomplete: "off" });
  named.setAttribute("list", known.id);
  const add = async () => {
    const name = named.value.trim();
    if (!name) return named.focus();
    const colour = nextColour(store.state.collection?.classes ?? []);
    if (await actions.collecting.changeClass({ name, was: null, colour, attributes: [] })) named.value = "";
  };
  named.onkeydown = onEnter(add);
  const fold = el(
    "details",
    { className: "ta-fold", id: CLASSES },
    el("summary", {}, words.title, chips),
    el("p", { className: "ta-hint" }, words.hint),
    rows,
    el("div", { className: "ta-collection-bar" }, named, known, button({ label: words.add, face: words.addFace, icon: "plus", onclick: add, id: "ta-class-add" })),
  );
  store.subscribe(["collection"], ({ collection }) => {
    if (!collection) return;
    const counts = classCounts(collection);
    fill(chips, collection.classes.map(({ name, colour }) => el("span", { className: "ta-class-chip" }, swatch(colour), name)));
    list.update(collection.classes.map((one) => ({ ...one, id: one.name, count: counts.get(one.name) ?? 0 })));
    const there = new Set(collection.classes.map(({ name }) => name));
    fill(known, [...counts.keys()].filter((name) => !there.has(name)).map((value) => el("option", { value })));
  }, signal);
  return fold;
}

/** @param {LabelClassSaid["colour"]} colour */
function swatch(colour) {
  return el("span", { className: "ta-chip", style: colour ? { background: rgb(colour) } : {} });
}

/** One class. @param {Page} page @param {Row} first */
function classRow({ actions, texts }, first) {
  const words = texts.classes;
  let shown = first;
  /** @param {Partial<LabelClassSaid>} changed */
  const change = async (changed) => {
    const { name, colour, attributes } = shown;
    await actions.collecting.changeClass({ name, colour, attributes, ...changed, was: name });
    show(); // what it was before, if that was refused
  };
  /** @type {HTMLInputElement} */
  const colour = el("input", { type: "color", className: "ta-colour", onchange: () => change({ colour: colourFrom(colour.value) }) });
  /** @type {HTMLInputElement} */
  const name = el("input", {
    className: "ta-text", maxLength: 60, spellcheck: false,
    onchange: () => (name.value.trim() ? change({ name: name.value.trim() }) : show()),
    onkeydown: onEnter(() => name.blur()),
  });
  const count = el("span", { className: "ta-dim ta-number" });
  /** @type {HTMLInputElement} */
  const attributes = el("input", {
    className: "ta-text ta-class-attributes", spellcheck: false, placeholder: words.attributesSuch,
    onchange: () => change({ attributes: attributesFrom(attributes.value) }),
    onkeydown: onEnter(() => attributes.blur()),
  });
  const drop = button({ label: "", icon: "close", text: false, className: "ta-bare", onclick: () => actions.collecting.dropClass(shown.name) });
  const element = el("li", { className: "ta-class" }, colour, name, count, attributes, drop);

  function show() {
    put(colour, hexOf(shown.colour));
    colour.classList.toggle("ta-uncoloured", shown.colour === null);
    put(name, shown.name);
    put(attributes, attributesText(shown.attributes));
    count.textContent = words.count(shown.count);
    setName(colour, shown.colour ? words.colour(shown.name) : words.uncoloured(shown.name));
    setName(name, words.rename(shown.name));
    setName(attributes, words.attributes(shown.name));
    setName(drop, words.drop(shown.name));
  }

  let told = "";
  return {
    element,
    /** @param {Row} row */
    update(row) {
      if (JSON.stringify(row) === told) return; // nothing changes under the hand
      told = JSON.stringify(row);
      shown = row;
      show();
    },
  };
}

/** Set a value, not while somebody types. @param {HTMLInputElement} field @param {string} value */
function put(field, value) {
  if (document.activeElement !== field || field.type === "color") field.value = value;
}
