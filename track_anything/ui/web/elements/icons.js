// Icons as strokes on a 16 x 16 grid, so that they do not depend on the fonts of the machine.

const PATHS = {
  undo: "M6 3 3 6l3 3M3 6h6a4 4 0 0 1 0 8H6",
  redo: "M10 3l3 3-3 3M13 6H7a4 4 0 0 0 0 8h3",
  click: "M8 1v4M8 11v4M1 8h4M11 8h4M8 7.5v1M7.5 8h1",
  brush: "M13.5 2.5 7 9M6.5 8.5c-2 0-3 1.5-3 3.2 0 1-.7 1.6-1.5 1.8 3 .9 6.3 0 6.3-3.2z",
  eraser: "M9.5 2.5l4 4-7 7h-3l-2-2zM5.5 6.5l4 4M8 13.5h6",
  help: "M5.5 6a2.5 2.5 0 1 1 3.7 2.2C8.4 8.7 8 9.1 8 10M8 12.8v.2",
  theme: "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
  play: "M5 3l8 5-8 5z",
  pause: "M5.5 3v10M10.5 3v10",
  both: "M5 5 2 8l3 3M11 5l3 3-3 3M2 8h12",
  forward: "M2 8h9M8 5l3 3-3 3M14 3v10",
  backward: "M14 8H5M8 5 5 8l3 3M2 3v10",
  step: "M3 3v10M6 8h7M10 5l3 3-3 3",
  in: "M7 3H4v10h3M13 8H7.5M10 5.5 7.5 8 10 10.5",
  out: "M9 3h3v10H9M3 8h5.5M6 5.5 8.5 8 6 10.5",
  minus: "M3 8h10",
  lasso: "M8 2.5c3.3 0 6 1.6 6 3.8S11.3 10 8 10 2 8.500 2 6.300 4.700 2.500 8 2.500zM5 9.600c-1.600.700-1.600 2.700.300 2.700s1.500 1.700-.800 1.700",
  polygon: "M3 6.5 8.500 2.500 13.500 6 11.500 13H5zM3 6.500v.010M8.500 2.500v.010M13.500 6v.010M11.500 13v.010M5 13v.010",
  check: "M3 8.500 6.500 12 13 4.500",
  skip: "M3 3l6 5-6 5zM12.500 3v10",
  stop: "M4 4h8v8H4z",
  flag: "M4 14V2.5M4 3h8l-2 3 2 3H4",
  down: "M4 6l4 4 4-4",
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  eye: "M1.5 8C3 5.3 5.3 4 8 4s5 1.3 6.5 4C13 10.7 10.7 12 8 12s-5-1.3-6.5-4zM8 6.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z",
  hidden: "M2 2l12 12M6 4.3C9.8 3.3 12.8 4.9 14.5 8c-.5.9-1.1 1.7-1.8 2.3M10 11.7C6.2 12.7 3.2 11.1 1.5 8 2 7.1 2.6 6.3 3.3 5.7",
  solo: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
  film: "M2 3.5h12v9H2zM2 6h2.5M2 10h2.5M11.5 6H14M11.5 10H14M4.5 3.5v9M11.5 3.5v9",
  folder: "M1.5 4.5v8h13v-7h-7l-1.5-2h-4.5z",
  images: "M2 3h12v10H2zM2 11l3.5-4 3 3 2-2 3.5 3.5M10.5 5.5v.5",
  remove: "M3 13 12 4M10 2l.6 1.4L12 4l-1.4.6L10 6l-.6-1.4L8 4l1.4-.6zM13 8l.4 1 1 .4-1 .4-.4 1-.4-1-1-.4 1-.4zM5 3l.4 1 1 .4-1 .4-.4 1-.4-1-1-.4 1-.4z",
  info: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 7.5V11M8 5v.2",
  warn: "M8 2 1.5 13.5h13zM8 6.5v3.5M8 11.8v.2",
  lock: "M4 7.5h8V14H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  more: "M3.5 8h.1M8 8h.1M12.5 8h.1",
  masks: "M8 2 2 5l6 3 6-3zM2 8l6 3 6-3M2 11l6 3 6-3",
  chip: "M4 4h8v8H4zM6.500 6.500h3v3h-3zM6 1.500V4M10 1.500V4M6 12v2.500M10 12v2.500M1.500 6H4M1.500 10H4M12 6h2.500M12 10h2.500",
  boxes: "M2 2.500h7v6.500H2zM6 9v4.500h8V6.500H9",
  grid: "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z",
};
/** @typedef {keyof typeof PATHS} IconName */

const NAMESPACE = "http://www.w3.org/2000/svg";

/** An icon by its name, in the colour of the text around it. @param {IconName} name */
export function icon(name) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 16 16", class: "ta-icon", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(NAMESPACE, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
