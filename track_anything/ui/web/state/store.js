// What the page shows, in one object. Panels read `store.state` and are told when it changes.

/** @import { Lacking } from "./coverage.js" */
/** @import { Tool } from "./tools.js" */
/** @import { Lanes, Point, Span } from "./types.js" */
/** @import { ViewName } from "./views.js" */
/** @import { AboutFrame, CandidatesSaid, CleanUp, CollectionSaid, FoundSaid, Home, Job, JobStatus, Models, Project, TrackChanges, TrackedObject } from "./wire.js" */

/** As in `ui/lanes.py`; KNOWN_ABSENT = a person says that the object is not there. */
export const Status = Object.freeze({ UNTRACKED: 0, KNOWN: 1, TRACKED: 2, ABSENT: 3, STALE: 4, KNOWN_ABSENT: 5 });
export const Mark = Object.freeze({ DRIFT: 1, REFINED: 2, PROMPT: 4, LOCK: 8 });
export const NO_CONFIDENCE = 255; // otherwise 0 (none) to 254 (certain)

/** @typedef {CleanUp & { objectId: number | null }} CleanUpDraft */
/** @typedef {{ count: number, place: number | null }} ToFix frames in doubt; which of them is shown, from 1 on */
/** @typedef {"open" | "collection" | "import" | "export" | "remove" | "everything" | "models" | "help" | "notes"} DialogName */
/** @typedef {{ label: string, run: () => unknown }} MessageAction a button with a message */
/** @typedef {{ id: number, kind: "error" | "info", text: string, action: MessageAction | null }} Message */
/** @typedef {{ dilation: number, feather: number, unseen: string }} RemovalChoice in pixels; how to make up what no frame shows */
/** @typedef {{ first: number | null, digits: number, template: string }} FrameNaming of exported files; as in `export/naming.py` */
/** @typedef {{ frame: number, mask: Uint8Array, x: number, y: number, score: number }} Hover a byte per pixel, 0 or 1 */

/**
 * The segmenter's answers to one ambiguous click.
 *
 * @typedef {object} Candidates
 * @property {number} objectId
 * @property {number} frame
 * @property {number[]} scores
 * @property {Uint8Array[]} masks a byte per pixel, 0 or 1
 * @property {number} chosen place of the one that was taken
 * @property {CandidatesSaid} said as they came
 */

/** @typedef {Omit<FoundSaid, "mask"> & { mask: Uint8Array }} Found a byte per pixel, 0 or 1 */
/** @typedef {{ frame: number, masks: Found[], ticked: Set<number>, refused: Set<number>, isSought: boolean, hasExample: boolean }} EverythingFound what is ticked, or not meant, by its place */

/** @typedef {{ reading?: string | null, first_number?: number | null }} HowToRead what a person says about masks */
/** @typedef {{ foreign: number, name: string, frames: number, becomes: number | null }} ForeignObject */
/** @typedef {{ frame: number, name: string }} NamedFrame what masks call a frame */

/**
 * What the server makes of masks that were sent.
 *
 * @typedef {object} MasksFound
 * @property {string} name
 * @property {string} kind
 * @property {string} meaning of the pixels
 * @property {string} match how frames were told
 * @property {number} frames how many
 * @property {NamedFrame} first
 * @property {NamedFrame} last
 * @property {ForeignObject[]} objects
 * @property {string[]} notes
 */

/**
 * Masks that are imported; `sent` is the share of them that has been sent, `choices` has an object of the project or
 * null, for a new one, by the id in the masks.
 *
 * @typedef {object} Incoming
 * @property {"sending" | "looking" | "ready" | "failed"} status
 * @property {string | null} error
 * @property {number} [sent]
 * @property {HowToRead} [how]
 * @property {MasksFound} [found]
 * @property {Map<number, number | null>} [choices]
 */

/**
 * What the page shows.
 *
 * @typedef {object} State
 * @property {Home | null} home what can be opened and exported
 * @property {CollectionSaid | null} collection the videos that are labelled together
 * @property {Project | null} project
 * @property {number} frame shown frame
 * @property {number | null} objectId selected object
 * @property {number | null} pointIndex selected click of the selected object on the shown frame
 * @property {Tool} tool
 * @property {number} brushSize diameter, source pixels
 * @property {Point[] | null} corners of a polygon in progress, continuous source coordinates
 * @property {ViewName} view
 * @property {string} backdrop what cut-outs are seen over: "checker", or a CSS colour
 * @property {Set<number>} hidden ids of objects that are not shown
 * @property {number | null} solo id of the only object to show
 * @property {boolean} playing
 * @property {boolean} onlySelected whether tracking is about the selected object alone
 * @property {boolean} asksAtCuts whether tracking stops where another shot begins, to be told what is in it
 * @property {boolean} follows whether each frame is shown as it is tracked
 * @property {ToFix | null} toFix null = not known
 * @property {TrackChanges | null} trackChanges what the newest tracking changed; null = not known
 * @property {Span | null} selection frames chosen on the timeline
 * @property {Lanes | null} lanes
 * @property {AboutFrame | null} about how the objects stand on the shown frame
 * @property {number} masksRevision grows when masks of the shown frame may have changed
 * @property {Candidates | null} candidates
 * @property {Hover | null} hover what a click under the pointer would give
 * @property {EverythingFound | null} everything
 * @property {Job | null} job
 * @property {Models | null} models
 * @property {number} busy requests that a person waits for
 * @property {Message[]} messages what is said to the person, the newest last; see `say`
 * @property {{ name: string, sent: number | null } | null} opening what is being opened; `sent` is the share of a file that
 *   has been sent, null = all of it
 * @property {{ name: string, text: string } | null} openError why the last thing could not be opened
 * @property {Incoming | null} incoming masks that are imported
 * @property {{ lacking: Lacking[], proceed: () => void } | null} lackingAsked masks that an export lacks
 * @property {string} exportForm form of the last export
 * @property {Set<number> | null} exportObjects ids of the objects to be exported; null = all
 * @property {boolean} exportRange whether exports keep to the in and out points, where there are any
 * @property {number} handles frames that exports have more on both sides
 * @property {FrameNaming} naming how files of exported frames are called
 * @property {string | null} matte how alpha is sought along outlines, in views and exports; null = as the tracker had it
 * @property {RemovalChoice | null} removal how objects are removed; null = as the server proposes
 * @property {CleanUpDraft | null} cleanUp how masks are cleaned while that is being dragged
 * @property {{ objectId: number | null, width: number } | null} band the unknown band while it is being dragged
 * @property {DialogName | null} dialog
 */

/** @type {Readonly<State>} */
const EMPTY = Object.freeze({
  home: null,
  collection: null,
  project: null,
  frame: 0,
  objectId: null,
  pointIndex: null,
  tool: "plus",
  brushSize: 24,
  corners: null,
  view: "overlay",
  backdrop: "checker",
  hidden: new Set(),
  solo: null,
  playing: false,
  onlySelected: false,
  asksAtCuts: true,
  follows: false,
  toFix: null,
  trackChanges: null,
  selection: null,
  lanes: null,
  about: null,
  masksRevision: 0,
  candidates: null,
  hover: null,
  everything: null,
  job: null,
  models: null,
  busy: 0,
  messages: [],
  opening: null,
  openError: null,
  incoming: null,
  lackingAsked: null,
  exportForm: "masks",
  exportObjects: null,
  exportRange: true,
  handles: 0,
  naming: Object.freeze({ first: null, digits: 5, template: "" }),
  matte: null,
  removal: null,
  cleanUp: null,
  band: null,
  dialog: null,
});

/** Whether a person vouches for a status: tracking never changes it. @param {number} status */
export const isKnown = (status) => status === Status.KNOWN || status === Status.KNOWN_ABSENT;

/** Whether a job is being done, paused ones included. @param {{ status: JobStatus | null } | null | undefined} job */
export const isOnItsWay = (job) => ["ready", "running", "paused"].includes(job?.status ?? "");

/** Whether a job makes a file that can be downloaded. @param {Job | null | undefined} job */
export const makesFile = (job) => ["export", "removal"].includes(job?.kind ?? "");

/**
 * Whether what is said of a job is older than what is known: answers overtake each other, ids grow.
 * @param {Job | null} known
 * @param {Job | null} said
 */
export const isOutdated = (known, said) => {
  if (known === null || said === null) return known !== null;
  return said.id < known.id || (said.id === known.id && isOnItsWay(said) && !isOnItsWay(known));
};

/**
 * Whether a job came to its end since the page knew `before`; a short one was never seen on its way.
 * @param {Job | null} before
 * @param {Job | null} now
 */
export const justEnded = (before, now) =>
  before !== null && now !== null && !isOnItsWay(now) && (isOnItsWay(before) || before.id !== now.id);

/** @typedef {Set<keyof State>} Changed names of fields */
/** @typedef {(state: State, changed: Changed) => unknown} Listener */

export class Store {
  /** @type {Set<Listener>} */
  #listeners = new Set();
  #scheduled = false;
  /** @type {Changed} */
  #changed = new Set();
  #said = 0; // number of the newest message

  constructor() {
    /** @type {State} */
    this.state = { ...EMPTY };
  }

  /**
   * Change some fields; listeners hear of all changes of a turn at once, before the next picture is drawn.
   * @param {Partial<State>} changes
   */
  set(changes) {
    for (const name of /** @type {(keyof State)[]} */ (Object.keys(changes))) {
      if (Object.is(this.state[name], changes[name])) continue;
      Object.assign(this.state, { [name]: changes[name] });
      this.#changed.add(name);
    }
    if (this.#changed.size === 0 || this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#tell());
  }

  /**
   * Say something; what is said already is not said twice.
   * @param {Message["kind"]} kind
   * @param {string} text
   * @param {MessageAction | null} [action]
   */
  say(kind, text, action = null) {
    const others = this.state.messages.filter((message) => message.kind !== kind || message.text !== text);
    this.set({ messages: [...others, { id: ++this.#said, kind, text, action }] });
  }

  /** Take a message away, or all of them. @param {number | null} [id] */
  hush(id = null) {
    const left = id === null ? [] : this.state.messages.filter((message) => message.id !== id);
    if (left.length < this.state.messages.length) this.set({ messages: left });
  }

  /** Forget the project and all that belongs to it. */
  leave() {
    const { home, collection, busy, brushSize, view, exportForm, handles, naming, matte, removal, asksAtCuts, follows } = this.state;
    const kept = { home, collection, busy, brushSize, view, exportForm, handles, naming, matte, removal, asksAtCuts, follows };
    this.set({ ...EMPTY, ...kept, hidden: new Set() });
  }

  /**
   * Call `listener(state, changed)` after changes of any of the named fields, until `signal`, if any, is aborted;
   * `changed` is a Set of names.
   * @param {(keyof State)[]} names
   * @param {Listener} listener
   * @param {AbortSignal} [signal]
   */
  subscribe(names, listener, signal) {
    const wanted = new Set(names);
    /** @type {Listener} */
    const told = (state, changed) => {
      for (const name of changed) if (wanted.has(name)) return listener(state, changed);
    };
    this.#listeners.add(told);
    signal?.addEventListener("abort", () => this.#listeners.delete(told));
    listener(this.state, wanted);
  }

  #tell() {
    this.#scheduled = false;
    const changed = this.#changed;
    this.#changed = new Set();
    for (const listener of this.#listeners) listener(this.state, changed);
  }

  /** Whether an object is to be shown. @param {number} objectId */
  isShown(objectId) {
    const { hidden, solo } = this.state;
    return solo === null ? !hidden.has(objectId) : solo === objectId;
  }

  /** The open project, for what can only be done in one. */
  get project() {
    const { project } = this.state;
    if (project === null) throw new Error("no project is open");
    return project;
  }

  /** The object with an id, or undefined. @param {number | null} objectId @returns {TrackedObject | undefined} */
  object(objectId) {
    return this.state.project?.objects.find((object) => object.id === objectId);
  }
}
