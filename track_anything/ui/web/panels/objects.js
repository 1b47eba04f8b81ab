// @ts-nocheck
// The panel at the right: the objects, and what can be done with the selected one on some frames.

import { button, el, fill, onEnter, rgb } from "../elements/dom.js";
import { edgesSection } from "./edges.js";

/** Build the panel. */
export function mountObjects(element, page) {
  const { store, actions, texts } = page;
  const words = texts.objects;
  const list = el("ul", { className: "ta-objects", role: "listbox", "aria-label": words.title });
  const here = el("section", { className: "ta-here", "aria-label": words.onFrame("") });
  fill(
    element,
    el(
      "aside",
      { className: "ta-panel ta-objects-panel" },
      el(
        "div",
        { className: "ta-panel-head" },
        el("h2", {}, words.title),
        button({ label: words.add, icon: "plus", key: "A", className: "ta-small", onclick: () => actions.addObject(), id: "ta-add-object" }),
      ),
      list,
      here,
      edgesSection(page),
      button({
        label: words.everything, icon: "grid", className: "ta-wide", id: "ta-everything",
        onclick: () => actions.everything.find(),
      }),
    ),
  );
  store.subscribe(["project", "objectId", "hidden", "solo"], (state) => {
    const objects = state.project?.objects ?? [];
    const isNaming = list.contains(document.activeElement) && document.activeElement.matches(".ta-name");
    if (isNaming && objects.length === list.children.length) return; // not under the typing hand
    fill(list, objects.length ? objects.map((object, place) => row(page, object, place)) : el("li", { className: "ta-hint" }, words.none));
    element.querySelector("#ta-everything").disabled = !state.project;
  });
  store.subscribe(["project", "objectId", "selection", "frame"], () => fill(here, actionsHere(page)));
}

function row({ store, actions, texts }, object, place) {
  const words = texts.objects;
  const { objectId, hidden, solo } = store.state;
  const isSelected = object.id === objectId;
  const name = el("input", {
    className: "ta-name", value: object.name, "aria-label": words.rename(object.name), maxLength: 60, spellcheck: false,
    onchange: () => name.value.trim() && actions.edit({ kind: "rename_object", object_id: object.id, name: name.value.trim() }),
    onkeydown: onEnter(() => name.blur()),
    onfocus: () => actions.selectObject(object.id),
  });
  const colour = el("input", {
    type: "color", className: "ta-colour", value: hex(object.colour), "aria-label": words.colour(object.name), title: words.colour(object.name),
    onchange: () => actions.edit({ kind: "recolour_object", object_id: object.id, colour: triple(colour.value) }),
  });
  const isHidden = hidden.has(object.id);
  const item = el(
    "li",
    {
      className: `ta-object${isSelected ? " ta-selected" : ""}${store.isShown(object.id) ? "" : " ta-faint"}`,
      role: "option", "aria-selected": String(isSelected), "aria-label": words.select(object.name),
      dataset: { objectId: String(object.id) }, style: { borderInlineStartColor: rgb(object.colour) },
      onclick: () => actions.selectObject(object.id),
    },
    el("span", { className: "ta-key", title: words.select(object.name) }, place < 9 ? String(place + 1) : ""),
    colour,
    name,
    button({
      label: isHidden ? words.show(object.name) : words.hide(object.name), icon: isHidden ? "hidden" : "eye", text: false,
      pressed: isHidden, className: "ta-bare", onclick: stopping(() => actions.toggleHidden(object.id)),
    }),
    button({
      label: words.solo(object.name), icon: "solo", text: false, pressed: solo === object.id, className: "ta-bare",
      onclick: stopping(() => actions.toggleSolo(object.id)),
    }),
    button({
      label: words.remove(object.name), icon: "close", text: false, className: "ta-bare",
      onclick: stopping(() => actions.edit({ kind: "delete_object", object_id: object.id })),
    }),
  );
  return item;
}

function actionsHere(page) {
  const { store, actions, texts } = page;
  const words = texts.objects;
  const object = store.object(store.state.objectId);
  if (!object) return [];
  const { start, stop } = actions.rangeHere();
  const others = store.state.project.objects.filter(({ id }) => id !== object.id);
  const simple = (kind, key) =>
    button({ label: words[kind], key, className: "ta-small", onclick: () => actions.editHere(kind), id: `ta-${kind}` });
  const made = [simple("lock", "L"), simple("unlock"), simple("clear"), simple("withdraw")];
  for (const [place, kind] of ["lock", "unlock", "clear", "withdraw"].entries()) made[place].title = words.tips[kind];
  const retrack = button({
    label: words.retrack, className: "ta-small", id: "ta-retrack",
    onclick: () => actions.track("both", { anew: true, objects: [object.id] }),
  });
  retrack.title = words.tips.retrack;
  const heading = stop - start === 1 ? words.onFrame(start) : words.onRange(start, stop - 1);
  const parts = [
    el("h3", {}, el("span", { className: "ta-chip", style: { background: rgb(object.colour) } }), object.name, " · ", heading),
    el("div", { className: "ta-buttons" }, made, retrack),
  ];
  if (others.length > 0) {
    const other = el(
      "select",
      { className: "ta-select", "aria-label": words.other, onchange: () => (page.otherId = Number(other.value)) },
      others.map(({ id, name }) => el("option", { value: String(id), selected: page.otherId === id }, name)),
    );
    const both = (kind) => {
      const onclick = () => actions.editHere(kind, { other_id: Number(other.value) });
      const made = button({ label: words[kind], className: "ta-small", onclick, id: `ta-${kind}` });
      made.title = words.tips[kind];
      return made;
    };
    parts.push(el("div", { className: "ta-buttons" }, other, both("merge"), both("split"), both("swap")));
  }
  return parts;
}

function stopping(action) {
  return (event) => {
    event.stopPropagation();
    action();
  };
}

function hex(colour) {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

function triple(text) {
  return [1, 3, 5].map((place) => Number.parseInt(text.slice(place, place + 2), 16));
}
