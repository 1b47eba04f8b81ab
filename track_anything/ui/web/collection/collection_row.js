// One video of the collection: its picture, how far it is, and what can be said of it as a whole.

import { button, el, fill, setName } from "../elements/dom.js";
import { icon } from "../elements/icons.js";

/** @import { Page } from "../main.js" */
/** @import { CollectionVideo } from "../state/wire.js" */

/** @typedef {Omit<CollectionVideo, "id"> & { id: string, project: string | null }} Row known in the list by the video's name */

/**
 * The row of a video. @param {Page} page @param {Row} video
 * @returns {{ element: HTMLElement, update: (video: Row) => void }}
 */
export function collectionRow({ store, actions, texts }, { name }) {
  const words = texts.collection;
  const picture = el("span", { className: "ta-video-picture" }, icon("film"));
  const facts = el("span", { className: "ta-dim" });
  const fault = el("span", { className: "ta-error-line" });
  const state = el("span", { className: "ta-state" });
  const numbers = el("span", { className: "ta-video-numbers ta-dim ta-number" });
  /** To the frame of it that needs a person, if one does. */
  const open = () => {
    const place = store.state.collection?.next.find(({ video }) => video === name) ?? null;
    return actions.collecting.open(name, place);
  };
  const opening = el(
    "button",
    { type: "button", className: "ta-video-open", title: words.openVideo(name), onclick: open, dataset: { name } },
    picture,
    el("span", { className: "ta-video-text" }, el("strong", {}, name), facts, fault),
  );
  const review = button({ label: words.reviewTip(name), face: words.review, icon: "check", className: "ta-small ta-review", onclick: () => actions.collecting.review(name) });
  let isDone = false;
  const done = button({ label: words.doneTip(name), face: words.done, className: "ta-small ta-done", onclick: () => actions.collecting.markDone(name, !isDone) });
  const element = el("li", { className: "ta-video", dataset: { name } }, opening, state, numbers, el("span", { className: "ta-group" }, review, done));

  let shown = "";
  /** @param {Row} video */
  function update(video) {
    const told = JSON.stringify(video);
    if (told === shown) return; // nothing moves under the hand
    shown = told;
    isDone = video.state === "done";
    element.dataset.state = video.state;
    picture.style.backgroundImage = video.has_picture ? `url(/api/recent/${video.project}/picture)` : "";
    picture.classList.toggle("ta-pictured", video.has_picture);
    facts.textContent = words.length(video.frames, video.seconds);
    fault.textContent = video.fault ?? "";
    fault.hidden = video.fault === null;
    fill(state, el("span", { className: "ta-state-dot" }), words.states[video.state]);
    state.title = words.tips[video.state];
    const known = words.knownShare(video.known, video.masks);
    fill(numbers, [
      video.objects ? words.objects(video.objects) : null,
      known ? words.known(known) : null,
      video.doubts && video.state === "in doubt" ? words.doubts(video.doubts) : null,
    ].filter(Boolean).join(" · "));
    review.disabled = !["tracked", "in doubt"].includes(video.state);
    done.disabled = video.objects === 0;
    setName(done, isDone ? words.reopenTip(name) : words.doneTip(name));
    fill(/** @type {Element} */ (done.querySelector("span")), isDone ? words.reopen : words.done);
  }
  return { element, update };
}
