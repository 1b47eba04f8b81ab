// Asking the server how its job is doing: often while one runs, now and then otherwise, never in a hidden tab.

/** @import { Page } from "../main.js" */

const BUSY_INTERVAL = 250; // ms
const IDLE_INTERVAL = 4000; // ms; another tab may work on the same project

/** Ask for as long as the page is there. @param {Page} page */
export function startPolling({ store, api, actions }) {
  const isBusy = () => {
    const { job, models } = store.state;
    return ["ready", "running"].includes(job?.status ?? "") || models?.status === "loading";
  };
  let isFailing = false;
  const ask = async () => {
    if (!api.projectId || document.hidden) return;
    const asked = api.projectId;
    try {
      await actions.refresh();
      isFailing = false;
    } catch (error) {
      if (asked === api.projectId && !isFailing) actions.say("error", /** @type {Error} */ (error).message);
      isFailing = true; // said once; the page goes on asking and recovers by itself
    }
  };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const next = async () => {
    await ask();
    clearTimeout(timer);
    timer = setTimeout(next, isBusy() ? BUSY_INTERVAL : IDLE_INTERVAL);
  };
  document.addEventListener("visibilitychange", () => !document.hidden && next());
  let wasBusy = false;
  store.subscribe(["job", "models"], () => {
    if (isBusy() && !wasBusy) {
      clearTimeout(timer);
      timer = setTimeout(next, BUSY_INTERVAL);
    }
    wasBusy = isBusy();
  });
  next();
}
