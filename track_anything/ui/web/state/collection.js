// What follows from the list of a collection's videos: how far it is in all, and what a person does next.

/** @import { CollectionSaid, CollectionVideo, NextFrame, VideoState } from "./wire.js" */

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
