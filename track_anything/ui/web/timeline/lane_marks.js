// The small signs on a lane: drift, refined, prompt, lock.

import { sprite } from "./canvas_surface.js";
import { Mark } from "../state/store.js";

/** @import { Sprite } from "./canvas_surface.js" */
/** @import { Palette } from "./palette.js" */

/** @typedef {{ mask: number, value: number, top: number } & Sprite} Sign */

/**
 * The signs: each is drawn where `mask` of the marks is `value`, `top` pixels below the top of the bar. A prompt that
 * is also locked is one sign, as both belong in the middle of the bar.
 * @param {Palette} palette
 */
export function markSprites({ warn, accent, text, panel }) {
  const drift = sprite(9, 7, (context) => polygon(context, [[0, 0], [9, 0], [4.5, 7]], warn));
  const refined = sprite(3, 6, (context) => {
    context.fillStyle = accent;
    context.fillRect(0.5, 0, 2, 6);
  });
  const lock = sprite(18, 18, (context) => drawLock(context, text, panel));
  const lockedPrompt = sprite(18, 18, (context) => {
    drawLock(context, text, panel);
    disc(context, 9, 2.8, panel);
  });
  const prompt = sprite(12, 12, (context) => {
    disc(context, 6, 5.5, panel);
    disc(context, 6, 4, text);
  });
  const both = Mark.PROMPT | Mark.LOCK;
  return [
    { mask: Mark.DRIFT, value: Mark.DRIFT, top: -5, ...drift },
    { mask: Mark.REFINED, value: Mark.REFINED, top: 11, ...refined },
    { mask: both, value: Mark.LOCK, top: -3, ...lock },
    { mask: both, value: Mark.PROMPT, top: 0, ...prompt },
    { mask: both, value: both, top: -3, ...lockedPrompt },
  ];
}

/** @param {CanvasRenderingContext2D} context @param {[number, number][]} corners @param {string} colour */
function polygon(context, corners, colour) {
  context.fillStyle = colour;
  context.beginPath();
  for (const [x, y] of corners) context.lineTo(x, y);
  context.fill();
}

/** @param {CanvasRenderingContext2D} context @param {string} text @param {string} panel */
function drawLock(context, text, panel) {
  polygon(context, [[9, 0], [18, 9], [9, 18], [0, 9]], panel);
  polygon(context, [[9, 2], [16, 9], [9, 16], [2, 9]], text);
}

/** @param {CanvasRenderingContext2D} context @param {number} centre @param {number} radius @param {string} colour */
function disc(context, centre, radius, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(centre, centre, radius, 0, 2 * Math.PI);
  context.fill();
}
