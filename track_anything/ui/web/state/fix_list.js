// The frames that a correction helps most, gone through one by one; asked for anew when the project changed.

/** @typedef {[frame: number, objectId: number]} ToFix */

export class FixList {
  #revision = -1;
  /** @type {ToFix[]} */
  #list = [];
  #place = -1;

  /**
   * The next [frame, objectId] at a revision of the project, the first again after the last; null without any.
   * @param {number} revision
   * @param {() => Promise<ToFix[]>} ask
   */
  async next(revision, ask) {
    if (this.#revision !== revision) {
      this.#list = await ask();
      this.#revision = revision;
      this.#place = -1;
    }
    this.#place = (this.#place + 1) % this.#list.length;
    return this.#list[this.#place] ?? null;
  }
}
