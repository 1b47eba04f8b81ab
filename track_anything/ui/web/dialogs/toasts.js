// What the page says to a person: stacked, over dialogs too. Information goes by itself, errors stay.

import { button, el } from "../elements/dom.js";
import { icon } from "../elements/icons.js";

/** @import { Page } from "../main.js" */
/** @import { Message } from "../state/store.js" */

const SHORTEST = 4000; // ms that an information stays
const PER_LETTER = 60; // ms more, to be read
const MOST_SHOWN = 4;

/**
 * Build the stack in `element`. `lift(stack)` is called before something is shown: it puts the stack where it can be
 * seen and used, which is inside of the open dialog if there is one.
 * @param {Element} element
 * @param {Page} page
 * @param {(stack: HTMLElement) => void} lift
 */
export function mountToasts(element, { store, texts }, lift) {
  const stack = el("div", { className: "ta-toasts", popover: "manual", role: "region", "aria-label": texts.messages });
  element.append(stack);
  /** @type {Map<number, Toast>} */
  const shown = new Map(); // id of a message -> its toast

  store.subscribe(["messages", "dialog"], ({ messages }) => {
    for (const [id, toast] of shown) if (!messages.some((message) => message.id === id)) drop(id, toast);
    for (const message of messages) if (!shown.has(message.id)) shown.set(message.id, new Toast(message, { store, texts }));
    // a dialog that was left lets go of the stack in its own turn
    queueMicrotask(() => {
      if (messages.length === 0) return stack.matches(":popover-open") && stack.hidePopover();
      lift(stack);
      stack.replaceChildren(...[...shown.values()].slice(-MOST_SHOWN).map(({ body }) => body));
      if (!stack.matches(":popover-open")) stack.showPopover();
      return undefined;
    });
  });

  /** @param {number} id @param {Toast} toast */
  function drop(id, toast) {
    toast.forget();
    shown.delete(id);
    toast.body.remove();
  }
}

class Toast {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Message} message @param {Pick<Page, "store" | "texts">} page */
  constructor({ id, kind, text, action }, { store, texts }) {
    const dismiss = () => store.hush(id);
    const act = () => {
      dismiss();
      action?.run();
    };
    this.body = el(
      "div",
      { className: `ta-message ta-${kind}`, role: kind === "error" ? "alert" : "status" },
      icon(kind === "error" ? "warn" : "info"),
      el("span", { className: "ta-message-text" }, text),
      action ? button({ label: action.label, className: "ta-small", onclick: act }) : null,
      button({ label: texts.dismiss, icon: "close", text: false, className: "ta-bare", onclick: dismiss }),
    );
    if (kind === "error") return;
    const begin = () => {
      this.forget();
      this.#timer = setTimeout(dismiss, SHORTEST + PER_LETTER * text.length);
    };
    for (const type of ["pointerenter", "focusin"]) this.body.addEventListener(type, () => this.forget());
    for (const type of ["pointerleave", "focusout"]) this.body.addEventListener(type, begin);
    begin();
  }

  /** Go by itself no longer. */
  forget() {
    clearTimeout(this.#timer);
  }
}
