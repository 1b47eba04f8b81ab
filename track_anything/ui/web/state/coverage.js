// @ts-nocheck
// What is still to be done before masks are handed out: frames without a mask, and with an outdated one.

import { Mark, Status } from "./store.js";

/**
 * The objects that lack masks on some frames: [{id, name, missing, stale, all}], counts of frames.
 *
 * @param lanes as in the store; null = nothing is known, and nothing is said
 * @param objects [{id, name}]
 * @param range [start, stop] of the frames, stop not included; null = all
 */
export function lacking(lanes, objects, range) {
  if (lanes === null) return [];
  const [start, stop] = range ?? [0, lanes.frames];
  const told = objects.map(({ id, name }) => {
    const status = lanes.rows.get(id)?.status.subarray(start, stop) ?? [];
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
 * What a person would do next: "click" an object, "track" what has no mask or an outdated one, "fix" what has drifted,
 * or "export".
 */
export function nextStep({ project, lanes }) {
  if (!project || !lanes || project.objects.length === 0) return "click";
  const rows = project.objects.map(({ id }) => lanes.rows.get(id)).filter(Boolean);
  const [start, stop] = project.range ?? [0, lanes.frames];
  const isBegun = (row) => row.status.some((code) => code !== Status.UNTRACKED);
  const begun = rows.filter(isBegun);
  if (begun.length === 0) return "click";
  const isOpen = ({ status }) => status.subarray(start, stop).some((code) => code === Status.UNTRACKED || code === Status.STALE);
  if (begun.some(isOpen)) return "track";
  const hasDrifted = ({ status, marks }) => marks.subarray(start, stop).some((mark, at) => mark & Mark.DRIFT && status[start + at] === Status.TRACKED);
  return begun.some(hasDrifted) ? "fix" : "export";
}
