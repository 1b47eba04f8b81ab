// English texts of the panels and bars.

import { byteSize, count } from "./numbers.js";

/** @import { Texts } from "../state/types.js" */

/** @satisfies {Texts} */
export const cleanUpTexts = {
  title: "Clean up the masks",
  on: "· on",
  holes: "Fill holes",
  islands: "Drop islands",
  smooth: "Smooth",
  grow: "Grow",
  reset: "As tracked",
  value: {
    holes: (area) => (area === 0 ? "none" : `≤ ${count(area)} px`),
    islands: (area) => (area === 0 ? "none" : `≤ ${count(area)} px`),
    smooth: (radius) => `${radius} px`,
    grow: (pixels) => `${pixels > 0 ? "+" : ""}${pixels} px`,
  },
  tips: {
    holes: "Holes up to this area are filled, on every frame",
    islands: "Pieces up to this area are left out; the largest one always stays",
    smooth: "What is narrower than this is rounded off along the outline",
    grow: "The outline moves outwards, or inwards",
  },
};

/** @satisfies {Texts} */
export const changesTexts = {
  title: "What tracking changed",
  frames: (start, stop) => (stop - start === 1 ? `${start}` : `${start} – ${stop - 1}`),
  go: (worst, same) => `Show frame ${worst}, which changed most: ${same} of the mask is the same as before`,
  same: (share) => `${Math.floor(share * 100)} %`,
  share: (changed, compared) => `${count(changed)} of ${count(compared)}`,
  shareTip: (changed, compared) => `${count(changed)} of the ${count(compared)} frames tracked have another mask than before`,
  untouched: (masks) => `All ${count(masks)} other masks are as they were.`,
  keep: "Keep",
  putBack: "Put back",
  keepAll: "Keep all",
  putBackAll: "Put all back",
  tips: {
    keep: "It is right as it is now: off the list",
    putBack: "The masks from before tracking show again",
    wipe: "The view Before / after compares the two",
  },
};

/** @satisfies {Texts} */
export const cutTexts = {
  title: "Another shot begins",
  asked: (frame) => `Another shot begins at frame ${frame}`,
  askedTip: (start, stop) => `Tracking has stopped: are the objects on frames ${start} to ${stop - 1}?`,
  goOn: "Continue past the cut",
  goOnTip: "Track on; masks that do not look like the object are left out",
  absent: (name) => `${name} is not here`,
  absentOne: "Not here",
  absentTip: (start, stop) => `The object is absent on frames ${start} to ${stop - 1}`,
  which: "Object that is not here",
};

/** @satisfies {Texts} */
export const modelsTexts = {
  title: "Networks",
  open: "Networks",
  openTip: ({ segmenter, preset, tracker }) => `Networks: ${segmenter}, ${preset}${tracker ? ` with ${tracker}` : ""}`,
  lead: "Which network answers clicks, and how masks are carried along. The choice is kept with this project.",
  segmenter: "Clicks",
  preset: "Tracking",
  tracker: "Tracker",
  presetsOwn: "As the line above has it",
  ofPreset: "Another one may carry the masks instead; how they are mended stays as above.",
  refused: (/** @type {string} */ name, /** @type {string} */ why) => `${name} (${why})`,
  use: "Use these",
  names: /** @type {Record<string, string>} */ ({
    "mobile-sam": "MobileSAM",
    "sam-vit-b": "Segment Anything, base",
    "sam-vit-l": "Segment Anything, large",
    "sam-vit-h": "Segment Anything, huge",
    fast: "Fast: mended where masks drift",
    balanced: "Balanced: mended on every fifth frame",
    accurate: "Accurate: mended on every second frame",
    "training-free": "Without a network trained on video",
    "xmem-light": "XMem, light",
    "xmem-light-pair": "XMem, light, by two views of each frame",
    "joint-5": "XMem, light, and memory on the features of clicks on every fifth frame",
    "joint-2": "XMem, light, and memory on the features of clicks on every second frame",
    "sam-memory": "Memory on the features of clicks",
    "sam-memory-permissive": "Memory on the features of clicks, trained on freely licensed data alone",
    joint: "XMem, light, by two views, and memory on the features of clicks",
    "feature-memory": "Likeness of features, untrained",
    xmem: "XMem",
    "xmem-s012": "XMem without its training on stills",
  }),
  about: ({ meaning, bytes, is_here, licence }) => {
    if (is_here) return `${meaning}: ${bytes ? `${byteSize(bytes)}, ` : ""}on this machine`;
    return `${meaning}: ${bytes ? byteSize(bytes) : "size not known"} to be fetched once (${licence})`;
  },
  status: ({ status, done, total, message }) => {
    if (status === "failed") return `They cannot be had: ${message}`;
    if (status === "loading") return total ? `Fetching, ${Math.round((done / total) * 100)} %` : "Loading";
    return status === "ready" ? "Loaded" : "";
  },
};

export const notesTexts = {
  title: "Notes on this project",
  lead: "What was found when it was opened, or since.",
  open: (/** @type {number} */ many) => (many === 1 ? "1 note on this project" : `${many} notes on this project`),
  show: "Show",
};

export const rangeTexts = {
  title: "In and out points",
  setIn: "In point here",
  setOut: "Out point here",
  clear: "Forget the in and out points",
  short: (/** @type {[number, number]} */ [start, stop]) => `${start} – ${stop - 1}`,
  long: (/** @type {[number, number]} */ [start, stop]) =>
    `Tracking, playing and exports keep to frames ${start} to ${stop - 1}: ${stop - start} frames`,
};
