// What the newest tracking changed of masks that were there before it: per object and stretch, to be kept or put back.

import { button, el, rgb, setName } from "../elements/dom.js";
import { KeyedList } from "../elements/keyed_list.js";
import { isOnItsWay } from "../state/store.js";

/** @import { Page } from "../main.js" */
/** @import { ChangedObject, ChangedStretch } from "../state/wire.js" */

/** @typedef {{ id: string, object?: ChangedObject, stretch?: ChangedStretch }} Line of an object, or of one of its stretches */

/** The section of the panel; it is there while something is left to be judged. @param {Page} page */
export function changesSection(page) {
  const { store, texts } = page;
  const words = texts.changes;
  const told = el("span", { className: "ta-badge" });
  const list = el("ul", { className: "ta-changes", "aria-label": words.title });
  const untouched = el("p", { className: "ta-dim" });
  const section = el(
    "details",
    { className: "ta-fold ta-edges", id: "ta-changes", open: true },
    el("summary", { title: words.tips.wipe }, words.title, " ", told),
    el("div", { className: "ta-fold-lines" }, list, untouched),
  );
  const rows = new KeyedList(list, (/** @type {Line} */ line) => (line.stretch ? new StretchRow(page) : new ObjectLine(page)));
  store.subscribe(["trackChanges", "project", "job"], ({ trackChanges, project, job }) => {
    const stretches = trackChanges?.stretches ?? [];
    section.hidden = !project || stretches.length === 0 || isOnItsWay(job);
    if (section.hidden || trackChanges === null) return;
    told.textContent = String(stretches.length);
    untouched.textContent = words.untouched(trackChanges.untouched);
    rows.update(linesOf(trackChanges.objects, stretches).filter(({ object, stretch }) => store.object(object?.id ?? stretch?.object_id ?? null)));
  });
  return section;
}

/**
 * Each object with something to judge, followed by its stretches.
 * @param {ChangedObject[]} objects
 * @param {ChangedStretch[]} stretches
 * @returns {Line[]}
 */
export function linesOf(objects, stretches) {
  return objects
    .filter(({ changed }) => changed > 0)
    .flatMap((object) => [
      { id: `object ${object.id}`, object },
      ...stretches.filter(({ object_id }) => object_id === object.id).map((stretch) => ({ id: `stretch ${object.id} ${stretch.start}`, stretch })),
    ]);
}

/** A button of the list, whose press is about what its line shows by then. @param {string} label @param {string} tip @param {string} kind @param {() => unknown} act */
function verdict(label, tip, kind, act) {
  const made = button({ label, className: `ta-small ta-${kind}`, onclick: act });
  made.title = tip;
  return made;
}

class ObjectLine {
  /** @param {Page} page */
  constructor({ store, actions, texts }) {
    this.store = store;
    this.words = texts.changes;
    this.id = 0;
    const { words } = this;
    this.chip = el("span", { className: "ta-chip" });
    this.name = el("span", { className: "ta-changed-name" });
    this.share = el("span", { className: "ta-dim ta-number" });
    this.element = el(
      "li",
      { className: "ta-changed-object" },
      this.chip, this.name, this.share,
      verdict(words.keepAll, words.tips.keep, "keep", () => actions.reviewing.judge("accept", this.id)),
      verdict(words.putBackAll, words.tips.putBack, "put-back", () => actions.reviewing.judge("reject", this.id)),
    );
  }

  /** @param {Line} line */
  update({ object }) {
    const known = this.store.object(object?.id ?? null);
    if (!object || !known) return;
    this.id = object.id;
    this.chip.style.background = rgb(known.colour);
    this.name.textContent = known.name;
    this.share.textContent = this.words.share(object.changed, object.compared);
    this.share.title = this.words.shareTip(object.changed, object.compared);
  }
}

class StretchRow {
  /** @type {ChangedStretch | null} */
  #stretch = null;

  /** @param {Page} page */
  constructor({ actions, texts }) {
    this.words = texts.changes;
    const { words } = this;
    /** @param {"accept" | "reject"} kind */
    const judge = (kind) => this.#stretch && actions.reviewing.judge(kind, this.#stretch.object_id, [this.#stretch.start, this.#stretch.stop]);
    this.frames = button({ label: "", className: "ta-small ta-link", onclick: () => this.#stretch && actions.reviewing.show(this.#stretch) });
    this.same = el("span", { className: "ta-dim ta-number" });
    this.element = el(
      "li",
      { className: "ta-changed-stretch" },
      this.frames, this.same,
      verdict(words.keep, words.tips.keep, "keep", () => judge("accept")),
      verdict(words.putBack, words.tips.putBack, "put-back", () => judge("reject")),
    );
  }

  /** @param {Line} line */
  update({ stretch }) {
    if (!stretch) return;
    this.#stretch = stretch;
    const face = this.frames.firstElementChild;
    const same = this.words.same(stretch.agreement);
    if (face) face.textContent = this.words.frames(stretch.start, stretch.stop);
    setName(this.frames, this.words.go(stretch.worst, same));
    this.same.textContent = same;
  }
}
