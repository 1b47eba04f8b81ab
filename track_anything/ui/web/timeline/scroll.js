// The bar below the lanes: which part of the video is shown, and a way to move it.

/** @import { Parts } from "./parts.js" */
/** @import { TimeAxis } from "./time_axis.js" */

const SHORTEST_THUMB = 24; // pixels: still to be caught

/** Put the thumb where the view is. @param {Parts} parts @param {TimeAxis} axis */
export function placeThumb({ scroll, thumb }, axis) {
  scroll.classList.toggle("ta-is-whole", axis.isWhole);
  const { length, room } = measures(axis);
  const moved = axis.isWhole ? 0 : (axis.first / (axis.frames - axis.span)) * room;
  thumb.style.width = `${length}px`;
  thumb.style.translate = `${moved}px 0`;
}

/**
 * Let the bar be dragged; `view` has an `axis` and `setAxis`.
 * @param {Parts} parts
 * @param {{ axis: TimeAxis, setAxis: (axis: TimeAxis) => void }} view
 */
export function attachScroll({ scroll, thumb }, view) {
  /** @type {number | null} */
  let grabbed = null; // where, from the left end of the thumb

  const move = (/** @type {PointerEvent} */ event, /** @type {number} */ held) => {
    const { axis } = view;
    const { room } = measures(axis);
    if (room <= 0) return;
    const share = (event.clientX - scroll.getBoundingClientRect().left - held) / room;
    view.setAxis(axis.panned((share * (axis.frames - axis.span) - axis.first) * axis.scale));
  };
  scroll.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || view.axis.isWhole) return;
    scroll.setPointerCapture(event.pointerId);
    const onThumb = event.target === thumb;
    grabbed = onThumb ? event.clientX - thumb.getBoundingClientRect().left : measures(view.axis).length / 2;
    move(event, grabbed);
  });
  scroll.addEventListener("pointermove", (event) => grabbed !== null && move(event, grabbed));
  const letGo = () => {
    grabbed = null;
  };
  for (const type of ["pointerup", "pointercancel"]) scroll.addEventListener(type, letGo);
}

/** @param {TimeAxis} axis */
function measures(axis) {
  const share = axis.isWhole ? 1 : axis.span / axis.frames;
  const length = Math.min(axis.width, Math.max(share * axis.width, SHORTEST_THUMB));
  return { length, room: axis.width - length };
}
