// The bar between picture and timeline: playing, tracking, and how the job is doing.

import { button, el, fill, setName } from "../elements/dom.js";
import { icon } from "../elements/icons.js";
import { isOnItsWay } from "../state/store.js";
import { collectionGroup } from "../collection/collection_group.js";
import { cutQuestion } from "./cut_question.js";
import { JobStatus } from "./job_status.js";
import { rangeGroup } from "./range_group.js";

/** @import { Page } from "../main.js" */

/** Build the bar. @param {Element} element @param {Page} page */
export function mountJob(element, page) {
  const { store, actions, texts } = page;
  const words = texts.tracking;
  const play = button({ label: words.play, icon: "play", key: "Space", text: false, onclick: () => actions.togglePlay(), id: "ta-play" });
  /** @param {string} id @param {"onlySelected" | "asksAtCuts" | "follows"} field */
  const tick = (id, field) => {
    /** @type {HTMLInputElement} */
    const made = el("input", { type: "checkbox", id, onchange: () => store.set({ [field]: made.checked }) });
    return made;
  };
  const only = tick("ta-only-selected", "onlySelected");
  const follow = tick("ta-follow", "follows");
  const ask = tick("ta-ask-at-cuts", "asksAtCuts");
  const asking = el("label", { className: "ta-check", title: words.askAtCutsTip }, ask, words.askAtCuts);
  const tracking = [
    button({ label: words.both, icon: "both", key: "T", onclick: () => actions.track("both"), id: "ta-track" }),
    button({ label: words.forward, icon: "forward", key: "F", onclick: () => actions.track("forward"), id: "ta-forward" }),
    button({ label: words.backward, icon: "backward", key: "B", onclick: () => actions.track("backward"), id: "ta-backward" }),
    button({ label: words.step, icon: "step", key: "S", onclick: () => actions.step(), id: "ta-step" }),
  ];
  const fix = button({ label: words.fixShort, icon: "flag", key: "N", onclick: () => actions.nextToFix(), id: "ta-fix" });
  const count = el("span", { className: "ta-badge" });
  fix.append(count);
  const remove = button({ label: texts.removal.open, icon: "remove", onclick: () => store.set({ dialog: "remove" }), id: "ta-remove-open" });
  remove.title = texts.removal.openTip;
  fill(
    element,
    el(
      "div",
      { className: "ta-bar", role: "toolbar", "aria-label": words.title },
      el(
        "div",
        { className: "ta-deeds" },
        play,
        el("div", { className: "ta-group" }, tracking),
        el("label", { className: "ta-check" }, only, words.onlySelected),
        el("label", { className: "ta-check", title: words.followTip }, follow, words.follow),
        asking,
        fix,
        collectionGroup(page),
        remove,
        rangeGroup(page),
      ),
      el("span", { className: "ta-spring" }),
      cutQuestion(page),
      new JobStatus(page).element,
    ),
  );
  store.subscribe(["playing"], ({ playing }) => {
    fill(play, icon(playing ? "pause" : "play"));
    setName(play, playing ? words.pause : words.play, "Space");
  });
  store.subscribe(["project", "job"], ({ project, job }) => {
    const cannot = !project || project.objects.length === 0 || isOnItsWay(job);
    for (const one of tracking) one.disabled = cannot;
    remove.disabled = !project || project.objects.length === 0;
    fix.disabled = !project || project.objects.length === 0;
    play.disabled = !project;
    asking.hidden = !project?.cuts?.length;
  });
  store.subscribe(["project"], ({ project }) => {
    setName(tracking[0], words.both, "T");
    if (project?.forecast) tracking[0].title += `\n${project.forecast.text}`;
  });
  store.subscribe(["onlySelected", "follows", "asksAtCuts"], ({ onlySelected, follows, asksAtCuts }) => {
    only.checked = onlySelected;
    follow.checked = follows;
    ask.checked = asksAtCuts;
  });
  store.subscribe(["toFix"], ({ toFix }) => {
    const told = toFix && toFix.count > 0 ? words.toFix(toFix) : "";
    count.textContent = told;
    count.hidden = told === "";
    setName(fix, told ? `${words.fix}: ${told}` : words.fix, "N");
  });
}
