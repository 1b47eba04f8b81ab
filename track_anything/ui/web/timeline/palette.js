// The colours of the style sheet, for what is drawn on a canvas.

import { contextOf } from "../elements/dom.js";
import { NO_CONFIDENCE } from "../state/store.js";

/** @import { Colour } from "../state/types.js" */

const NAMES = /** @type {const} */ (["bg", "panel", "sunk", "line", "text", "dim", "accent", "warn"]);
const STOPS = ["low", "lower", "middle", "higher", "high"]; // of --ta-confidence-..., evenly spaced

/**
 * @typedef {Record<(typeof NAMES)[number], string> & { font: string, ramp: Uint32Array }} Palette the ramp by confidence
 */

/**
 * Colours as they hold for an element now: the named ones as CSS text, `ramp` by confidence (0 to 255) as pixels.
 * @param {Element} element
 * @returns {Palette}
 */
export function readPalette(element) {
  const style = getComputedStyle(element);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(`--ta-${name}`).trim();
  const named = /** @type {Record<(typeof NAMES)[number], string>} */ (
    Object.fromEntries(NAMES.map((name) => [name, colour(name)]))
  );
  const byConfidence = ramp(STOPS.map((stop) => channels(colour(`confidence-${stop}`))));
  byConfidence[NO_CONFIDENCE] = pixel(channels(colour("confidence-none")));
  return { ...named, font: style.fontFamily, ramp: byConfidence };
}

/**
 * Call `changed` whenever the page goes light or dark, for as long as `element` is on it.
 * @param {Element} element
 * @param {() => void} changed
 */
export function watchTheme(element, changed) {
  const observer = new MutationObserver(() => {
    if (element.isConnected) changed();
    else observer.disconnect();
  });
  for (const themed of [document.body, element.closest(".ta-editor")]) {
    if (themed) observer.observe(themed, { attributes: true, attributeFilter: ["class"] });
  }
}

/** An opaque pixel as the Uint32 that ImageData holds for it. @param {Colour} colour */
export function pixel([red, green, blue]) {
  return new Uint32Array(Uint8Array.of(red, green, blue, 255).buffer)[0];
}

/** @param {Colour[]} stops */
function ramp(stops) {
  const pixels = new Uint32Array(256);
  for (let confidence = 0; confidence < NO_CONFIDENCE; confidence++) {
    const place = (confidence / (NO_CONFIDENCE - 1)) * (stops.length - 1);
    const below = Math.min(Math.floor(place), stops.length - 2);
    const share = place - below;
    const [red, green, blue] = stops[below].map((value, i) => value + share * (stops[below + 1][i] - value));
    pixels[confidence] = pixel([red, green, blue]);
  }
  return pixels;
}

/**
 * [r, g, b] of a colour in any notation of CSS: the browser is asked to paint with it.
 * @param {string} colour
 * @returns {Colour}
 */
function channels(colour) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = contextOf(canvas, { willReadFrequently: true });
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
