// @ts-nocheck
// The canvas: the shown frame with its masks, and everything that is done on it with a pointer.

import { CanvasPanel } from "./canvas_panel.js";

/**
 * Build the canvas in `element`; `texts` has `canvas`.
 *
 * For keys and tests, `element.canvas` moves the view and tells what is where, and `element.dataset` has the `shown`
 * frame, how often it was `drawn`, and, while there is one, the frame that is `loading`.
 */
export function mountCanvas(element, { store, actions, api, pictures, texts }) {
  const panel = new CanvasPanel(element, { store, actions, api, pictures, texts: texts.canvas });
  element.canvas = {
    get transform() {
      return panel.transform;
    },
    get labelsShown() {
      return panel.labelsShown;
    },
    /** Client coordinates of the middle of a source pixel. */
    clientOf(x, y) {
      const { left, top } = panel.canvases.marks.getBoundingClientRect();
      const place = panel.transform.toStage(x + 0.5, y + 0.5);
      return { x: place.x + left, y: place.y + top };
    },
    /** [r, g, b, a] as drawn at the middle of a source pixel, marks included. */
    pixel: (x, y) => panel.canvases.colourAt(panel.transform.toStage(x + 0.5, y + 0.5)),
    fit: () => panel.fit(),
    zoom: (factor) => panel.zoom(factor),
    actualSize: () => panel.actualSize(),
    /** Break off what the pointer is doing. */
    cancel: () => panel.pointer.cancel(),
  };
}
