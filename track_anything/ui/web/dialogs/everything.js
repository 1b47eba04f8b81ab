// @ts-nocheck
// Everything on a frame: a pick list with a picture of each thing; ticked ones become objects.

import { button, el, fill } from "../elements/dom.js";

const THUMB_WIDTH = 148; // CSS pixels

/** What the dialog holds. */
export function everythingDialog({ store, actions, pictures, texts }, signal) {
  const words = texts.everything;
  const { frame, masks } = store.state.everything;
  const add = button({ label: words.add(0), className: "ta-primary", onclick: () => actions.everything.pick(), id: "ta-pick" });
  const grid = el("div", { className: "ta-pick-list", role: "group", "aria-label": words.title });
  const { width, height } = store.state.project.video;
  const tiles = masks.map((found, place) => {
    const share = ((100 * found.area) / (width * height)).toFixed(1);
    const canvas = el("canvas", { width: THUMB_WIDTH, height: Math.round((THUMB_WIDTH * height) / width), "aria-hidden": "true" });
    const tick = el("input", { type: "checkbox", "aria-label": words.item(place + 1, share), onchange: () => actions.everything.tick(place) });
    const tile = el("label", { className: "ta-tile", title: words.item(place + 1, share) }, canvas, el("span", { className: "ta-tile-foot" }, tick, `${share} %`));
    return { tile, tick, canvas, found };
  });
  fill(grid, tiles.map(({ tile }) => tile));
  pictures.image(frame).then((image) => {
    for (const { canvas, found } of tiles) drawThing(canvas, image, found, width, height);
  });
  store.subscribe(["everything"], ({ everything }) => {
    if (everything === null) return;
    for (const [place, { tick, tile }] of tiles.entries()) {
      tick.checked = everything.ticked.has(place);
      tile.classList.toggle("ta-selected", tick.checked);
    }
    add.disabled = everything.ticked.size === 0;
    add.textContent = words.add(everything.ticked.size);
    add.setAttribute("aria-label", add.textContent);
  }, signal);
  const lead = masks.length ? words.lead(frame, masks.length) : words.nothing(frame);
  return { title: words.title, body: el("div", {}, el("p", { className: "ta-lead" }, lead), grid, el("div", { className: "ta-buttons ta-end" }, add)) };
}

/** The frame in grey with the thing in its own colours. */
function drawThing(canvas, image, { mask, box }, width, height) {
  const context = canvas.getContext("2d");
  context.filter = "grayscale(1) brightness(0.45)";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  context.filter = "none";
  const thing = new OffscreenCanvas(width, height);
  const own = thing.getContext("2d");
  const alpha = new ImageData(width, height);
  for (let pixel = 0; pixel < mask.length; pixel++) alpha.data[4 * pixel + 3] = mask[pixel] * 255;
  own.putImageData(alpha, 0, 0);
  own.globalCompositeOperation = "source-in";
  own.drawImage(image, 0, 0);
  context.drawImage(thing, 0, 0, canvas.width, canvas.height);
  const [sx, sy] = [canvas.width / width, canvas.height / height];
  context.strokeStyle = "#fff";
  context.setLineDash([4, 3]);
  context.strokeRect(box[0] * sx, box[1] * sy, (box[2] - box[0]) * sx, (box[3] - box[1]) * sy);
}
