// @ts-nocheck
// Opening: a file sent to the server, a path on it, the sample, or a project from before.

import { button, el, fill, onEnter } from "../elements/dom.js";
import { byteSize } from "../texts/texts.js";

/** What the dialog holds. */
export function openDialog({ store, actions, api, texts }) {
  const words = texts.open;
  const home = store.state.home ?? { recent: [], roots: [], upload_limit: 0 };
  const status = el("div", { className: "ta-upload-status", role: "status" });
  const error = el("p", { className: "ta-error-line", role: "alert", hidden: true });
  const report = async (ask) => {
    error.hidden = true;
    const opened = await ask();
    if (opened) return;
    const { message } = store.state;
    error.hidden = message === null;
    error.textContent = message?.text ?? "";
    fill(status);
  };
  const send = (file) => {
    const stop = new AbortController();
    const bar = el("progress", { className: "ta-progress", max: 1, value: 0 });
    const share = el("span", { className: "ta-dim ta-number" }, words.uploading(0));
    fill(status, bar, share, button({ label: texts.cancel, className: "ta-small", onclick: () => stop.abort() }));
    const progress = (sent) => {
      bar.value = sent;
      share.textContent = words.uploading(sent);
    };
    return report(() => actions.opening.openUpload(file, progress, stop.signal));
  };
  const file = el("input", {
    type: "file", accept: "video/*,.zip,.mkv,.mxf,.ts,.avi,.mov,.webm", className: "ta-visually-hidden", id: "ta-file",
    onchange: () => file.files[0] && send(file.files[0]),
  });
  const path = el("input", { type: "text", className: "ta-text", id: "ta-path", spellcheck: false, autocomplete: "off" });
  const drop = el(
    "label",
    {
      className: "ta-drop", htmlFor: "ta-file",
      ondragover: (event) => event.preventDefault(),
      ondrop: (event) => {
        event.preventDefault();
        if (event.dataTransfer.files[0]) send(event.dataTransfer.files[0]);
      },
    },
    file,
    el("strong", {}, words.upload),
    el("span", { className: "ta-dim" }, `${words.drop}, ${words.limit(byteSize(home.upload_limit))}`),
    status,
  );
  const openPath = () => path.value.trim() && report(() => actions.opening.openPath(path.value.trim()));
  path.onkeydown = onEnter(openPath);
  const recent = el("ul", { className: "ta-recent" });
  const enter = (id) => (id === api.projectId ? store.set({ dialog: null }) : actions.opening.enter(id));
  const showRecent = (entries) =>
    fill(
      recent,
      entries.length === 0 ? el("li", { className: "ta-hint" }, words.noRecent) : null,
      entries.map(({ id, name }) =>
        el(
          "li",
          {},
          button({ label: name, className: "ta-link", onclick: () => enter(id) }),
          button({
            label: words.remove(name), icon: "close", text: false, className: "ta-bare",
            onclick: () => confirm(words.confirmRemove(name)) && actions.opening.deleteProject(id).then(() => showRecent(store.state.home.recent)),
          }),
        ),
      ),
    );
  showRecent(home.recent);
  actions.attempt(() => actions.opening.loadHome()).then(() => recent.isConnected && showRecent(store.state.home?.recent ?? []));
  const body = el(
    "div",
    { className: "ta-open" },
    el("p", { className: "ta-lead" }, words.lead),
    drop,
    error,
    el(
      "div",
      { className: "ta-columns" },
      el(
        "section",
        {},
        el("h3", {}, el("label", { htmlFor: "ta-path" }, words.path)),
        el("div", { className: "ta-buttons ta-path" }, path, button({ label: words.openPath, onclick: openPath, id: "ta-open-path" })),
        el("p", { className: "ta-hint" }, words.pathHint(home.roots.join(", ") || "—")),
        button({ label: words.sample, icon: "play", onclick: () => report(() => actions.opening.openSample()), id: "ta-sample" }),
      ),
      el("section", {}, el("h3", {}, words.recent), recent),
    ),
  );
  return { title: words.title, body };
}
