// A press counts for what it began on: answers of the server may move the page under a button that is held down.

const PRESSED = "button, summary, a[href]";
const STILL = 8; // px; a hand that holds still trembles no farther

/**
 * Have presses that end where they began click what was there, though something else is there by now. Whoever draws
 * the pointer away takes a press back, as ever.
 *
 * @param {Document} page
 */
export function keepPresses(page) {
  /** @type {{ pressed: HTMLElement, x: number, y: number, pointerId: number } | null} */
  let held = null;
  page.addEventListener("pointerdown", ({ target, button, isPrimary, clientX: x, clientY: y, pointerId }) => {
    const pressed = target instanceof Element ? target.closest(PRESSED) : null;
    held = pressed instanceof HTMLElement && button === 0 && isPrimary ? { pressed, x, y, pointerId } : null;
  }, true);
  page.addEventListener("pointercancel", () => (held = null), true);
  page.addEventListener("pointerup", (event) => {
    const ended = held;
    held = null;
    if (ended === null || event.pointerId !== ended.pointerId) return;
    const { pressed } = ended;
    const isStill = Math.hypot(event.clientX - ended.x, event.clientY - ended.y) <= STILL;
    const isThere = event.target instanceof Node && pressed.contains(event.target); // the browser clicks it
    const canBePressed = pressed.getClientRects().length > 0 && !pressed.matches(":disabled");
    if (!isStill || isThere || !canBePressed) return;
    pressed.dispatchEvent(new MouseEvent("click", event)); // there, and with the keys, that it ended with
  }, true);
}
