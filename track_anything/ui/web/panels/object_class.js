// Of which class of the collection the selected object is, its attributes, and looking for others like it in all videos.

import { button, el, fill, onEnter } from "../elements/dom.js";
import { CLASSES } from "../collection/classes.js";
import { classOf, videoOf } from "../state/collection.js";

/** @import { Page } from "../main.js" */
/** @import { AttributeSaid, TrackedObject } from "../state/wire.js" */

/** The section of the panel; hidden for videos of no collection. @param {Page} page */
export function objectClassSection({ store, api, actions, texts }) {
  const words = texts.classes;
  /** @param {{ class_name?: string, values?: Record<string, string> }} said */
  const label = async (said) => {
    if (!(await actions.collecting.label(store.state.objectId, said))) show(store.state); // as it was
  };
  /** @type {HTMLSelectElement} */
  const chosen = el("select", { className: "ta-select", id: "ta-class", onchange: () => label({ class_name: chosen.value }) });
  const change = button({ label: words.open, icon: "plus", text: false, className: "ta-small", id: "ta-class-open", onclick: openClasses });
  const fields = el("div", { className: "ta-class-fields" });
  const like = button({
    label: words.like, icon: "grid", className: "ta-small", id: "ta-like-all",
    onclick: () => store.state.objectId !== null && actions.collecting.proposeLike(store.state.objectId),
  });
  like.title = words.likeTip;
  const section = el(
    "section",
    { className: "ta-object-class", "aria-label": words.section },
    el("label", { className: "ta-field", title: words.chooseTip }, el("span", { className: "ta-dim" }, words.one), chosen),
    change, like, fields,
  );

  function openClasses() {
    store.set({ dialog: "collection" });
    requestAnimationFrame(() => {
      const fold = /** @type {HTMLDetailsElement | null} */ (document.getElementById(CLASSES));
      if (fold) fold.open = true;
      document.getElementById("ta-class-new")?.focus();
    });
  }

  let told = "";
  /** @param {typeof store.state} state */
  function show({ collection, project, objectId }) {
    const video = project ? videoOf(collection, api.projectId) : undefined;
    const object = store.object(objectId);
    section.hidden = !collection || !video || !object;
    if (!collection || !video || !object) return;
    like.hidden = !collection.videos.some(({ state, name }) => state === "untouched" && name !== video.name);
    const { classes } = collection;
    const own = classes.find(({ name }) => name === classOf(object.name));
    const news = JSON.stringify([object.id, object.name, object.attributes, classes]);
    if (news !== told) {
      told = news; // what is open or typed in stays otherwise
      const none = own ? [] : [el("option", { value: "" }, classes.length ? words.choose : words.nothing)];
      fill(chosen, none, classes.map(({ name }) => el("option", { value: name }, name)));
      fill(fields, (own?.attributes ?? []).map((attribute) => field(attribute, object)));
      chosen.disabled = classes.length === 0;
    }
    chosen.value = own?.name ?? "";
  }

  /** What is told of an object by one attribute. @param {AttributeSaid} attribute @param {TrackedObject} object */
  function field({ name, values }, { attributes }) {
    const own = attributes[name] ?? "";
    const say = (/** @type {string} */ value) => label({ values: { [name]: value } });
    const shared = { className: values.length ? "ta-select" : "ta-text", dataset: { attribute: name } };
    /** @type {HTMLSelectElement | HTMLInputElement} */
    const made = values.length
      ? el("select", { ...shared, onchange: () => say(made.value) }, ["", ...values].map((value) => el("option", { value }, value || words.unsaid)))
      : el("input", { ...shared, type: "text", maxLength: 200, onchange: () => say(made.value.trim()), onkeydown: onEnter(() => made.blur()) });
    made.value = own;
    return el("label", { className: "ta-field" }, el("span", { className: "ta-dim" }, name), made);
  }

  store.subscribe(["collection", "project", "objectId"], show);
  return section;
}
