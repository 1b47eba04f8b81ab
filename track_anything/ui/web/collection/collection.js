// The collection: all its videos with how far each is, what comes next, what runs ahead, and handing it out.

import { button, el, fill, onEnter } from "../elements/dom.js";
import { KeyedList } from "../elements/keyed_list.js";
import { summary, VIDEO_STATES } from "../state/collection.js";
import { agreementFold } from "./agreement.js";
import { classesFold } from "./classes.js";
import { collectionRow } from "./collection_row.js";
import { dataSetForm } from "./data_set_form.js";

/** @import { Page } from "../main.js" */
/** @import { VideoState } from "../state/wire.js" */

/** What the dialog holds. @param {Page} page @param {AbortSignal} signal */
export function collectionDialog(page, signal) {
  const { store, actions, texts } = page;
  const words = texts.collection;
  const error = el("p", { className: "ta-error-line ta-alert", role: "alert", hidden: true });
  const status = el("p", { className: "ta-dim ta-number", role: "status" });
  const next = button({ label: words.next, icon: "skip", onclick: () => actions.collecting.next(), id: "ta-collection-next" });
  next.title = words.nextTip;
  const many = el("span", { className: "ta-badge" });
  next.append(many);
  const stop = button({ label: words.stop, icon: "stop", onclick: () => actions.collecting.stop(), id: "ta-collection-stop" });
  const filters = stateFilter(page, (state) => show(state));
  const rows = el("ul", { className: "ta-videos" });
  const list = new KeyedList(rows, (video) => collectionRow(page, video));
  const nothing = el("p", { className: "ta-hint" }, words.empty);
  /** @type {VideoState | null} */
  let wanted = null;

  /** Show the videos in a state; null = all. @param {VideoState | null} state */
  function show(state) {
    wanted = state;
    const videos = (store.state.collection?.videos ?? []).filter((video) => wanted === null || video.state === wanted);
    list.update(videos.map((video) => ({ ...video, id: video.name, project: video.id })));
    nothing.hidden = videos.length > 0;
  }

  store.subscribe(["collection", "opening"], ({ collection, opening }) => {
    if (!collection) return;
    const said = summary(collection);
    filters.update(said);
    show(wanted);
    many.hidden = said.doubts === 0;
    many.textContent = String(said.doubts);
    stop.hidden = collection.ahead === null;
    const ahead = collection.ahead ? words.ahead(collection.ahead, texts.job.stages) : words.progress(said.objects, said.finished, said.seconds);
    status.textContent = opening ? words.opening(opening.name) : ahead;
    markStep(step(said), { propose: "ta-propose", next: "ta-collection-next", export: "ta-data-set" });
    status.classList.toggle("ta-working", opening !== null || collection.ahead !== null);
  }, signal);
  store.subscribe(["openError"], ({ openError }) => {
    error.hidden = openError === null;
    if (openError) error.textContent = openError.text;
  }, signal);
  const body = el(
    "div",
    { className: "ta-collection" },
    el("p", { className: "ta-lead" }, words.lead),
    error,
    el("div", { className: "ta-collection-bar" }, next, status, stop),
    proposing(page, signal),
    dataSetForm(page, signal),
    el("div", { className: "ta-collection-folds" }, classesFold(page, signal), agreementFold(page, signal)),
    filters.element,
    rows,
    nothing,
  );
  return { title: words.title(store.state.collection?.name ?? ""), body };
}

/**
 * What is to be done in a collection: "propose" objects, go to what comes "next", or "export" it.
 * @param {import("../state/collection.js").Summary} said
 */
function step({ videos, states }) {
  const finished = (states.get("reviewed") ?? 0) + (states.get("done") ?? 0);
  if (states.get("untouched") === videos) return "propose";
  return finished === videos ? "export" : "next";
}

/**
 * Let one button stand out; they may not be on the page yet. @param {string} chosen
 * @param {Record<string, string>} ids of the buttons, by step
 */
function markStep(chosen, ids) {
  requestAnimationFrame(() => {
    for (const [name, id] of Object.entries(ids)) document.getElementById(id)?.classList.toggle("ta-primary", name === chosen);
  });
}

/** What runs ahead: objects are proposed, the rest is tracked. @param {Page} page @param {AbortSignal} signal */
function proposing({ store, actions, texts }, signal) {
  const words = texts.collection;
  const sought = el("input", {
    type: "text", className: "ta-text", id: "ta-propose-words", placeholder: words.words, title: words.wordsTip, "aria-label": words.wordsTip, autocomplete: "off",
  });
  const like = el("select", { className: "ta-select", id: "ta-propose-like", title: words.likeTip, "aria-label": words.likeTip });
  like.onchange = () => {
    sought.disabled = like.value !== "";
  };
  const propose = () => actions.collecting.propose(like.value ? { like: JSON.parse(like.value) } : { words: sought.value });
  sought.onkeydown = onEnter(propose);
  const ask = button({ label: words.propose, onclick: propose, id: "ta-propose" });
  ask.title = words.proposeTip;
  const track = button({ label: words.track, onclick: () => actions.collecting.trackAll(), id: "ta-track-rest" });
  track.title = words.trackTip;
  store.subscribe(["collection"], ({ collection }) => {
    const states = new Set(collection?.videos.map(({ state }) => state));
    ask.disabled = !states.has("untouched");
    track.disabled = !states.has("proposed");
    listExamples(like, words.like, states.has("untouched") ? (collection?.videos ?? []) : []);
    sought.disabled = like.value !== "";
  }, signal);
  return el("div", { className: "ta-collection-bar", role: "group", "aria-label": words.proposeTitle }, sought, like, ask, track);
}

/**
 * List all objects that others may be like; without any there is no list.
 * @param {HTMLSelectElement} list
 * @param {string} none
 * @param {readonly import("../state/wire.js").CollectionVideo[]} videos
 */
function listExamples(list, none, videos) {
  const groups = videos.filter(({ named }) => named.length).map(({ name: video, named }) => ({
    video, options: named.map(({ id, name }) => ({ value: JSON.stringify({ video, object_id: id }), name })),
  }));
  list.hidden = groups.length === 0;
  const news = JSON.stringify(groups);
  if (news === list.dataset.listed) return; // it may be open
  list.dataset.listed = news;
  const chosen = list.value;
  fill(
    list,
    el("option", { value: "" }, none),
    groups.map(({ video, options }) => el("optgroup", { label: video }, options.map(({ value, name }) => el("option", { value }, name)))),
  );
  list.value = groups.some(({ options }) => options.some(({ value }) => value === chosen)) ? chosen : "";
}

/**
 * How many videos are in each state; a press shows these alone, another one all.
 * @param {Page} page
 * @param {(state: VideoState | null) => void} choose
 */
function stateFilter({ texts }, choose) {
  const words = texts.collection;
  /** @type {VideoState | null} */
  let chosen = null;
  const chips = VIDEO_STATES.map((state) => {
    const number = el("span", { className: "ta-number" });
    const made = el(
      "button",
      { type: "button", className: "ta-button ta-small ta-state-filter", title: words.tips[state], dataset: { state }, onclick: () => take(chosen === state ? null : state) },
      el("span", { className: "ta-state-dot" }), words.states[state], number,
    );
    made.setAttribute("aria-pressed", "false");
    return { state, made, number, part: el("span", { className: "ta-state-part", dataset: { state } }) };
  });

  /** @param {VideoState | null} state */
  function take(state) {
    chosen = state;
    for (const chip of chips) chip.made.setAttribute("aria-pressed", String(chip.state === state));
    choose(state);
  }

  const element = el(
    "div",
    { className: "ta-state-filters" },
    el("div", { className: "ta-state-bar", "aria-hidden": "true" }, chips.map(({ part }) => part)),
    el("div", { className: "ta-buttons" }, chips.map(({ made }) => made)),
  );
  /** @param {import("../state/collection.js").Summary} said */
  const update = ({ states }) => {
    for (const { state, number, part } of chips) {
      const many = states.get(state) ?? 0;
      fill(number, String(many));
      part.style.flexGrow = String(many);
      part.hidden = many === 0;
    }
  };
  return { element, update };
}
