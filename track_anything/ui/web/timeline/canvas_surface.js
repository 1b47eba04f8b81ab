// @ts-nocheck
// Canvases that are as sharp as the screen.

/** Device pixels per CSS pixel. */
export const density = () => window.devicePixelRatio || 1;

/** Make a canvas of a size in CSS pixels sharp and empty; returns its context, which counts in CSS pixels. */
export function surface(canvas, width, height) {
  const scale = density();
  const [columns, rows] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** A small picture that is drawn once and used often; `draw` gets a context that counts in CSS pixels. */
export function sprite(width, height, draw) {
  const canvas = document.createElement("canvas");
  draw(surface(canvas, width, height));
  return { canvas, width, height };
}

/** A line one device pixel wide from top to bottom, at a whole device pixel. */
export function verticalLine(context, x, top, bottom, colour) {
  const scale = density();
  context.fillStyle = colour;
  context.fillRect(Math.round(x * scale) / scale, top, 1 / scale, bottom - top);
}
