// English texts of the collection that is labelled.

import { clockTime, count } from "./numbers.js";

/** @import { Texts } from "../state/types.js" */

/** @param {number} many @param {string} thing */
const counted = (many, thing) => `${count(many)} ${thing}${many === 1 ? "" : "s"}`;

/** @satisfies {Texts} */
export const collectionTexts = {
  title: (name) => `Collection ${name}`,
  open: "Collection",
  openTip: "The videos that are labelled together",
  lead: "Propose objects, correct the frames that are asked for, mark videos as reviewed, export them.",
  empty: "No video is in that state.",
  all: "All",
  states: /** @type {Record<string, string>} */ ({
    untouched: "Untouched", proposed: "Proposed", "in doubt": "In doubt", tracked: "Tracked", reviewed: "Reviewed", done: "Done",
  }),
  tips: /** @type {Record<string, string>} */ ({
    untouched: "No object yet",
    proposed: "There are objects, and frames to be tracked",
    "in doubt": "Tracked, and some masks cannot be trusted",
    tracked: "Tracked, and nothing is in doubt: look through it and mark it as reviewed",
    reviewed: "Every mask was given or locked by a person",
    done: "A person said so",
  }),
  progress: (objects, finished, seconds) => `${counted(objects, "object")} · ${clockTime(finished)} of ${clockTime(seconds)} reviewed`,
  next: "Next",
  nextTip: "Go to the frame of all videos that a correction helps most; then to what is to be reviewed",
  nextVideo: "Next video",
  reviewed: "Reviewed",
  reviewedTip: "The masks of this video, or of the selected frames, are right: they are locked, which can be undone",
  review: "Reviewed",
  reviewTip: (name) => `All masks of ${name} are right: they are locked, which can be undone`,
  done: "Done",
  doneTip: (name) => `Nothing is left to do in ${name}`,
  reopen: "Reopen",
  reopenTip: (name) => `There is something to do in ${name} after all`,
  openVideo: (name) => `Open ${name}`,
  proposeTitle: "Propose",
  words: "person, dog (empty: anything)",
  wordsTip: "What to look for, by name; nothing = all that is found",
  propose: "Propose objects",
  proposeTip: "Look at the first frame of every video that has no objects yet; what is found is tracked",
  like: "or like an object",
  likeTip: "Look for what is like this object",
  likeAsked: (videos) => `Looking in ${counted(videos, "video")} for what is like it. Go on labelling meanwhile.`,
  track: "Track the rest",
  trackTip: "Track what is left in all videos that have objects",
  stop: "Stop",
  handOut: "Export",
  form: "Form",
  validation: "Validation",
  validationTip: "Share of the videos for validation, whole videos, by their names",
  unfinished: "Unreviewed, too",
  unfinishedTip: "Also videos that nobody has reviewed",
  writing: "Writing",
  log: "Edit log",
  logTip: "Every edit of every video as a table: who did what comes from it",
  made: "Made before",
  handedOut: (file) => `Exported ${file}. See your downloads.`,
  forms: /** @type {Record<string, string>} */ ({
    coco: "COCO", ytvis: "YTVIS", "youtube-vos": "YouTube-VOS", davis: "DAVIS", mots: "MOTS", burst: "BURST", "sa-v": "SA-V", yolo: "YOLO", labelme: "LabelMe",
    cvat: "CVAT", "label-studio": "Label Studio", "pascal-voc": "Pascal VOC",
  }),
  objects: (many) => counted(many, "object"),
  known: (share) => `${share} masks known`,
  doubts: (many) => `${counted(many, "frame")} in doubt`,
  knownShare: (known, masks) => (masks === 0 ? "" : `${count(known)} of ${count(masks)}`),
  length: (frames, seconds) => (frames === 0 ? "" : `${counted(frames, "frame")} · ${clockTime(seconds)}`),
  ahead: ({ video, done, total, stage, frames, of }, /** @type {Record<string, string>} */ stages) =>
    [stages[stage] ?? stages[""], video, of ? `${count(frames)} of ${count(of)}` : "", `video ${Math.min(done + 1, total)} of ${total}`].filter(Boolean).join(" · "),
  opening: (name) => `Opening ${name}`,
  waiting: "Nothing needs you right now: what is tracked in the background may.",
  nothingLeft: "Nothing in this collection needs you: all of it is reviewed.",
  why: {
    doubt: (video, frame) => `${video}: is the mask on frame ${frame} right? Correct it, or mark the video as reviewed.`,
    review: (video) => `${video}: nothing is in doubt. Look through it and mark it as reviewed.`,
    label: (video) => `${video} has no objects yet: click what is to be labelled.`,
  },
};

/** @satisfies {Texts} */
export const classesTexts = {
  title: "Classes",
  hint: "Objects are named and coloured after their class. Attributes are what you say of each of them, as “occluded: no, yes; clothes”.",
  such: "person",
  add: "Another class",
  addFace: "Add class",
  attributesSuch: "occluded: no, yes; clothes",
  attributes: (name) => `Attributes of ${name}: a name, its values behind a colon, the next behind a semicolon; without values any text`,
  colour: (name) => `Colour of ${name}`,
  uncoloured: (name) => `Objects of ${name} have colours of their own: choose one for all`,
  rename: (name) => `Rename ${name}, and its objects in all videos`,
  drop: (name) => `Take ${name} off the list; objects keep their names`,
  count: (many) => counted(many, "object"),
  section: "In the collection",
  one: "Class",
  chooseTip: "What the object is: it is named and coloured after its class",
  choose: "Choose",
  nothing: "None yet",
  unsaid: "Not said",
  open: "Name or change classes",
  like: "Like this in all videos",
  likeTip: "Look for what is like this object in every video that has no objects yet; what is found is tracked",
};

/** @satisfies {Texts} */
export const agreementTexts = {
  title: (other) => `Agreement with ${other}`,
  compare: "Compare",
  comparing: "Comparing",
  none: "Nothing was compared yet.",
  all: ({ j, f, count: many }) => `J ${j.toFixed(3)} · F ${f.toFixed(3)} · ${counted(many, "object")}`,
  video: "Video",
  object: "Object",
  measures: "J is how far the masks overlap, F how far their outlines agree, 0 to 1; objects are matched by overlap",
  open: (video, frame) => `Open ${video} on frame ${frame}, where the two agree least`,
};
