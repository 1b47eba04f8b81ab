// English texts of the dialogs.

/** @import { Texts } from "../state/types.js" */

/** @typedef {Record<string, string>} Named texts by names that the server knows */

/** Whether a name begins with that of a format, which keeps its capitals. @param {string} name */
const isProper = (name) => /^([A-Z]{2}|OpenEXR|ProRes|VP9|YouTube)/.test(name);

/** @param {number} count */
const frames = (count) => (count === 1 ? "1 frame" : `${count} frames`);

/** @satisfies {Texts} */
export const openTexts = {
  title: "Open a video",
  lead: "Click an object on one frame, and get its mask on every frame.",
  upload: "Choose a file",
  drop: "Drop a video here",
  limit: (size) => `A video, or a zip of images, of at most ${size}`,
  uploading: (share) => `Sending, ${Math.round(share * 100)} %`,
  path: "On the server's machine",
  pathExample: "clip.mp4",
  places: "Videos, folders of images and projects",
  kinds: { folder: "Look into this folder", images: "Open this folder of images", project: "Open this project", video: "Open this video" },
  up: (folder) => `Back from ${folder}`,
  emptyFolder: "No video, image or project in here.",
  openPath: "Open",
  sample: "Try the sample clip",
  sampleTip: "The Earth turning at night, 5 s",
  recent: "Recent projects",
  length: (time, count) => `${time} · ${frames(count)}`,
  used: (day) => day[0].toUpperCase() + day.slice(1),
  remove: (name) => `Delete project ${name}`,
  confirmRemove: (name) => `Delete the project ${name} and its masks? This cannot be undone.`,
  gone: "This project cannot be opened from here: it was deleted, or belongs to another visitor.",
};

/** @satisfies {Texts} */
export const exportingTexts = {
  title: "Export",
  lead: "At the size and frame rate of the source.",
  objects: "Objects",
  frames: "Frames",
  all: "Whole video",
  range: ([start, stop]) => `In to out point, ${start} to ${stop - 1}`,
  groups: /** @type {[title: string, forms: string[]][]} */ ([
    ["Video to look at", ["overlay", "foreground", "sheet"]],
    ["Masks", ["masks", "binary", "soft", "soft-8"]],
    ["Video with alpha", ["prores", "vp9", "png-mov", "ffv1", "matte"]],
    ["Cut-out frames", ["rgba", "rgba-premultiplied", "fill-and-matte", "exr", "exr-layers", "cryptomatte", "splines"]],
    ["Data sets and tables", ["davis", "youtube-vos", "coco", "boxes", "boxes-json", "confidence"]],
    ["Markers for editing programs", ["otio", "marker-edl", "fcpxml", "premiere-xml"]],
  ]),
  otherForms: "More",
  names: {
    title: "File names and handles",
    lead: "For forms with a file per frame. In a name, / makes folders.",
    first: "First number",
    firstTip: "Number of the first file, such as 1001; empty = as frames count in the video",
    asTheVideo: "video's",
    digits: "Digits",
    digitsTip: "Digits of a number, at least",
    template: "Name",
    templateTip: "With {project}, {object}, {form} and {frame}; empty = each form's own",
    handles: "Handles",
    handlesTip: "Frames more before the in point and after the out point, in every form",
  },
  forms: /** @type {Record<string, [name: string, meaning: string]>} */ ({
    masks: ["Masks", "A zip of indexed PNG files: pixels are object ids"],
    binary: ["Black and white masks", "A zip with a folder of PNG files for every object"],
    soft: ["Soft masks, 16 bits", "The same in grey: alpha in 65,536 steps"],
    "soft-8": ["Soft masks, 8 bits", "The same in 256 steps"],
    rgba: ["Cut-out", "A zip of PNG files with transparency, straight alpha"],
    "rgba-premultiplied": ["Cut-out, premultiplied", "The same, colours multiplied by alpha"],
    exr: ["OpenEXR frames", "A zip of half-float EXR files, linear, premultiplied"],
    "exr-layers": ["OpenEXR layers", "The picture and a layer per object in each file"],
    cryptomatte: ["Cryptomatte", "Objects to be picked by name in compositing"],
    "fill-and-matte": ["Fill and matte", "Pairs of PNG files: straight colours, alpha in grey"],
    davis: ["DAVIS folders", "A zip in the layout of the DAVIS 2017 data set"],
    "youtube-vos": ["YouTube-VOS folders", "A zip in the layout of that data set, with meta.json"],
    coco: ["COCO JSON", "Run lengths, boxes and scores of every mask"],
    boxes: ["Box table", "A CSV of areas, boxes, centroids and confidence"],
    "boxes-json": ["Box JSON", "The same as a JSON file"],
    splines: ["Splines", "JSON of outlines with keyframes, for Blender and Nuke"],
    prores: ["ProRes 4444", "A MOV with alpha, for editing programs"],
    vp9: ["VP9 with alpha", "A WebM that browsers play"],
    "png-mov": ["PNG video, 16 bits", "A MOV with alpha, lossless"],
    ffv1: ["FFV1, 16 bits", "An MKV with alpha, lossless"],
    matte: ["Matte video", "An MP4 of the alpha alone, in grey"],
    overlay: ["Overlay video", "An MP4 to look at, with sound"],
    foreground: ["Objects over green", "An MP4 of the objects alone, with sound"],
    sheet: ["Contact sheet", "A PNG with frames side by side"],
    confidence: ["Confidence table", "A CSV with status and confidence of every mask"],
    otio: ["OpenTimelineIO", "Shots, and markers of drift, frames to fix and locks"],
    "marker-edl": ["Marker EDL", "The markers, for a timeline of DaVinci Resolve"],
    fcpxml: ["FCPXML", "Shots and markers for Final Cut Pro and Resolve"],
    "premiere-xml": ["Premiere XML", "Shots and markers for Premiere Pro"],
  }),
  start: "Export",
  startForm: (name) => `Export ${isProper(name) ? name : name[0].toLowerCase() + name.slice(1)}`,
  downloaded: (name) => `Exported ${name}. See your downloads.`,
  files: "Exported so far",
  manifest: "manifest",
  noFiles: "Nothing yet.",
  missing: (name, missing, all) => `${name} has no mask on ${missing} of ${frames(all)}: track first?`,
  stale: (name, stale, all) => `${name} needs tracking again on ${stale} of ${frames(all)}: track first?`,
  trackAndExport: "Track and export",
  exportAnyway: "Export as it is",
};

/** @satisfies {Texts} */
export const removalTexts = {
  title: "Remove objects from the picture",
  open: "Remove",
  openTip: "Make a video without the objects",
  lead: "Makes an MP4 without the objects. What they hide is taken from frames that show it.",
  dilation: "Grow",
  dilationTip: "How far the hole reaches beyond the masks: over soft edges, motion blur and shadows",
  feather: "Feather",
  featherTip: "Over how much more the hole fades into the picture",
  unseen: "What no frame shows",
  methods: /** @type {Named} */ ({
    exemplar: "Match texture",
    diffusion: "Smooth fill",
    telea: "Continue edges",
    migan: "MI-GAN",
  }),
  start: "Remove",
  removed: (name) => `Exported ${name}. See your downloads, or drag the line over the picture to compare.`,
  look: "Compare",
};

/** @satisfies {Texts} */
export const everythingTexts = {
  title: "Find all objects",
  lead: (frame, count) => `${count} found on frame ${frame}. Tick those that are to be followed, in the picture or in the list.`,
  nothing: (frame) => `Nothing was found on frame ${frame}: click an object instead.`,
  add: (count) => (count === 0 ? "Add objects" : count === 1 ? "Add 1 object" : `Add ${count} objects`),
  item: (place, share) => `Object ${place}, ${share} % of the picture`,
  sought: (place, score) => `Find ${place}, score ${score} of 100`,
  score: (score) => `score ${score}`,
  all: "Tick all",
  none: "Tick none",
  refuse: (place) => `Not this one: find ${place}`,
  refuseShort: "Not this one",
  again: "Look again",
  againTip: "Looks on this frame again for things like those that are ticked, and unlike those that are not meant",
  nothingSought: (frame) => `Nothing else was found on frame ${frame}: look on another frame, or click it.`,
  picture: "The frame: click what is to be followed",
};

/** @satisfies {Texts} */
export const helpTexts = {
  title: "Keys, mouse and marks",
  groups: { play: "Time", mark: "Marking", edit: "Editing", look: "Looking", mouse: "Mouse", legend: "On the timeline" },
  mouse: [
    ["Click", "This belongs to the object"],
    ["Right click or Alt-click", "This does not; with the brush: erase"],
    ["Two fingers", "Zoom and move the picture"],
    ["Alt and arrows, Enter", "Move cross hairs over the picture, click there"],
    ["Drag", "Box around the object"],
    ["Polygon: click its corners", "Click the first one, or the last one again, to close it"],
    ["Click a point, drag it", "Select it, move it"],
    ["Wheel", "Zoom in and out"],
    ["Shift-drag, middle button", "Move the picture"],
    ["Shift-drag on the timeline", "Select frames"],
    ["Wheel on the timeline", "Zoom the time axis"],
  ],
};

/** @typedef {{ frame: number, name: string }} NamedFrame what masks call a frame */

export const importingTexts = {
  title: "Import masks",
  open: "Import masks",
  lead: "Masks from another program become known masks of this video, as one step that can be undone.",
  file: "Choose files",
  folder: "Choose a folder",
  kinds: "Images, a zip of them, NumPy, COCO JSON, or a video of masks",
  sending: "Sending",
  looking: "Looking at the masks",
  /** @type {(count: number, match: string, first: NamedFrame, last: NamedFrame) => string} */
  frames: (count, match, first, last) =>
    `${frames(count)}, told ${match}: ${first.name} is frame ${first.frame}${count > 1 ? `, ${last.name} is frame ${last.frame}` : ""}`,
  reading: "Pixels are",
  readings: {
    "": "As they look",
    labels: "Object ids",
    binary: "Object or not",
    soft: "How sure, in grey",
    alpha: "Transparency",
    colours: "A colour per object",
  },
  first: "Number of frame 0",
  firstTip: "The number that the first frame of the video has in the names of the files",
  automatic: "auto",
  object: "In the masks",
  onFrames: "Frames",
  becomes: "Becomes",
  /** @type {(name: string) => string} */
  becomesOf: (name) => `What ${name} becomes`,
  newObject: "A new object",
  take: "Import",
};
