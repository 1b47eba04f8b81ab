// Values that are costly to fetch: each is fetched once, shared by all who ask, and dropped when room is needed.

/** @template Value @typedef {{ promise: Promise<Value>, value: Value | undefined, bytes: number }} Entry */

/**
 * Kept values by key; when they weigh too much together, the one that was used longest ago goes first.
 *
 * @template Key
 * @template Value
 */
export class SharedLru {
  /** @type {Map<Key, Entry<Value>>} */
  #entries = new Map(); // key -> {promise, value, bytes}, the one that was used last at the end
  #bytes = 0;

  /**
   * `weigh(value)` tells bytes; `dispose(value)` is called for what is dropped; `held` is a key that never is.
   * @param {number} capacity bytes
   * @param {{ weigh: (value: Value) => number, dispose?: (value: Value) => void }} how
   */
  constructor(capacity, { weigh, dispose = () => {} }) {
    this.capacity = capacity;
    this.weigh = weigh;
    this.dispose = dispose;
    /** @type {Key | null} */
    this.held = null;
  }

  /**
   * The value, from here or by calling `load`; those who ask while it is on its way get the same promise.
   * @param {Key} key
   * @param {() => Promise<Value>} load
   * @returns {Promise<Value>}
   */
  get(key, load) {
    const kept = this.#use(key);
    if (kept) return kept.promise;
    /** @type {Entry<Value>} */
    const entry = {
      value: undefined,
      bytes: 0,
      promise: load().then(
        (value) => this.#arrived(key, entry, value),
        (error) => {
          if (this.#entries.get(key) === entry) this.#entries.delete(key); // the next one who asks tries again
          throw error;
        },
      ),
    };
    this.#entries.set(key, entry);
    return entry.promise;
  }

  /** The value if it is here, else undefined. @param {Key} key */
  peek(key) {
    return this.#use(key)?.value;
  }

  /** Drop all whose key `isUnwanted` says so of, also those on their way. @param {(key: Key) => boolean} isUnwanted */
  forget(isUnwanted) {
    for (const key of [...this.#entries.keys()]) if (isUnwanted(key)) this.#drop(key);
  }

  /** @param {Key} key */
  #use(key) {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  /** @param {Key} key @param {Entry<Value>} entry @param {Value} value */
  #arrived(key, entry, value) {
    if (this.#entries.get(key) !== entry) return value; // forgotten meanwhile: who waited for it may have it
    entry.value = value;
    entry.bytes = this.weigh(value);
    this.#bytes += entry.bytes;
    for (const [other, { value: held }] of this.#entries) {
      if (this.#bytes <= this.capacity) break;
      if (held !== undefined && other !== key && other !== this.held) this.#drop(other);
    }
    return value;
  }

  /** @param {Key} key */
  #drop(key) {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    if (entry.value !== undefined) this.dispose(entry.value);
  }
}
