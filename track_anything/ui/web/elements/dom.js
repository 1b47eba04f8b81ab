// @ts-nocheck
// Making elements. Text is always set as text, so nothing that came from outside can become markup.

import { icon as drawn } from "./icons.js";

/** Make an element: `properties` are DOM properties, except `dataset`, `style` and names with a dash. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name === "dataset" || name === "style") Object.assign(element[name], value);
    else if (name.includes("-")) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button with a name for screen readers, shown as `face`, with an optional icon and a key in its tooltip. */
export function button({ label, face: shown = label, icon, key, onclick, className = "", pressed, disabled = false, id, text = true }) {
  const title = key ? `${label} (${key})` : label;
  const face = [icon ? drawn(icon) : null, text ? el("span", {}, shown) : null];
  const made = el("button", { type: "button", className: `ta-button ${className}`, title, onclick, disabled, id }, face);
  made.setAttribute("aria-label", label);
  if (pressed !== undefined) made.setAttribute("aria-pressed", String(pressed));
  return made;
}

/** Replace what is inside an element. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
}

/** Have the browser save what is at an address of the server. */
export function download(href, name) {
  el("a", { href, download: name }).click();
}

/** A key handler for Enter alone; it returns nothing, for `false` would swallow every other key. */
export const onEnter = (action) => (event) => {
  if (event.key === "Enter") action();
};

/** CSS colour of an [r, g, b] triple. */
export const rgb = ([red, green, blue], alpha = 1) => `rgb(${red} ${green} ${blue} / ${alpha})`;

/** Call `listener` for as long as `element` is on the page; then it removes itself. */
export function listenWhileShown(element, target, type, listener, options) {
  const guarded = (event) => {
    if (element.isConnected) listener(event);
    else target.removeEventListener(type, guarded, options);
  };
  target.addEventListener(type, guarded, options);
}
