// @ts-nocheck
// What a person says about the selected object on the shown frame: clicks, a box, a painted mask, a choice of answers.

import { packMask, unpackMask } from "../state/bytes.js";

export class Prompting {
  constructor(store, asking) {
    this.store = store;
    this.asking = asking;
  }

  get state() {
    return this.store.state;
  }

  click(x, y, positive) {
    const { frame } = this.state;
    // a second click that does not wait for the answer to the first one is about the object that the first one made
    return this.#prompt("/click", () => ({ object_id: this.state.objectId, frame, x, y, positive }));
  }

  box(x0, y0, x1, y1) {
    const { frame } = this.state;
    return this.#prompt("/box", () => ({ object_id: this.state.objectId, frame, box: [x0, y0, x1, y1] }));
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
    const { frame, objectId } = this.state;
    const body = { object_id: objectId, frame, mask: await packMask(mask) };
    await this.asking.change("/paint", () => body);
  }

  /** Take another of the segmenter's answers to the lone click. */
  async chooseCandidate(place) {
    const { candidates } = this.state;
    if (!candidates || candidates.chosen === place) return;
    this.store.set({ candidates: { ...candidates, chosen: place } });
    const body = { object_id: candidates.objectId, frame: candidates.frame, candidate: place };
    await this.asking.change("/choose", () => body);
  }

  nextCandidate() {
    const { candidates } = this.state;
    if (candidates) return this.chooseCandidate((candidates.chosen + 1) % candidates.scores.length);
  }

  #prompt(path, makeBody) {
    return this.asking.change(path, makeBody, (answer) => this.#prompted(answer));
  }

  async #prompted(answer) {
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
    const { frame, objectId } = this.state;
    await this.#prompt("/prompt", () => ({ object_id: objectId, frame, points, labels, box }));
  }

  get #given() {
    const { about, frame, objectId } = this.state;
    return about?.frame === frame ? about.objects[objectId] : undefined;
  }
}
