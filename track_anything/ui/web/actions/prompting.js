// What a person says about the selected object on the shown frame: clicks, a box, a painted mask, a choice of answers.

import { Answers, unpacked, wordsOf } from "./answers.js";
import { packMask } from "../state/bytes.js";

/** @import { Store } from "../state/store.js" */
/** @import { PromptAnswer, Prompts } from "../state/wire.js" */
/** @import { Asking } from "./asking.js" */
/** @import { Aim, Target } from "./target.js" */

export class Prompting {
  #answers = new Answers();

  /**
   * `target` tells which object the next prompt is about.
   * @param {Store} store
   * @param {Asking} asking
   * @param {Target} target
   */
  constructor(store, asking, target) {
    this.store = store;
    this.asking = asking;
    this.target = target;
    store.subscribe(["about", "objectId"], () => this.#recall());
    store.subscribe(["project"], ({ project }) => {
      if (project === null) this.#answers = new Answers(); // another one will be shown
    });
  }

  get state() {
    return this.store.state;
  }

  /** @param {number} x @param {number} y @param {boolean} positive */
  click(x, y, positive) {
    return this.#prompt("/click", { x, y, positive });
  }

  /** @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
  box(x0, y0, x1, y1) {
    return this.#prompt("/box", { box: [x0, y0, x1, y1] });
  }

  /** @param {number | null} pointIndex */
  selectPoint(pointIndex) {
    this.store.set({ pointIndex });
  }

  /** @param {number} index @param {number} x @param {number} y */
  async movePoint(index, x, y) {
    const given = this.#given;
    if (!given?.points[index]) return;
    /** @type {Prompts["points"]} */
    const points = given.points.map((point, place) => (place === index ? [x, y] : point));
    await this.#reprompt({ ...given, points });
  }

  async deletePoint() {
    const { pointIndex } = this.state;
    const given = this.#given;
    if (pointIndex === null || !given?.points[pointIndex]) return;
    /** @template T @param {T[]} list */
    const without = (list) => list.filter((_, place) => place !== pointIndex);
    this.store.set({ pointIndex: null });
    const rest = { ...given, points: without(given.points), labels: without(given.labels) };
    const saysNothing = !rest.box && !rest.labels.includes(1); // negative clicks alone are about nothing
    await this.#reprompt(saysNothing ? { points: [], labels: [], box: null } : rest);
  }

  /** @param {Uint8Array} mask */
  async paint(mask) {
    const { frame } = this.state;
    const { aim } = this.target;
    const body = { frame, mask: await packMask(mask) };
    await this.asking.change("/paint", () => ({ object_id: aim.objectId, ...body }));
  }

  /** Take another of the segmenter's answers to the lone click. @param {number} place */
  async chooseCandidate(place) {
    const { candidates } = this.state;
    if (!candidates || candidates.chosen === place) return;
    this.store.set({ candidates: { ...candidates, chosen: place } });
    this.#answers.choose(candidates.said, place);
    const body = { object_id: candidates.objectId, frame: candidates.frame, candidate: place };
    await this.asking.change("/choose", () => body);
  }

  /** The answer after the chosen one, or before it (-1). @param {number} [step] */
  nextCandidate(step = 1) {
    const { candidates } = this.state;
    if (!candidates) return undefined;
    const count = candidates.scores.length;
    return this.chooseCandidate((candidates.chosen + step + count) % count);
  }

  /** Show the answers no more, for good. */
  dismissCandidates() {
    const { candidates } = this.state;
    if (candidates) this.#answers.forget(candidates.said);
    this.store.set({ candidates: null });
  }

  /**
   * Ask about what is selected now, on the shown frame; the object's name is known when the turn comes.
   * @param {string} path
   * @param {object} said
   */
  #prompt(path, said) {
    const { frame } = this.state;
    const { aim } = this.target;
    return this.asking.change(path, () => ({ object_id: aim.objectId, frame, ...said }), (answer) => this.#prompted(answer, aim));
  }

  /** @param {PromptAnswer} answer @param {Aim} aim */
  async #prompted(answer, aim) {
    if (answer.object_id === undefined || !this.target.settle(aim, answer.object_id)) return; // withdrawn, or left
    this.store.set({ objectId: answer.object_id, pointIndex: null });
    this.store.hush(); // what was wrong before is past
    const found = answer.candidates;
    if (!found) return this.store.set({ candidates: null });
    this.#answers.keep(found);
    this.store.set({ candidates: await unpacked(found, this.#pixels) });
  }

  /** Back on a frame, at an object or at what was said before: its answers are there again; else there are none. */
  async #recall() {
    const { candidates, frame, objectId } = this.state;
    const given = this.#given;
    if (!given || objectId === null) return;
    const said = this.#answers.find(frame, objectId, given);
    if (!said) return this.store.set({ candidates: null });
    const words = wordsOf(said);
    if (candidates && wordsOf(candidates.said) === words) return;
    const found = await unpacked(said, this.#pixels);
    const isMeant = this.state.frame === frame && this.state.objectId === objectId;
    if (isMeant && this.#given && wordsOf({ ...said, ...this.#given }) === words) this.store.set({ candidates: found });
  }

  /** Of a frame. */
  get #pixels() {
    const { width, height } = this.store.project.video;
    return width * height;
  }

  /** @param {Prompts} prompts */
  async #reprompt({ points, labels, box }) {
    await this.#prompt("/prompt", { points, labels, box });
  }

  /** What was said about the selected object on the shown frame. @returns {Prompts | undefined} */
  get #given() {
    const { about, frame, objectId } = this.state;
    return about?.frame === frame && objectId !== null ? about.objects[objectId] : undefined;
  }
}
