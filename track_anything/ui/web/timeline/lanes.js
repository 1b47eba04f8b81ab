// Drawing of the lanes: for every object where it is, how sure that is, and what happened.

import { contextOf, tiling } from "../elements/dom.js";
import { density, sprite, surface, verticalLine } from "./canvas_surface.js";
import { Face, faceOf, forRuns, statusBits, sumUp } from "./lane_cells.js";
import { markSprites } from "./lane_marks.js";
import { forCuts, forTicks } from "./ruler.js";
import { Status } from "../state/store.js";
import { pixel } from "./palette.js";

/** @import { Colour, Lane } from "../state/types.js" */
/** @import { Sums } from "./lane_cells.js" */
/** @import { Sign } from "./lane_marks.js" */
/** @import { Palette } from "./palette.js" */
/** @import { Cells, TimeAxis } from "./time_axis.js" */

/** CSS pixels; a finger needs more than a mouse. */
export const LANE_HEIGHT = globalThis.matchMedia?.("(pointer: coarse)").matches ? 32 : 22;
const BAR_HEIGHT = 12;
const BAR_TOP = (LANE_HEIGHT - BAR_HEIGHT) / 2;
const [HOLLOW_TOP, HOLLOW_HEIGHT] = [BAR_TOP + 4, 4]; // the thin line of an absent object
const HIDDEN_ALPHA = 0.3;
const GRID_SPACING = 118; // as the labels of the ruler

const FACES = Uint8Array.from({ length: 256 }, (_, bits) => faceOf(bits)); // by set of statuses
const STALE = statusBits(Status.STALE);

/** @typedef {{ lane: Lane | undefined, colour: Colour, isSelected: boolean, isShown: boolean }} ShownLane */

/**
 * What the lanes show.
 *
 * @typedef {object} LanesScene
 * @property {TimeAxis} axis
 * @property {Palette} palette
 * @property {number[] | null} cuts
 * @property {number} height of the part that is seen
 * @property {number} scrollTop how far it is scrolled
 * @property {ShownLane[]} lanes
 */

/** Draws on a canvas; keeps the pictures of marks and hatching until the colours change. */
export class LanePainter {
  #strip = document.createElement("canvas"); // a pixel per cell and lane, stretched when it is drawn
  /** @type {Palette | null} */
  #palette = null;
  #density = 0;
  /** @type {Sign[]} */
  #marks = [];
  /** @type {CanvasPattern | string} */
  #hatching = "";

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
  }

  /**
   * Draw the part of the lanes that is scrolled to.
   *
   * @param {LanesScene} scene
   */
  draw(scene) {
    const { axis, palette, cuts, height, scrollTop, lanes } = scene;
    const context = surface(this.canvas, axis.width, height);
    this.#prepare(palette);
    const from = Math.floor(scrollTop / LANE_HEIGHT);
    const shown = lanes.slice(from, Math.ceil((scrollTop + height) / LANE_HEIGHT));
    const cells = axis.cells(density());
    const sums = shown.map(({ lane }) => lane && sumUp(lane, cells.begins));
    const topOf = (/** @type {number} */ row) => (from + row) * LANE_HEIGHT - scrollTop;

    for (const [row, { isSelected }] of shown.entries()) drawGround(context, axis.width, topOf(row), isSelected, palette);
    forTicks(axis, axis.tickSteps(GRID_SPACING).major, (x) => verticalLine(context, x, 0, height, palette.line));
    this.#fillStrip(shown, sums, cells.begins.length - 1, palette);
    sums.forEach((sum, row) => {
      if (!sum) return;
      context.globalAlpha = shown[row].isShown ? 1 : HIDDEN_ALPHA;
      this.#drawBar(context, cells, sum, row, topOf(row), palette);
      this.#drawMarks(context, cells, sum, topOf(row));
      context.globalAlpha = 1;
    });
    forCuts(axis, cuts, (x) => drawDashes(context, x, height, palette.accent));
  }

  /** @param {Palette} palette */
  #prepare(palette) {
    if (palette === this.#palette && density() === this.#density) return;
    this.#palette = palette;
    this.#density = density();
    this.#marks = markSprites(palette);
    const tile = sprite(6, 6, (context) => drawHatching(context, palette.panel));
    const hatching = tiling(contextOf(tile.canvas), tile.canvas);
    hatching.setTransform(new DOMMatrix().scale(1 / this.#density));
    this.#hatching = hatching;
  }

  /**
   * One pixel for every cell: thousands of colours a lane cost one copy, not one rectangle each.
   * @param {ShownLane[]} shown
   * @param {(Sums | undefined)[]} sums
   * @param {number} cells
   * @param {Palette} palette
   */
  #fillStrip(shown, sums, cells, { ramp }) {
    if (shown.length === 0) return;
    this.#strip.width = cells;
    this.#strip.height = shown.length;
    const context = contextOf(this.#strip);
    const image = context.createImageData(cells, shown.length);
    const pixels = new Uint32Array(image.data.buffer);
    sums.forEach((sum, row) => {
      if (!sum) return;
      const known = pixel(shown[row].colour);
      const line = pixels.subarray(row * cells, (row + 1) * cells);
      for (let cell = 0; cell < cells; cell++) {
        const face = FACES[sum.statuses[cell]];
        if (face === Face.UNSURE) line[cell] = ramp[sum.worst[cell]];
        else if (face === Face.KNOWN) line[cell] = known;
      }
    });
    context.putImageData(image, 0, 0);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Cells} cells
   * @param {Sums} sums
   * @param {number} row
   * @param {number} top
   * @param {Palette} palette
   */
  #drawBar(context, { x, width }, { statuses }, row, top, palette) {
    context.imageSmoothingEnabled = false;
    const cells = statuses.length;
    context.drawImage(this.#strip, 0, row, cells, 1, x, top + BAR_TOP, cells * width, BAR_HEIGHT);
    context.fillStyle = this.#hatching;
    forRuns(statuses, (bits) => (bits & STALE) !== 0, (begin, stop) => {
      context.fillRect(x + begin * width, top + BAR_TOP, (stop - begin) * width, BAR_HEIGHT);
    });
    context.fillStyle = palette.text; // an object may have a colour of the ramp: rules tell what is known apart
    forRuns(statuses, (bits) => FACES[bits] === Face.KNOWN, (begin, stop) => {
      for (const y of [BAR_TOP, BAR_TOP + BAR_HEIGHT - 1]) {
        context.fillRect(x + begin * width, top + y, (stop - begin) * width, 1);
      }
    });
    context.strokeStyle = palette.dim;
    context.lineWidth = 1;
    forRuns(statuses, (bits) => FACES[bits] === Face.ABSENT, (begin, stop) => {
      const length = Math.max(1, (stop - begin) * width - 1);
      context.strokeRect(x + begin * width + 0.5, top + HOLLOW_TOP + 0.5, length, HOLLOW_HEIGHT - 1);
    });
  }

  /** @param {CanvasRenderingContext2D} context @param {Cells} cells @param {Sums} sums @param {number} top */
  #drawMarks(context, { x, width }, { marks }, top) {
    context.imageSmoothingEnabled = true;
    for (const sign of this.#marks) {
      for (let cell = 0; cell < marks.length; cell++) {
        if ((marks[cell] & sign.mask) !== sign.value) continue;
        const left = sharp(x + (cell + 0.5) * width - sign.width / 2);
        context.drawImage(sign.canvas, left, top + BAR_TOP + sign.top, sign.width, sign.height);
      }
    }
  }
}

/** The nearest whole device pixel. @param {number} x */
function sharp(x) {
  return Math.round(x * density()) / density();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} top
 * @param {boolean} isSelected
 * @param {Palette} palette
 */
function drawGround(context, width, top, isSelected, palette) {
  context.fillStyle = isSelected ? palette.sunk : palette.panel;
  context.fillRect(0, top, width, LANE_HEIGHT);
  context.fillStyle = palette.line;
  context.fillRect(0, top + LANE_HEIGHT - 1, width, 1);
}

/** Diagonal lines that go on from tile to tile. @param {CanvasRenderingContext2D} context @param {string} colour */
function drawHatching(context, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  for (const shift of [-6, 0, 6]) {
    context.moveTo(shift - 1, 7);
    context.lineTo(shift + 7, -1);
  }
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} height @param {string} colour */
function drawDashes(context, x, height, colour) {
  context.fillStyle = colour;
  for (let y = 0; y < height; y += 6) context.fillRect(x - 0.5, y, 1, 3);
}
