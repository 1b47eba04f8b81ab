// What follows from the list of a collection's videos: how far it is in all, and what a person does next.

/** @import { Colour } from "./types.js" */
/** @import { AttributeSaid, CollectionSaid, CollectionVideo, LabelClassSaid, NextFrame, VideoState } from "./wire.js" */

/** In the order in which a video goes through them. @type {readonly VideoState[]} */
export const VIDEO_STATES = ["untouched", "proposed", "in doubt", "tracked", "reviewed", "done"];
const FINISHED = new Set(["reviewed", "done"]);

/**
 * @typedef {object} Summary
 * @property {number} videos
 * @property {Map<VideoState, number>} states how many videos are in each
 * @property {number} objects
 * @property {number} seconds of all videos that have been opened
 * @property {number} finished seconds of those that are reviewed or done
 * @property {number} doubts frames that need a person
 */

/** How far a collection is in all. @param {CollectionSaid} collection @returns {Summary} */
export function summary({ videos }) {
  const states = new Map(VIDEO_STATES.map((state) => [state, 0]));
  let [objects, seconds, finished, doubts] = [0, 0, 0, 0];
  for (const video of videos) {
    states.set(video.state, (states.get(video.state) ?? 0) + 1);
    objects += video.objects;
    seconds += video.seconds;
    if (FINISHED.has(video.state)) finished += video.seconds;
    if (video.state === "in doubt") doubts += video.doubts;
  }
  return { videos: videos.length, states, objects, seconds, finished, doubts };
}

/**
 * The video of a collection that a project is of; undefined for projects of other videos.
 * @param {CollectionSaid | null} collection
 * @param {string | null | undefined} projectId
 */
export const videoOf = (collection, projectId) => (projectId ? collection?.videos.find(({ id }) => id === projectId) : undefined);

/** The class of an object: its name without a number behind it. @param {string} name */
export const classOf = (name) => name.replace(/\s+\d+$/, "");

/** How many objects are of each class, named as one or not. @param {CollectionSaid} collection */
export function classCounts({ videos }) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { named } of videos) for (const { name } of named) counts.set(classOf(name), (counts.get(classOf(name)) ?? 0) + 1);
  return counts;
}

/** Far from each other, also for who sees red and green as one. @type {readonly Colour[]} */
const CLASS_COLOURS = [[86, 180, 233], [230, 159, 0], [0, 158, 115], [204, 121, 167], [240, 228, 66], [213, 94, 0], [0, 114, 178], [153, 102, 255]];

/** A colour that no class has yet, as long as there is one. @param {readonly LabelClassSaid[]} classes @returns {Colour} */
export function nextColour(classes) {
  const taken = new Set(classes.map(({ colour }) => String(colour)));
  return CLASS_COLOURS.find((colour) => !taken.has(String(colour))) ?? CLASS_COLOURS[classes.length % CLASS_COLOURS.length];
}

/** As an input of colours has it. @param {Colour | null} colour */
export const hexOf = (colour) => `#${(colour ?? [128, 128, 128]).map((part) => part.toString(16).padStart(2, "0")).join("")}`;

/** @param {string} hex @returns {Colour} */
export const colourFrom = (hex) => /** @type {Colour} */ ([1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));

/** Attributes as they are typed: "occluded: no, yes; clothes". @param {readonly AttributeSaid[]} attributes */
export const attributesText = (attributes) => attributes.map(({ name, values }) => (values.length ? `${name}: ${values.join(", ")}` : name)).join("; ");

/** What was typed; the same name counts once. @param {string} text @returns {AttributeSaid[]} */
export function attributesFrom(text) {
  const parts = text.split(";").map((part) => part.split(":"));
  const all = parts.map(([name, ...values]) => ({ name: name.trim(), values: listed(values.join(":")) }));
  return all.filter(({ name }, place) => name && all.findIndex((each) => each.name === name) === place);
}

/** @param {string} text */
const listed = (text) => [...new Set(text.split(",").map((value) => value.trim()).filter(Boolean))];

/** The page that is shown without a project. @param {{ home: { has_collection: boolean } | null }} state @returns {"collection" | "open"} */
export const frontOf = ({ home }) => (home?.has_collection ? "collection" : "open");

/**
 * Where a person goes next, and why: to a frame in "doubt", to "review" a video, to "label" one without objects.
 *
 * @typedef {{ video: string, place: NextFrame | null, why: "doubt" | "review" | "label" }} Following
 */

/** What a frame that was looked at is remembered by. @param {NextFrame} place */
export const keyOf = ({ video, frame, object_id }) => `${frame}:${object_id}:${video}`;

/**
 * What comes next; null = all is reviewed, or waits for what is done in the background.
 * @param {CollectionSaid} collection
 * @param {ReadonlySet<string>} passed frames that were looked at, see `keyOf`
 * @param {string | null} leaving the video that is shown
 * @returns {Following | null}
 */
export function following({ videos, next, ahead }, passed, leaving) {
  const place = next.find((each) => !passed.has(keyOf(each)) && each.video !== ahead?.video);
  if (place) return { video: place.video, place, why: "doubt" };
  /** @param {(video: CollectionVideo) => boolean} isWanted */
  const first = (isWanted) => videos.find((video) => video.name !== leaving && video.name !== ahead?.video && isWanted(video));
  const toReview = first(({ state }) => state === "tracked" || state === "in doubt");
  if (toReview) return { video: toReview.name, place: null, why: "review" };
  const toLabel = first(({ state }) => state === "untouched");
  return toLabel ? { video: toLabel.name, place: null, why: "label" } : null;
}
