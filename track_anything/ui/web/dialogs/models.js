// The networks: which segmenter and which preset, how large they are, and whether they are here.

import { button, el } from "../elements/dom.js";
import { isOnItsWay } from "../state/store.js";

/** @import { Page } from "../main.js" */
/** @import { ModelOffer } from "../state/wire.js" */

/** What the dialog holds. @param {Page} page @param {AbortSignal} signal */
export function modelsDialog({ store, api, actions, texts }, signal) {
  const words = texts.models;
  const segmenter = el("select", { className: "ta-select", id: "ta-segmenter", onchange: () => tell() });
  const preset = el("select", { className: "ta-select", id: "ta-preset", onchange: () => tell() });
  const [aboutSegmenter, aboutPreset] = [el("p", { className: "ta-dim" }), el("p", { className: "ta-dim" })];
  const use = button({ label: words.use, className: "ta-primary", id: "ta-use-models", onclick: () => choose() });
  const state = el("span", { className: "ta-dim", role: "status" });
  /** @type {Map<string, ModelOffer>} */
  const offers = new Map();

  /** @param {HTMLSelectElement} select @param {ModelOffer[]} offered @param {string | undefined} chosen */
  const list = (select, offered, chosen) => {
    for (const offer of offered) offers.set(`${select.id} ${offer.name}`, offer);
    select.replaceChildren(...offered.map(({ name }) => el("option", { value: name, selected: name === chosen }, words.names[name] ?? name)));
  };

  function tell() {
    for (const [select, about] of /** @type {[HTMLSelectElement, HTMLElement][]} */ ([[segmenter, aboutSegmenter], [preset, aboutPreset]])) {
      const offer = offers.get(`${select.id} ${select.value}`);
      about.textContent = offer ? words.about(offer) : "";
    }
    const { models, job } = store.state;
    const chosen = models?.chosen;
    use.disabled = !chosen || isOnItsWay(job) || (chosen.segmenter === segmenter.value && chosen.preset === preset.value && models?.status !== "failed");
    state.textContent = models ? words.status(models) : "";
  }

  async function choose() {
    await actions.chooseModels({ segmenter: segmenter.value, preset: preset.value });
    tell();
  }

  async function load() {
    const found = await actions.attempt(() => api.get(api.ofProject("/models"), { signal }));
    if (!found) return;
    list(segmenter, found.segmenters, found.chosen?.segmenter);
    list(preset, found.presets, found.chosen?.preset);
    tell();
  }

  load();
  store.subscribe(["models", "job"], () => tell(), signal);
  const body = el(
    "div",
    { className: "ta-models" },
    el("p", { className: "ta-lead" }, words.lead),
    el("label", { className: "ta-field" }, el("span", { className: "ta-dim" }, words.segmenter), segmenter),
    aboutSegmenter,
    el("label", { className: "ta-field" }, el("span", { className: "ta-dim" }, words.preset), preset),
    aboutPreset,
  );
  return { title: words.title, body, foot: el("div", { className: "ta-delivery" }, state, use) };
}
