// What exported files of frames are called, from which number on, and how many frames more there are on both sides.

import { el } from "../elements/dom.js";
import { exampleName, isUsual } from "../state/frame_names.js";

/** @import { Page } from "../main.js" */

/** The lines of choices, folded as long as all is as usual. @param {Page} page */
export function namesForm({ store, texts }) {
  const words = texts.exporting.names;
  const { project } = store;
  const { handles, naming } = store.state;
  /** @param {string} id @param {string} value @param {object} more */
  const number = (id, value, more) =>
    el("input", { type: "number", min: "0", step: "1", className: "ta-text ta-pixels", id, value, onchange: () => keep(), ...more });
  const before = number("ta-export-handles", String(handles), { max: String(project.video.frames) });
  const first = number("ta-export-first", naming.first === null ? "" : String(naming.first), { placeholder: words.asTheVideo });
  const digits = number("ta-export-digits", String(naming.digits), { min: "1", max: "12" });
  const template = el("input", {
    type: "text", className: "ta-text ta-template", id: "ta-export-name", value: naming.template, maxLength: 200,
    placeholder: "{project}.{frame}", spellcheck: false, autocomplete: "off", oninput: () => show(), onchange: () => keep(),
  });
  const example = el("output", { className: "ta-dim", id: "ta-export-example" });
  /** @param {string} label @param {HTMLElement} input @param {string} tip */
  const field = (label, input, tip) => el("label", { className: "ta-field", title: tip }, el("span", { className: "ta-dim" }, label), input);

  const asked = () => ({
    first: first.value === "" ? null : Number(first.value),
    digits: Number(digits.value),
    template: template.value.trim(),
  });

  /** What a file is called, as it is typed. */
  function show() {
    const words = { project: project.name, object: project.objects[0]?.name ?? "", form: "rgba", frame: store.state.frame };
    example.textContent = exampleName(asked(), words);
  }

  function keep() {
    show();
    if (![before, first, digits].every((one) => one.reportValidity())) return;
    store.set({ handles: Number(before.value), naming: asked() });
  }

  show();
  return el(
    "details",
    { className: "ta-fold ta-names", id: "ta-export-names", open: handles > 0 || !isUsual(naming) },
    el("summary", {}, words.title, " ", example),
    el("p", { className: "ta-dim" }, words.lead),
    el(
      "div",
      { className: "ta-buttons" },
      field(words.first, first, words.firstTip),
      field(words.digits, digits, words.digitsTip),
      field(words.template, template, words.templateTip),
      field(words.handles, before, words.handlesTip),
    ),
  );
}
