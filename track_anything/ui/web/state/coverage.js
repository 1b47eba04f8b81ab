// What is still to be done before masks are handed out: frames without a mask, and with a stale one.

import { Mark, Status } from "./store.js";

/** @import { State } from "./store.js" */
/** @import { Lane, Lanes } from "./types.js" */
/** @import { TrackedObject } from "./wire.js" */

/**
 * An object that lacks masks: counts of frames.
 *
 * @typedef {{ id: number, name: string, missing: number, stale: number, all: number }} Lacking
 */

/**
 * The objects that lack masks on some frames.
 *
 * @param {Lanes | null} lanes null = nothing is known, and nothing is said
 * @param {Pick<TrackedObject, "id" | "name">[]} objects
 * @param {[start: number, stop: number] | null} range of the frames, stop not included; null = all
 * @returns {Lacking[]}
 */
export function lacking(lanes, objects, range) {
  if (lanes === null) return [];
  const [start, stop] = range ?? [0, lanes.frames];
  const told = objects.map(({ id, name }) => {
    const status = lanes.rows.get(id)?.status.subarray(start, stop) ?? new Uint8Array(0);
    let [missing, stale] = [0, 0];
    for (const code of status) {
      if (code === Status.UNTRACKED) missing += 1;
      else if (code === Status.STALE) stale += 1;
    }
    return { id, name, missing, stale, all: stop - start };
  });
  return told.filter(({ missing, stale }) => missing + stale > 0);
}

/**
 * Whether an object lacks more masks than it did when a person was content with that.
 *
 * @param {Lacking[]} now
 * @param {Lacking[]} settled
 */
export function lacksMore(now, settled) {
  const before = new Map(settled.map((one) => [one.id, one]));
  return now.some(({ id, missing, stale }) => missing > (before.get(id)?.missing ?? 0) || stale > (before.get(id)?.stale ?? 0));
}

/**
 * The names of the objects that have a mask on no frame, beside others that have one.
 *
 * @param {Lanes | null} lanes null = nothing is known, and nothing is said
 * @param {Pick<TrackedObject, "id" | "name">[]} objects
 */
export function unbegun(lanes, objects) {
  const isNothing = (/** @type {number} */ code) => code === Status.UNTRACKED || code === Status.KNOWN_ABSENT;
  const untouched = objects.filter(({ id }) => lanes?.rows.get(id)?.status.every(isNothing));
  return untouched.length < objects.length ? untouched.map(({ name }) => name) : [];
}

/**
 * What a person would do next: answer at a "cut" where tracking waits, "click" an object, "track" what has no mask or a stale one, "fix" what is in doubt
 * (`toFix`, or what has drifted as long as that is not counted), or "export".
 * @param {Pick<State, "project" | "lanes" | "toFix">} state
 */
export function nextStep({ project, lanes, toFix }) {
  if (!project || !lanes || project.objects.length === 0) return "click";
  if (project.cut) return "cut";
  const rows = project.objects.flatMap(({ id }) => lanes.rows.get(id) ?? []);
  const [start, stop] = project.range ?? [0, lanes.frames];
  const isBegun = (/** @type {Lane} */ row) => row.status.some((code) => code !== Status.UNTRACKED);
  const begun = rows.filter(isBegun);
  if (begun.length === 0) return "click";
  const isOpen = (/** @type {Lane} */ { status }) => status.subarray(start, stop).some((code) => code === Status.UNTRACKED || code === Status.STALE);
  if (begun.some(isOpen)) return "track";
  const hasDrifted = (/** @type {Lane} */ { status, marks }) => marks.subarray(start, stop).some((mark, at) => mark & Mark.DRIFT && status[start + at] === Status.TRACKED);
  const isInDoubt = toFix === null ? begun.some(hasDrifted) : toFix.count > 0;
  return isInDoubt ? "fix" : "export";
}
