// The one button that is the next step stands out: Track, Next to fix or Export.

import { nextStep } from "../state/coverage.js";
import { isOnItsWay } from "../state/store.js";

/** @import { Page } from "../main.js" */

const BUTTONS = { track: ["ta-track"], fix: ["ta-fix"], export: ["ta-export", "ta-export-as"] };

/** Let the next step stand out, for as long as the page is there; its buttons have to be on it. @param {Page} page */
export function markNextStep({ store }) {
  store.subscribe(["project", "lanes", "job"], (state) => {
    const step = isOnItsWay(state.job) ? null : nextStep(state);
    for (const [name, ids] of Object.entries(BUTTONS)) {
      for (const id of ids) document.getElementById(id)?.classList.toggle("ta-primary", name === step);
    }
  });
}
