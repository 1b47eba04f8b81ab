// What a person should know before all objects are tracked.

import { unbegun } from "../state/coverage.js";
import { texts } from "../texts/texts.js";

/** @import { Message, State } from "../state/store.js" */

/** @param {Pick<State, "project" | "lanes">} state @returns {Pick<Message, "kind" | "text">[]} */
export function cautions({ project, lanes }) {
  const forecast = project?.forecast;
  const untouched = unbegun(lanes, project?.objects ?? []);
  /** @type {Pick<Message, "kind" | "text">[]} */
  const told = forecast && !forecast.fits ? [{ kind: "error", text: forecast.text }] : [];
  return untouched.length > 0 ? [...told, { kind: "info", text: texts.tracking.leftOut(untouched) }] : told;
}
