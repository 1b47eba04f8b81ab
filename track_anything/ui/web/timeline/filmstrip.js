// The filmstrip: thumbnails side by side along the time axis.

import { surface, verticalLine } from "./canvas_surface.js";
import { forCuts } from "./ruler.js";

/** @import { Size } from "../state/types.js" */
/** @import { Palette } from "./palette.js" */
/** @import { Thumbnails } from "./thumbnails.js" */
/** @import { TimeAxis } from "./time_axis.js" */

export const FILM_HEIGHT = 48;
const GAP = 1; // pixels between thumbnails
const [NARROWEST, WIDEST] = [24, 200]; // pixels a thumbnail may take up, whatever its aspect

/** Width of a thumbnail of a video. @param {Size} video */
export function thumbWidth({ width, height }) {
  return Math.min(Math.max(Math.round((FILM_HEIGHT * width) / height), NARROWEST), WIDEST);
}

/**
 * The places of the thumbnails: {x, width, frame} each. They stick to the video and not to the view, so that panning
 * asks for few new ones. A place shows the frame in its middle.
 * @param {TimeAxis} axis
 * @param {number} thumb
 */
export function filmSlots(axis, thumb) {
  const width = Math.max(thumb, axis.scale);
  const begin = axis.first * axis.scale;
  const end = Math.min(begin + axis.width, axis.frames * axis.scale);
  const slots = [];
  for (let slot = Math.floor(begin / width); slot * width < end - 0.5; slot++) {
    const frame = Math.min(Math.floor(((slot + 0.5) * width) / axis.scale), axis.frames - 1);
    slots.push({ x: slot * width - begin, width, frame });
  }
  return slots;
}

/**
 * What the filmstrip shows.
 *
 * @typedef {object} Film
 * @property {TimeAxis} axis
 * @property {number} thumb width of a thumbnail
 * @property {Thumbnails} thumbnails
 * @property {number[] | null} cuts
 * @property {Palette} palette
 */

/**
 * Draw what there is of the filmstrip, with a near thumbnail where the right one is still on its way.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Film} film
 */
export function drawFilm(canvas, { axis, thumb, thumbnails, cuts, palette }) {
  const context = surface(canvas, axis.width, FILM_HEIGHT);
  context.fillStyle = palette.sunk;
  context.fillRect(0, 0, axis.width, FILM_HEIGHT);
  for (const { x, width, frame } of filmSlots(axis, thumb)) {
    const picture = thumbnails.near(frame, (2 * width) / axis.scale);
    if (picture) drawCovering(context, picture, x + (width - thumb) / 2 + GAP, thumb - 2 * GAP);
    verticalLine(context, x, 0, FILM_HEIGHT, palette.line);
  }
  forCuts(axis, cuts, (x) => {
    context.fillStyle = palette.accent;
    context.fillRect(x - 1, 0, 2, FILM_HEIGHT);
  });
}

/**
 * Fill the place of a thumbnail; what does not fit is cut off on both sides.
 * @param {CanvasRenderingContext2D} context
 * @param {ImageBitmap} picture
 * @param {number} x
 * @param {number} width
 */
function drawCovering(context, picture, x, width) {
  const scale = Math.max(width / picture.width, FILM_HEIGHT / picture.height);
  const [sourceWidth, sourceHeight] = [width / scale, FILM_HEIGHT / scale];
  const [left, top] = [(picture.width - sourceWidth) / 2, (picture.height - sourceHeight) / 2];
  context.drawImage(picture, left, top, sourceWidth, sourceHeight, x, 0, width, FILM_HEIGHT);
}
