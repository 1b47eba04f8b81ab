// @ts-nocheck
// The colours of the style sheet, for what is drawn on a canvas.

import { NO_CONFIDENCE } from "../state/store.js";

const NAMES = ["bg", "panel", "sunk", "line", "text", "dim", "accent", "warn"];
const STOPS = ["low", "lower", "middle", "higher", "high"]; // of --ta-confidence-..., evenly spaced

/** Colours as they hold for an element now: the named ones as CSS text, `ramp` by confidence (0 to 255) as pixels. */
export function readPalette(element) {
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(`--ta-${name}`).trim();
  const palette = Object.fromEntries(NAMES.map((name) => [name, colour(name)]));
  palette.font = style.fontFamily;
  palette.ramp = ramp(STOPS.map((stop) => channels(colour(`confidence-${stop}`))));
  palette.ramp[NO_CONFIDENCE] = pixel(channels(colour("confidence-none")));
  return palette;
}

/** Call `changed` whenever the page goes light or dark, for as long as `element` is on it. */
export function watchTheme(element, changed) {
  const observer = new MutationObserver(() => {
    if (element.isConnected) changed();
    else observer.disconnect();
  });
  for (const themed of [document.body, element.closest(".ta-editor")]) {
    if (themed) observer.observe(themed, { attributes: true, attributeFilter: ["class"] });
  }
}

/** An opaque pixel as the Uint32 that ImageData holds for it. */
export function pixel([red, green, blue]) {
  return new Uint32Array(Uint8Array.of(red, green, blue, 255).buffer)[0];
}

function ramp(stops) {
  const pixels = new Uint32Array(256);
  for (let confidence = 0; confidence < NO_CONFIDENCE; confidence++) {
    const place = (confidence / (NO_CONFIDENCE - 1)) * (stops.length - 1);
    const below = Math.min(Math.floor(place), stops.length - 2);
    const share = place - below;
    pixels[confidence] = pixel(stops[below].map((value, i) => value + share * (stops[below + 1][i] - value)));
  }
  return pixels;
}

/** [r, g, b] of a colour in any notation of CSS: the browser is asked to paint with it. */
function channels(colour) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
}
