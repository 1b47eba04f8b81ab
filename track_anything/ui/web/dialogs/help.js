// The sheet of keys, made from the keys that are bound.

import { el } from "../elements/dom.js";
import { legend } from "../timeline/legend.js";
import { KEYS } from "../actions/keyboard.js";

/** @import { Page } from "../main.js" */

/** What the dialog holds. @param {Page} page */
export function helpDialog({ texts }) {
  const words = texts.help;
  /** @param {string} title @param {(string | null)[][]} rows */
  const group = (title, rows) =>
    el(
      "section",
      {},
      el("h3", {}, title),
      el("dl", { className: "ta-keys" }, rows.map(([shown, meaning]) => [el("dt", {}, el("kbd", {}, shown)), el("dd", {}, meaning)])),
    );
  const groups = /** @type {const} */ (["play", "mark", "edit", "look"]).map((name) => {
    const bound = KEYS.filter((entry) => entry.group === name && entry.shown !== null);
    return group(words.groups[name], bound.map(({ shown, meaning }) => [shown, meaning]));
  });
  const marks = el("section", { className: "ta-help-legend" }, el("h3", {}, words.groups.legend), legend(texts.timeline));
  return { title: words.title, body: el("div", { className: "ta-help" }, groups, group(words.groups.mouse, words.mouse), marks) };
}
