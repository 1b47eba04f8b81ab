// @ts-nocheck
// The bar between picture and timeline: playing, tracking, and how the job is doing.

import { button, el, fill } from "../elements/dom.js";
import { icon } from "../elements/icons.js";
import { isOnItsWay } from "../state/store.js";

/** Build the bar. */
export function mountJob(element, { store, actions, texts }) {
  const words = texts.tracking;
  const play = button({ label: words.play, icon: "play", key: "Space", text: false, onclick: () => actions.togglePlay(), id: "ta-play" });
  const only = el("input", { type: "checkbox", id: "ta-only-selected" });
  const track = (direction) => {
    const { objectId } = store.state;
    return actions.track(direction, { objects: only.checked && objectId ? [objectId] : null });
  };
  const tracking = [
    button({ label: words.both, icon: "both", key: "T", onclick: () => track("both"), id: "ta-track" }),
    button({ label: words.forward, icon: "forward", key: "F", onclick: () => track("forward"), id: "ta-forward" }),
    button({ label: words.backward, icon: "backward", key: "B", onclick: () => track("backward"), id: "ta-backward" }),
    button({ label: words.step, icon: "step", key: "S", onclick: () => actions.step(), id: "ta-step" }),
  ];
  const fix = button({ label: words.fixShort, icon: "flag", key: "N", onclick: () => actions.nextToFix(), id: "ta-fix" });
  fix.title = `${words.fix} (N)`;
  const remove = button({ label: texts.removal.open, icon: "remove", onclick: () => store.set({ dialog: "remove" }), id: "ta-remove-open" });
  remove.title = texts.removal.openTip;
  const status = el("div", { className: "ta-job", role: "status", "aria-live": "polite" });
  fill(
    element,
    el(
      "div",
      { className: "ta-bar", role: "toolbar", "aria-label": words.title },
      play,
      el("div", { className: "ta-group" }, tracking),
      el("label", { className: "ta-check" }, only, words.onlySelected),
      fix,
      remove,
      el("span", { className: "ta-spring" }),
      status,
    ),
  );
  store.subscribe(["playing"], ({ playing }) => {
    fill(play, icon(playing ? "pause" : "play"));
    play.setAttribute("aria-label", playing ? words.pause : words.play);
  });
  store.subscribe(["project", "job"], ({ project, job }) => {
    const cannot = !project || project.objects.length === 0 || isOnItsWay(job);
    for (const one of tracking) one.disabled = cannot;
    remove.disabled = !project || project.objects.length === 0;
    fix.disabled = !project || project.objects.length === 0;
    play.disabled = !project;
  });
  store.subscribe(["job", "models", "busy", "project"], (state) => fill(status, shownJob(state, actions, texts)));
}

function shownJob({ job, models, busy, project }, actions, texts) {
  const words = texts.job;
  if (isOnItsWay(job)) return running(job, actions, words);
  if (busy > 0) return waiting(models, words);
  const shown = [];
  const wasCut = ["cancelled", "failed"].includes(job?.status) || job?.kind === "open";
  if (project?.has_unfinished && (wasCut || job?.kind !== "track")) {
    shown.push(button({ label: words.continueTrack, className: "ta-small", onclick: () => actions.control("continue"), id: "ta-continue" }));
  }
  shown.push(el("span", { className: "ta-dim" }, outcome(job, project, models, words)));
  return shown;
}

function running(job, actions, words) {
  const share = job.total ? job.done / job.total : null;
  const facts = [words.count(job.done, job.total)];
  if (job.rate) facts.push(["tracking", "reading", "removing"].includes(job.stage) ? words.fps(job.rate) : words.rate(job.rate));
  if (job.eta !== null) facts.push(words.left(job.eta));
  if (job.status === "paused") facts.push(words.paused);
  const bar = el("progress", { className: "ta-progress", max: 1, "aria-label": words.stages[job.stage] });
  if (share !== null) bar.value = share;
  const control = (action) => () => actions.control(action);
  return [
    el("span", { className: "ta-stage-name" }, words.stages[job.stage] ?? job.stage),
    bar,
    el("span", { className: "ta-dim ta-number ta-facts" }, facts.join(" · ")),
    job.status === "paused"
      ? button({ label: words.resume, className: "ta-small", onclick: control("resume"), id: "ta-resume" })
      : button({ label: words.pause, className: "ta-small", onclick: control("pause"), id: "ta-pause" }),
    button({ label: words.cancel, className: "ta-small", onclick: control("cancel"), id: "ta-cancel" }),
  ];
}

function waiting(models, words) {
  const isLoading = models?.status === "loading";
  const share = isLoading && models.total ? models.done / models.total : null;
  const text = share !== null ? words.fetching(share) : isLoading ? words.loading : words.thinking;
  return [el("span", { className: "ta-spinner", "aria-hidden": "true" }), el("span", { className: "ta-dim" }, text)];
}

function outcome(job, project, models, words) {
  if (job?.status === "failed") return words.failed(job.error);
  if (job?.status === "cancelled") return words.cancelled;
  if (models?.status === "failed") return words.failed(models.message);
  if (models?.status === "loading") return words.loading;
  if (project?.video.losses && job?.kind === "open") return words.frameLosses(project.video.losses);
  return job?.status === "done" ? words.done[job.kind] : words.idle;
}
