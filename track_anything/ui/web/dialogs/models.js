// The networks: which segmenter, preset and tracker, how large they are, and whether they are here.

import { button, el } from "../elements/dom.js";
import { isOnItsWay } from "../state/store.js";

/** @import { Page } from "../main.js" */
/** @import { ModelOffer } from "../state/wire.js" */

/** What the dialog holds. @param {Page} page @param {AbortSignal} signal */
export function modelsDialog({ store, api, actions, texts }, signal) {
  const words = texts.models;
  const segmenter = el("select", { className: "ta-select", id: "ta-segmenter", onchange: () => tell() });
  const preset = el("select", { className: "ta-select", id: "ta-preset", onchange: () => tell() });
  const tracker = el("select", { className: "ta-select", id: "ta-tracker", onchange: () => tell() });
  const fields = [
    { select: segmenter, label: words.segmenter, about: el("p", { className: "ta-dim" }) },
    { select: preset, label: words.preset, about: el("p", { className: "ta-dim" }) },
    { select: tracker, label: words.tracker, about: el("p", { className: "ta-dim" }) },
  ];
  const use = button({ label: words.use, className: "ta-primary", id: "ta-use-models", onclick: () => choose() });
  const state = el("span", { className: "ta-dim", role: "status" });
  /** @type {Map<string, ModelOffer>} */
  const offers = new Map();

  /** @param {HTMLSelectElement} select @param {ModelOffer[]} offered @param {string | undefined} chosen */
  const list = (select, offered, chosen) => {
    for (const offer of offered) offers.set(`${select.id} ${offer.name}`, offer);
    select.replaceChildren(...offered.map(({ name, refusal }) => {
      const label = words.names[name] ?? name;
      const isRefused = refusal !== "";
      return el("option", { value: name, selected: name === chosen, disabled: isRefused, title: refusal }, isRefused ? words.refused(label, refusal) : label);
    }));
  };

  /** What is chosen in the lists. */
  const asked = () => ({ segmenter: segmenter.value, preset: preset.value, tracker: tracker.value });

  function tell() {
    for (const { select, about } of fields) {
      const offer = offers.get(`${select.id} ${select.value}`);
      about.textContent = offer ? words.about(offer) : select === tracker ? words.ofPreset : "";
    }
    const { models, job } = store.state;
    const chosen = models?.chosen;
    const { segmenter: own, preset: kind, tracker: carrier } = asked();
    const isSame = chosen?.segmenter === own && chosen.preset === kind && chosen.tracker === carrier;
    use.disabled = !chosen || isOnItsWay(job) || (isSame && models?.status !== "failed");
    state.textContent = models ? words.status(models) : "";
  }

  async function choose() {
    await actions.chooseModels(asked());
    tell();
  }

  async function load() {
    const found = await actions.attempt(() => api.get(api.ofProject("/models"), { signal }));
    if (!found) return;
    list(segmenter, found.segmenters, found.chosen?.segmenter);
    list(preset, found.presets, found.chosen?.preset);
    list(tracker, found.trackers, found.chosen?.tracker);
    tracker.prepend(el("option", { value: "", selected: !found.chosen?.tracker }, words.presetsOwn));
    tell();
  }

  load();
  store.subscribe(["models", "job"], () => tell(), signal);
  const body = el(
    "div",
    { className: "ta-models" },
    el("p", { className: "ta-lead" }, words.lead),
    fields.flatMap(({ select, label, about }) => [
      el("label", { className: "ta-field" }, el("span", { className: "ta-dim" }, label), select),
      about,
    ]),
  );
  return { title: words.title, body, foot: el("div", { className: "ta-delivery" }, state, use) };
}
