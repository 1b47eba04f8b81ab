// Puts the page together: one store, one set of actions, and a module for each named part.

import { Actions } from "./actions/actions.js";
import { Api } from "./state/api.js";
import { frontOf } from "./state/collection.js";
import { mountCanvas } from "./canvas/canvas.js";
import { listenForDrops } from "./dialogs/drop.js";
import { mountDialogs } from "./dialogs/dialogs.js";
import { mountHeader } from "./panels/header.js";
import { mountJob } from "./panels/job.js";
import { listenForKeys } from "./actions/keyboard.js";
import { mountObjects } from "./panels/objects.js";
import { markNextStep } from "./panels/next_step.js";
import { Pictures } from "./state/pictures.js";
import { keepPlace } from "./state/place.js";
import { keepPresses } from "./elements/presses.js";
import { startPlayer } from "./actions/player.js";
import { startPolling } from "./actions/polling.js";
import { Store } from "./state/store.js";
import { restoreTheme } from "./actions/theme.js";
import { texts } from "./texts/texts.js";
import { mountTimeline } from "./timeline/timeline.js";

const MOUNTS = {
  header: mountHeader,
  canvas: mountCanvas,
  objects: mountObjects,
  job: mountJob,
  timeline: mountTimeline,
  dialogs: mountDialogs,
};

const store = new Store();
const api = new Api();
const pictures = new Pictures(api, store);
const actions = new Actions(store, api, pictures);
/** @typedef {typeof page} Page what every part of the page is given */
const page = { store, api, pictures, actions, texts };
/** @type {Set<string>} */
const mounted = new Set();

/**
 * Fill one part of the page; Gradio calls this for each. The last one starts the editor.
 *
 * @param {HTMLElement} element
 * @param {keyof typeof MOUNTS} part
 */
export function mount(element, part) {
  const place = /** @type {HTMLElement} */ (element.querySelector(".ta-part") ?? element);
  if (mounted.has(part)) return;
  mounted.add(part);
  MOUNTS[part](place, page);
  if (mounted.size === Object.keys(MOUNTS).length) start();
}

async function start() {
  restoreTheme();
  keepPresses(document);
  listenForKeys(page);
  markNextStep(page);
  listenForDrops(page);
  startPlayer(page);
  startPolling(page);
  keepPlace(store);
  const projectId = new URLSearchParams(location.search).get("project");
  await actions.attempt(() => actions.opening.loadHome());
  if (store.state.home?.has_collection) await actions.collecting.load();
  if (projectId) await actions.opening.enter(projectId);
  else store.set({ dialog: frontOf(store.state) });
  document.body.dataset.ready = "true"; // for tests and measurements
  Object.assign(globalThis, { trackAnything: page }); // for the console, scripts and tests
}
