// Canvases that are as sharp as the screen.

import { contextOf } from "../elements/dom.js";

/** @typedef {{ canvas: HTMLCanvasElement, width: number, height: number }} Sprite its size in CSS pixels */

/** Device pixels per CSS pixel. */
export const density = () => window.devicePixelRatio || 1;

/**
 * Make a canvas of a size in CSS pixels sharp and empty; returns its context, which counts in CSS pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function surface(canvas, width, height) {
  const scale = density();
  const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const context = contextOf(canvas);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/**
 * A small picture that is drawn once and used often; `draw` gets a context that counts in CSS pixels.
 * @param {number} width
 * @param {number} height
 * @param {(context: CanvasRenderingContext2D) => void} draw
 * @returns {Sprite}
 */
export function sprite(width, height, draw) {
  const canvas = document.createElement("canvas");
  draw(surface(canvas, width, height));
  return { canvas, width, height };
}

/**
 * A line one device pixel wide from top to bottom, at a whole device pixel.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} top
 * @param {number} bottom
 * @param {string} colour
 */
export function verticalLine(context, x, top, bottom, colour) {
  const scale = density();
  context.fillStyle = colour;
  context.fillRect(Math.round(x * scale) / scale, top, 1 / scale, bottom - top);
}
