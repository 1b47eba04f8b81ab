// The pointer on the timeline: seek, select, set the range, zoom, pan.

/** @import { Parts } from "./parts.js" */
/** @import { TimeAxis } from "./time_axis.js" */
/** @import { Timeline } from "./timeline.js" */

const ZOOM_PER_PIXEL = 0.002; // of the wheel, in powers of e: a notch of a mouse is about a fifth
const PINCH_PER_PIXEL = 0.01; // a pinch comes as Ctrl with a wheel that turns little
const PIXELS_PER_LINE = 16;

/**
 * What a press began, x along the axis.
 *
 * @typedef {object} Drag
 * @property {(x: number) => void} move
 * @property {() => void} [end]
 * @property {() => void} [cancel]
 */

/** What a pointer is over. @param {Event} event */
const under = (event) => /** @type {HTMLElement} */ (event.target);

/**
 * Let the panel be used with a pointer.
 *
 * @param {Parts} parts
 * @param {Timeline} view
 */
export function attachPointer({ panel, slider }, view) {
  /** @type {Drag | null} */
  let drag = null;

  panel.addEventListener("pointerdown", (event) => {
    const begin = view.project ? dragFor(event, view) : null;
    if (!begin || drag) return;
    event.preventDefault(); // no text is selected, no focus lost
    slider.focus({ preventScroll: true });
    under(event).setPointerCapture(event.pointerId);
    drag = begin;
    view.isDragging = true;
    drag.move(view.xAt(event.clientX));
    view.hover(event);
  });
  panel.addEventListener("pointermove", (event) => {
    drag?.move(view.xAt(event.clientX));
    view.hover(event);
  });
  const finish = (/** @type {"end" | "cancel"} */ how) => (/** @type {PointerEvent} */ event) => {
    const done = drag;
    drag = null;
    view.isDragging = false;
    done?.[how]?.();
    if (event.pointerType === "touch") view.leave();
  };
  panel.addEventListener("pointerup", finish("end"));
  panel.addEventListener("pointercancel", finish("cancel"));
  panel.addEventListener("pointerleave", () => drag || view.leave());
  panel.addEventListener("dblclick", (event) => {
    if (under(event).dataset.zone === "ruler") view.setAxis(view.axis.whole());
  });
  panel.addEventListener("wheel", (event) => turnWheel(event, view), { passive: false });
}

/**
 * What a press of the pointer begins, or null.
 * @param {PointerEvent} event
 * @param {Timeline} view
 * @returns {Drag | null}
 */
function dragFor(event, view) {
  const { zone, edge } = under(event).dataset;
  if (event.button === 1 && zone) return panDrag(view, view.xAt(event.clientX));
  if (event.button !== 0) return null;
  if (edge) return rangeDrag(view, edge, view.xAt(event.clientX));
  if (!zone) return null;
  return event.shiftKey ? selectDrag(view) : seekDrag(view);
}

/** @param {Timeline} view @returns {Drag} */
function seekDrag(view) {
  let last = view.frame;
  const move = (/** @type {number} */ x) => {
    const frame = view.axis.frameAt(within(view.axis, x));
    if (frame === last) return;
    last = frame;
    view.actions.seek(frame);
  };
  return { move };
}

/** @param {Timeline} view @returns {Drag} */
function selectDrag(view) {
  /** @type {number | null} */
  let anchor = null;
  return {
    move(x) {
      const frame = view.axis.frameAt(within(view.axis, x));
      anchor ??= frame;
      view.setDraft({ kind: "selection", start: Math.min(anchor, frame), stop: Math.max(anchor, frame) + 1 });
    },
    end() {
      if (view.draft) view.actions.select({ start: view.draft.start, stop: view.draft.stop });
      view.setDraft(null);
    },
    cancel: () => view.setDraft(null),
  };
}

/** @param {Timeline} view @param {string} edge @param {number} grabbedAt @returns {Drag} */
function rangeDrag(view, edge, grabbedAt) {
  const { start, stop } = view.range;
  const offset = grabbedAt - view.axis.edgeOf(edge === "start" ? start : stop); // a handle is beside its border
  return {
    move(x) {
      const border = view.axis.borderAt(within(view.axis, x - offset));
      const moved = edge === "start" ? [Math.min(border, stop - 1), stop] : [start, Math.max(border, start + 1)];
      view.setDraft({ kind: "range", start: moved[0], stop: moved[1] });
    },
    async end() {
      const draft = view.draft;
      if (!draft) return;
      const isWhole = draft.start === 0 && draft.stop === view.axis.frames;
      const isChanged = draft.start !== start || draft.stop !== stop;
      // The draft stays until the server has answered: the handle would jump back for a moment.
      try {
        if (isChanged) await (isWhole ? view.actions.setRange(null) : view.actions.setRange(draft.start, draft.stop));
      } finally {
        if (view.draft === draft) view.setDraft(null);
      }
    },
    cancel: () => view.setDraft(null),
  };
}

/** @param {Timeline} view @param {number} grabbedAt @returns {Drag} */
function panDrag(view, grabbedAt) {
  let last = grabbedAt;
  const move = (/** @type {number} */ x) => {
    view.setAxis(view.axis.panned(last - x));
    last = x;
  };
  return { move };
}

/** @param {WheelEvent} event @param {Timeline} view */
function turnWheel(event, view) {
  if (!view.project || !under(event).dataset.zone) return; // over the names the lanes scroll
  event.preventDefault();
  const unit = [1, PIXELS_PER_LINE, view.axis.width][event.deltaMode];
  const [across, along] = [event.deltaX * unit, event.deltaY * unit];
  const isZoom = event.ctrlKey || event.metaKey;
  if (!isZoom && (event.shiftKey || Math.abs(across) > Math.abs(along))) {
    view.setAxis(view.axis.panned(across || along)); // some systems turn Shift + wheel into a horizontal one
  } else {
    const speed = isZoom && Math.abs(along) < 50 ? PINCH_PER_PIXEL : ZOOM_PER_PIXEL;
    view.setAxis(view.axis.zoomed(Math.exp(-along * speed), view.xAt(event.clientX)));
  }
  view.hover(event);
}

/** @param {TimeAxis} axis @param {number} x */
function within(axis, x) {
  return Math.min(Math.max(x, 0), axis.width - 1e-3);
}
