// Where each project was left, in this browser's memory.

/** @import { Store } from "./store.js" */
/** @import { Project } from "./wire.js" */

/** Keep frame and object, so that a reload comes back to them. @param {Store} store */
export function keepPlace(store) {
  store.subscribe(["frame", "objectId"], ({ project, frame, objectId }) => {
    if (project) localStorage.setItem(keyOf(project), JSON.stringify({ frame, objectId }));
  });
}

/** Have a project come up elsewhere. @param {string} id @param {{ frame: number, objectId: number | null }} place */
export const putPlace = (id, place) => localStorage.setItem(keyOf({ id }), JSON.stringify(place));

/**
 * Frame and object as they were when this browser last showed the project, as far as they are still there.
 * @param {Project} project
 */
export function keptPlace(project) {
  const kept = JSON.parse(localStorage.getItem(keyOf(project)) ?? "{}");
  const frame = Math.min(kept.frame ?? 0, project.video.frames - 1);
  const isThere = project.objects.some(({ id }) => id === kept.objectId);
  return { frame, objectId: isThere ? kept.objectId : (project.objects[0]?.id ?? null) };
}

/** @param {{ id: string }} project */
const keyOf = ({ id }) => `ta-place-${id}`;
