// The canvas: the shown frame with its masks, and everything that is done on it with a pointer.

import { CanvasPanel } from "./canvas_panel.js";

/** @import { Page } from "../main.js" */
/** @import { Point } from "../state/types.js" */
/** @import { Polygon } from "./polygon.js" */
/** @import { ViewTransform } from "./view_transform.js" */

/**
 * What moves the view and tells what is where, for keys and tests.
 *
 * @typedef {object} CanvasHandle
 * @property {ViewTransform | null} transform
 * @property {Uint8Array | null} labelsShown
 * @property {(x: number, y: number) => Point} clientOf client coordinates of the middle of a source pixel
 * @property {(x: number, y: number) => number[]} pixel red, green, blue and alpha as drawn at the middle of a source pixel,
 *   marks included
 * @property {() => void} fit
 * @property {(factor: number) => void} zoom
 * @property {() => void} actualSize
 * @property {() => void} cancel break off what the pointer is doing
 * @property {Polygon} polygon in progress
 */

/** @typedef {HTMLElement & { canvas: CanvasHandle }} CanvasElement */

/**
 * Build the canvas in `element`; `texts` has `canvas`.
 *
 * For keys and tests, `element.canvas` moves the view and tells what is where, and `element.dataset` has the `shown`
 * frame, how often it was `drawn`, and, while there is one, the frame that is `loading`.
 * @param {HTMLElement} element
 * @param {Page} page
 */
export function mountCanvas(element, { store, actions, api, pictures, texts }) {
  const panel = new CanvasPanel(element, { store, actions, api, pictures, texts: texts.canvas });
  const transform = () => /** @type {ViewTransform} */ (panel.transform); // asked for where a frame is shown
  /** @type {CanvasHandle} */
  const canvas = {
    get transform() {
      return panel.transform;
    },
    get labelsShown() {
      return panel.labelsShown;
    },
    clientOf(x, y) {
      const { left, top } = panel.canvases.marks.getBoundingClientRect();
      const place = transform().toStage(x + 0.5, y + 0.5);
      return { x: place.x + left, y: place.y + top };
    },
    pixel: (x, y) => panel.canvases.colourAt(transform().toStage(x + 0.5, y + 0.5)),
    fit: () => panel.fit(),
    zoom: (factor) => panel.zoom(factor),
    actualSize: () => panel.actualSize(),
    cancel: () => panel.pointer.cancel(),
    polygon: panel.polygon,
  };
  Object.assign(element, { canvas });
}
