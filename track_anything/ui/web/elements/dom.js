// Making elements. Text is always set as text, so nothing that came from outside can become markup.

import { icon as drawn } from "./icons.js";

/** @import { Colour } from "../state/types.js" */
/** @import { IconName } from "./icons.js" */

/** @typedef {Node | string | null | undefined | readonly Child[]} Child nothing, and lists of lists, are welcome */

/**
 * Properties of the DOM, except `dataset`, `style` and attributes, which have a dash in their names.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @typedef {Partial<Omit<HTMLElementTagNameMap[Tag], "dataset" | "style">> & {
 *   dataset?: Record<string, string | number>,
 *   style?: Partial<CSSStyleDeclaration>,
 *   [attribute: `aria-${string}`]: string | undefined,
 * }} Properties
 */

/**
 * Make an element.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Properties<Tag>} [properties]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === "dataset" || name === "style") Object.assign(element[name], value);
    else if (name.includes("-")) element.setAttribute(name, String(value));
    else Object.assign(element, { [name]: value });
  }
  element.append(...nodes(children));
  return element;
}

/**
 * A button with a name for screen readers, shown as `face`, with an optional icon and a key in its tooltip.
 *
 * @param {object} how
 * @param {string} how.label
 * @param {string} [how.face]
 * @param {IconName} [how.icon]
 * @param {string} [how.key]
 * @param {(event: MouseEvent) => unknown} [how.onclick]
 * @param {string} [how.className]
 * @param {boolean} [how.pressed] undefined = it cannot be pressed in
 * @param {boolean} [how.disabled]
 * @param {string} [how.id]
 * @param {boolean} [how.text] whether the face is shown
 */
export function button({ label, face: shown = label, icon, key, onclick, className = "", pressed, disabled = false, id, text = true }) {
  const face = [icon ? drawn(icon) : null, text ? el("span", {}, shown) : null];
  const made = el("button", { type: "button", className: `ta-button ${className}`, onclick, disabled, id }, face);
  setName(made, label, key);
  if (pressed !== undefined) made.setAttribute("aria-pressed", String(pressed));
  return made;
}

/**
 * Give an element a name for screen readers, and the same as its tip, there with its key.
 * @param {HTMLElement} element
 * @param {string} text
 * @param {string} [key]
 */
export function setName(element, text, key) {
  const title = key ? `${text} (${key})` : text;
  if (element.title !== title) element.title = title;
  element.setAttribute("aria-label", text);
}

/** Replace what is inside an element. @param {Element} element @param {...Child} children */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
}

/** @param {Child[]} children @returns {(Node | string)[]} */
function nodes(children) {
  return /** @type {any[]} */ (children).flat(Infinity).filter((child) => child !== null && child !== undefined);
}

/**
 * The context to draw on a canvas; a canvas that has none was asked for another kind before.
 *
 * @template {HTMLCanvasElement | OffscreenCanvas} Canvas
 * @param {Canvas} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 * @returns {Canvas extends HTMLCanvasElement ? CanvasRenderingContext2D : OffscreenCanvasRenderingContext2D}
 */
export function contextOf(canvas, settings) {
  const context = canvas.getContext("2d", settings);
  if (context === null) throw new Error("this canvas cannot be drawn on");
  return /** @type {any} */ (context);
}

/**
 * A pattern that tiles with a picture.
 *
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 * @param {HTMLCanvasElement | OffscreenCanvas} tile
 */
export function tiling(context, tile) {
  const pattern = context.createPattern(tile, "repeat");
  if (pattern === null) throw new Error("a pattern cannot be made of an empty canvas");
  return pattern;
}

/** Have the browser save what is at an address of the server. @param {string} href @param {string} name */
export function download(href, name) {
  el("a", { href, download: name }).click();
}

/**
 * A key handler for Enter alone; it returns nothing, for `false` would swallow every other key.
 * @param {() => void} action
 * @returns {(event: KeyboardEvent) => void}
 */
export const onEnter = (action) => (event) => {
  if (event.key === "Enter") action();
};

/** CSS colour of an [r, g, b] triple. @param {Colour} colour @param {number} [alpha] */
export const rgb = ([red, green, blue], alpha = 1) => `rgb(${red} ${green} ${blue} / ${alpha})`;

/**
 * Call `listener` for as long as `element` is on the page; then it removes itself.
 *
 * @template {keyof GlobalEventHandlersEventMap} Type
 * @param {Element} element
 * @param {EventTarget} target
 * @param {Type} type
 * @param {(event: GlobalEventHandlersEventMap[Type]) => void} listener
 * @param {AddEventListenerOptions} [options]
 */
export function listenWhileShown(element, target, type, listener, options) {
  const guarded = (/** @type {Event} */ event) => {
    if (element.isConnected) listener(/** @type {GlobalEventHandlersEventMap[Type]} */ (event));
    else target.removeEventListener(type, guarded, options);
  };
  target.addEventListener(type, guarded, options);
}
