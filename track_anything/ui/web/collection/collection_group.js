// In the bar, while a video of a collection is shown: it is right, and what comes next.

import { button, el } from "../elements/dom.js";
import { summary, videoOf } from "../state/collection.js";

/** @import { Page } from "../main.js" */

/** The group of the bar. @param {Page} page */
export function collectionGroup({ store, api, actions, texts }) {
  const words = texts.collection;
  const right = button({ label: words.reviewed, icon: "check", key: "D", onclick: () => actions.collecting.reviewed(), id: "ta-reviewed" });
  right.title = `${words.reviewedTip} (D)`;
  const next = button({ label: words.nextVideo, icon: "skip", key: "Shift N", onclick: () => actions.collecting.next(), id: "ta-next-video" });
  next.title = `${words.nextTip} (Shift N)`;
  const many = el("span", { className: "ta-badge" });
  next.append(many);
  const group = el("div", { className: "ta-group", role: "group", "aria-label": words.open }, right, next);
  store.subscribe(["collection", "project"], ({ collection, project }) => {
    const video = project ? videoOf(collection, api.projectId) : undefined;
    group.hidden = !video;
    right.disabled = !project || project.objects.length === 0;
    const doubts = collection ? summary(collection).doubts : 0;
    many.hidden = doubts === 0;
    many.textContent = String(doubts);
  });
  return group;
}
