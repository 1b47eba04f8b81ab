// The segmenter's answers to clicks, kept for whoever comes back to a frame or an object.

import { unpackMask } from "../state/bytes.js";

/** @import { Candidates } from "../state/store.js" */
/** @import { CandidatesSaid, Prompts } from "../state/wire.js" */

const MOST = 200; // clicks whose answers are kept, packed as they came

export class Answers {
  /** @type {Map<string, CandidatesSaid>} */
  #kept = new Map(); // by what they are answers to; those that came last are the last

  /** @param {CandidatesSaid} said */
  keep(said) {
    const key = wordsOf(said);
    this.#kept.delete(key);
    this.#kept.set(key, said);
    if (this.#kept.size > MOST) this.#kept.delete([...this.#kept.keys()][0]);
  }

  /** Another of the answers was taken. @param {CandidatesSaid} said @param {number} chosen */
  choose(said, chosen) {
    this.keep({ ...said, chosen });
  }

  /** @param {CandidatesSaid} said */
  forget(said) {
    this.#kept.delete(wordsOf(said));
  }

  /**
   * The answers to what was said about an object on a frame.
   * @param {number} frame
   * @param {number} objectId
   * @param {Prompts} prompts
   */
  find(frame, objectId, prompts) {
    return this.#kept.get(wordsOf({ frame, object_id: objectId, ...prompts }));
  }
}

/**
 * Answers with their masks at hand, for pictures of so many pixels.
 * @param {CandidatesSaid} said
 * @param {number} pixels
 * @returns {Promise<Candidates>}
 */
export async function unpacked(said, pixels) {
  const masks = await Promise.all(said.masks.map((mask) => unpackMask(mask, pixels)));
  return { said, objectId: said.object_id, frame: said.frame, scores: said.scores, masks, chosen: said.chosen };
}

/** What answers are answers to, as text. @param {Prompts & { frame: number, object_id: number }} about */
export const wordsOf = ({ frame, object_id, points, labels, box }) => JSON.stringify([frame, object_id, points, labels, box]);
