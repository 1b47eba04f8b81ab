// How the job is doing, and the buttons that hold and end it: the same elements from its start to its end.

import { button, el, setName } from "../elements/dom.js";
import { isOnItsWay } from "../state/store.js";

/** @import { Page } from "../main.js" */
/** @import { State } from "../state/store.js" */
/** @import { Job, Models, Project } from "../state/wire.js" */

const FRAMES_PER_SECOND = ["tracking", "reading", "removing"]; // stages that count in frames

export class JobStatus {
  /** @param {Page} page */
  constructor({ store, actions, texts }) {
    this.words = texts.job;
    /** @param {string} id @param {string} label @param {() => unknown} onclick */
    const small = (id, label, onclick) => button({ label, className: "ta-small", onclick, id });
    this.spinner = el("span", { className: "ta-spinner", "aria-hidden": "true" });
    this.stage = el("span", { className: "ta-stage-name" });
    this.bar = el("progress", { className: "ta-progress", max: 1 });
    this.counted = el("span", {});
    this.left = el("span", { className: "ta-left" });
    this.facts = el("span", { className: "ta-dim ta-number ta-facts" }, this.counted, this.left);
    this.memory = el("meter", { className: "ta-memory", min: 0, max: 1, id: "ta-memory" });
    this.hold = small("ta-pause", this.words.pause, () => actions.control(isHeld(store.state.job) ? "resume" : "pause"));
    this.cancel = small("ta-cancel", this.words.cancel, () => actions.control("cancel"));
    this.goOn = small("ta-continue", this.words.continueTrack, () => actions.control("continue"));
    this.outcome = el("span", { className: "ta-dim" });
    this.element = el(
      "div",
      { className: "ta-job", role: "status", "aria-live": "polite" },
      this.spinner, this.stage, this.bar, this.facts, this.memory, this.hold, this.cancel, this.goOn, this.outcome,
    );
    store.subscribe(["job", "models", "busy", "project"], (state) => this.#update(state));
  }

  /** @param {State} state */
  #update({ job, models, busy, project }) {
    const running = job && isOnItsWay(job) ? job : null;
    const isRunning = running !== null;
    const isWaiting = !isRunning && busy > 0;
    const isAtRest = !isRunning && !isWaiting;
    for (const one of [this.stage, this.bar, this.facts, this.hold, this.cancel]) one.hidden = !isRunning;
    this.memory.hidden = !running?.memory;
    this.spinner.hidden = !isWaiting;
    this.goOn.hidden = !isAtRest || !canGoOn(job, project);
    this.outcome.hidden = isRunning;
    if (running) this.#tellProgress(running);
    else tell(this.outcome, isWaiting ? waiting(models, this.words) : outcome(job, project, models, this.words));
  }

  /** @param {Job} job */
  #tellProgress(job) {
    const { words } = this;
    const facts = [words.count(job.done, job.total)];
    if (job.rate) facts.push(FRAMES_PER_SECOND.includes(job.stage) ? words.fps(job.rate) : words.rate(job.rate));
    if (job.status === "paused") facts.push(words.paused);
    else if (job.asked) facts.push(words.asked[job.asked]);
    if (job.memory) {
      this.memory.value = job.memory.long_term / Math.max(job.memory.most_long_term, 1);
      setName(this.memory, words.memory(job.memory));
    }
    tell(this.stage, words.stages[job.stage] ?? job.stage);
    tell(this.counted, facts.join(" · "));
    tell(this.left, job.eta !== null ? words.left(job.eta) : "");
    this.bar.setAttribute("aria-label", words.stages[job.stage] ?? job.stage);
    if (job.total) this.bar.value = job.done / job.total;
    else this.bar.removeAttribute("value");
    const holding = isHeld(job) ? "resume" : "pause";
    this.hold.id = `ta-${holding}`;
    setName(this.hold, words[holding]);
    tell(this.hold.firstElementChild, words[holding]);
  }
}

/** Whether a job is paused, or will be after the item in hand. @param {Job | null} job */
const isHeld = (job) => job?.status === "paused" || job?.asked === "paused";

/** Only what is new: a text that is set again is read aloud again. @param {Element | null} element @param {string} text */
function tell(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/** @param {Job | null} job @param {Project | null} project */
function canGoOn(job, project) {
  const wasCut = ["cancelled", "failed"].includes(job?.status ?? "") || job?.kind === "open";
  return Boolean(project?.has_unfinished && (wasCut || job?.kind !== "track"));
}

/** @param {Models | null} models @param {Page["texts"]["job"]} words */
function waiting(models, words) {
  const isLoading = models?.status === "loading";
  const share = isLoading && models?.total ? models.done / models.total : null;
  if (share !== null) return words.fetching(share);
  return isLoading ? words.loading : words.thinking;
}

/**
 * @param {Job | null} job
 * @param {Project | null} project
 * @param {Models | null} models
 * @param {Page["texts"]["job"]} words
 */
function outcome(job, project, models, words) {
  if (job?.status === "failed") return words.failed(job.error);
  if (job?.status === "cancelled") return words.cancelled;
  if (models?.status === "failed") return words.failed(models.message);
  if (models?.status === "loading") return words.loading;
  if (project?.cut) return ""; // it is asked about beside this
  if (project?.video.losses && job?.kind === "open") return words.frameLosses(project.video.losses);
  return job?.status === "done" ? words.done[job.kind] : words.idle;
}
