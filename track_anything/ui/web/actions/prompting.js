// @ts-nocheck
// What a person says about the selected object on the shown frame: clicks, a box, a painted mask, a choice of answers.

import { packMask, unpackMask } from "../state/bytes.js";

export class Prompting {
  /** `target` tells which object the next prompt is about. */
  constructor(store, asking, target) {
    Object.assign(this, { store, asking, target });
  }

  get state() {
    return this.store.state;
  }

  click(x, y, positive) {
    return this.#prompt("/click", { x, y, positive });
  }

  box(x0, y0, x1, y1) {
    return this.#prompt("/box", { box: [x0, y0, x1, y1] });
  }

  selectPoint(pointIndex) {
    this.store.set({ pointIndex });
  }

  async movePoint(index, x, y) {
    const given = this.#given;
    if (!given?.points[index]) return;
    const points = given.points.map((point, place) => (place === index ? [x, y] : point));
    await this.#reprompt({ ...given, points });
  }

  async deletePoint() {
    const { pointIndex } = this.state;
    const given = this.#given;
    if (pointIndex === null || !given?.points[pointIndex]) return;
    const without = (list) => list.filter((_, place) => place !== pointIndex);
    this.store.set({ pointIndex: null });
    const rest = { ...given, points: without(given.points), labels: without(given.labels) };
    const saysNothing = !rest.box && !rest.labels.includes(1); // negative clicks alone are about nothing
    await this.#reprompt(saysNothing ? { points: [], labels: [], box: null } : rest);
  }

  async paint(mask) {
    const { frame } = this.state;
    const { aim } = this.target;
    const body = { frame, mask: await packMask(mask) };
    await this.asking.change("/paint", () => ({ object_id: aim.objectId, ...body }));
  }

  /** Take another of the segmenter's answers to the lone click. */
  async chooseCandidate(place) {
    const { candidates } = this.state;
    if (!candidates || candidates.chosen === place) return;
    this.store.set({ candidates: { ...candidates, chosen: place } });
    const body = { object_id: candidates.objectId, frame: candidates.frame, candidate: place };
    await this.asking.change("/choose", () => body);
  }

  /** The answer after the chosen one, or before it (-1). */
  nextCandidate(step = 1) {
    const { candidates } = this.state;
    const count = candidates?.scores.length;
    if (count) return this.chooseCandidate((candidates.chosen + step + count) % count);
  }

  /** Ask about what is selected now, on the shown frame; the object's name is known when the turn comes. */
  #prompt(path, said) {
    const { frame } = this.state;
    const { aim } = this.target;
    return this.asking.change(path, () => ({ object_id: aim.objectId, frame, ...said }), (answer) => this.#prompted(answer, aim));
  }

  async #prompted(answer, aim) {
    if (answer.object_id === undefined || !this.target.settle(aim, answer.object_id)) return; // withdrawn, or left
    this.store.set({ objectId: answer.object_id, pointIndex: null, hover: null });
    this.store.hush(); // what was wrong before is past
    const found = answer.candidates;
    if (!found) return this.store.set({ candidates: null });
    const { width, height } = this.state.project.video;
    const masks = await Promise.all(found.masks.map((mask) => unpackMask(mask, width * height)));
    this.store.set({
      candidates: { objectId: found.object_id, frame: found.frame, scores: found.scores, masks, chosen: found.chosen },
    });
  }

  async #reprompt({ points, labels, box }) {
    await this.#prompt("/prompt", { points, labels, box });
  }

  get #given() {
    const { about, frame, objectId } = this.state;
    return about?.frame === frame ? about.objects[objectId] : undefined;
  }
}
