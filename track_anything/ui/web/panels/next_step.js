// The one button that is the next step stands out: Continue past the cut, Track, Next to fix or Export.

import { nextStep } from "../state/coverage.js";
import { isOnItsWay } from "../state/store.js";

/** @import { Page } from "../main.js" */

const BUTTONS = { cut: ["ta-past-cut"], track: ["ta-track"], fix: ["ta-fix"], export: ["ta-export", "ta-export-as"] };

/** Let the next step stand out, for as long as the page is there; its buttons have to be on it. @param {Page} page */
export function markNextStep({ store }) {
  /** @type {number | null} */
  let seen = null; // revision of the project whose doubtful frames were all looked at
  store.subscribe(["project", "lanes", "job", "toFix"], (state) => {
    const { project, job, toFix } = state;
    if (toFix !== null && toFix.place === toFix.count) seen = project?.revision ?? null;
    const next = nextStep(state);
    const isSeen = next === "fix" && seen !== null && seen === project?.revision;
    const step = isOnItsWay(job) ? null : isSeen ? "export" : next;
    for (const [name, ids] of Object.entries(BUTTONS)) {
      for (const id of ids) document.getElementById(id)?.classList.toggle("ta-primary", name === step);
    }
  });
}
