// Opening: a file sent to the server, one that lies there, the sample, or a project from before.

import { placesList } from "./places.js";
import { button, el, fill } from "../elements/dom.js";
import { icon } from "../elements/icons.js";
import { isOnItsWay } from "../state/store.js";
import { byteSize, clockTime, dayOf } from "../texts/numbers.js";

/** @import { Page } from "../main.js" */
/** @import { RecentProject } from "../state/wire.js" */

/** What the dialog holds. @param {Page} page @param {AbortSignal} signal */
export function openDialog(page, signal) {
  const { store, actions, api, texts } = page;
  const words = texts.open;
  const { opening } = actions;
  const error = el("p", { className: "ta-error-line ta-alert", role: "alert", hidden: true });
  const grid = el("ul", { className: "ta-recent" });
  const recent = el("section", {}, el("h3", {}, words.recent), grid);
  const sample = el(
    "button",
    { type: "button", className: "ta-card ta-sample", id: "ta-sample", onclick: () => opening.openSample() },
    el("span", { className: "ta-card-picture", style: { backgroundImage: "url(/api/sample/picture)" } }, icon("play")),
    el("span", { className: "ta-card-text" }, el("strong", {}, words.sample), el("span", { className: "ta-dim" }, words.sampleTip)),
  );
  const aside = el("div", { className: "ta-open-aside" }, sample);
  const enter = (/** @type {RecentProject} */ { id, name }) => (id === api.projectId ? store.set({ dialog: null }) : opening.enter(id, name));

  /** @param {RecentProject} entry */
  function card(entry) {
    const { id, name, frames, rate, used, has_picture } = entry;
    const facts = [frames && rate ? words.length(clockTime(frames / rate), frames) : null, words.used(dayOf(used))].filter(Boolean);
    const style = has_picture ? { backgroundImage: `url(/api/recent/${id}/picture)` } : {};
    const remove = () => confirm(words.confirmRemove(name)) && opening.deleteProject(id);
    return el(
      "li",
      { className: "ta-recent-item" },
      el(
        "button",
        { type: "button", className: "ta-card", title: name, onclick: () => enter(entry), dataset: { id } },
        el("span", { className: "ta-card-picture", style }, has_picture ? null : icon("film")),
        el("span", { className: "ta-card-text" }, el("strong", {}, name), facts.map((fact) => el("span", { className: "ta-dim" }, fact))),
      ),
      button({ label: words.remove(name), icon: "close", text: false, className: "ta-bare ta-card-remove", onclick: remove }),
    );
  }

  store.subscribe(["home"], ({ home }) => {
    const entries = home?.recent ?? [];
    recent.hidden = entries.length === 0;
    fill(grid, entries.map(card));
    const hasRoots = (home?.roots ?? []).length > 0;
    if (hasRoots && aside.children.length === 1) aside.append(placesList(page));
  }, signal);
  store.subscribe(["openError"], ({ openError }) => {
    error.hidden = openError === null;
    if (openError) error.textContent = openError.name === "" || openError.text.includes(openError.name) ? openError.text : `${openError.name}: ${openError.text}`;
  }, signal);
  actions.attempt(() => opening.loadHome());
  const body = el(
    "div",
    { className: "ta-open" },
    el("p", { className: "ta-lead" }, words.lead),
    error,
    el("div", { className: "ta-open-top" }, dropArea(page, signal), aside),
    recent,
  );
  return { title: words.title, body };
}

/**
 * Where a file is dropped or chosen; how far it is while it is sent and read.
 * @param {Page} page
 * @param {AbortSignal} signal
 */
function dropArea({ store, actions, texts }, signal) {
  const words = texts.open;
  const file = el("input", {
    type: "file", accept: "video/*,image/*,.zip,.mkv,.mxf,.ts,.avi,.mov,.webm", className: "ta-visually-hidden", id: "ta-file",
    onchange: () => {
      const [chosen] = file.files ?? [];
      if (chosen) actions.opening.send(chosen);
      file.value = ""; // the same file may be chosen again
    },
  });
  const limit = el("span", { className: "ta-dim" });
  const asked = el(
    "label",
    { className: "ta-drop", htmlFor: "ta-file" },
    file,
    el("span", { className: "ta-drop-icon" }, icon("film")),
    el("strong", {}, words.drop),
    el("span", { className: "ta-button ta-primary" }, words.upload),
    limit,
  );
  const name = el("strong", { className: "ta-opening-name" });
  const bar = el("progress", { className: "ta-progress", max: 1 });
  const told = el("span", { className: "ta-dim ta-number" });
  const cancel = button({ label: texts.cancel, className: "ta-small", onclick: () => actions.opening.cancel(), id: "ta-cancel-opening" });
  const underway = el("div", { className: "ta-drop ta-upload-status", role: "status", hidden: true }, name, bar, told, cancel);
  store.subscribe(["home"], ({ home }) => {
    limit.textContent = home ? words.limit(byteSize(home.upload_limit)) : "";
  }, signal);
  store.subscribe(["opening", "job"], ({ opening, job }) => {
    asked.hidden = opening !== null;
    underway.hidden = opening === null;
    if (!opening) return;
    name.textContent = opening.name;
    const isSending = opening.sent !== null && opening.sent < 1;
    const share = isSending ? opening.sent : job?.total ? job.done / job.total : null;
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
    const count = job && isOnItsWay(job) ? texts.job.count(job.done, job.total) : "";
    told.textContent = isSending ? words.uploading(opening.sent) : `${texts.job.stages[job?.stage ?? ""]}${count ? ` · ${count}` : ""}`;
  }, signal);
  return el("div", { className: "ta-drop-place" }, asked, underway);
}
