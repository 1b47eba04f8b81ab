// @ts-nocheck
// What the page shows, in one object. Panels read `store.state` and are told when it changes.

/** As in `ui/lanes.py`; KNOWN_ABSENT = a person says that the object is not there. */
export const Status = Object.freeze({ UNTRACKED: 0, KNOWN: 1, TRACKED: 2, ABSENT: 3, STALE: 4, KNOWN_ABSENT: 5 });
export const Mark = Object.freeze({ DRIFT: 1, REFINED: 2, PROMPT: 4, LOCK: 8 });
export const NO_CONFIDENCE = 255; // otherwise 0 (none) to 254 (certain)

const EMPTY = Object.freeze({
  home: null, // what can be opened and exported: {recent, roots, upload_limit, forms, forms_with_alpha, mattes, removal}
  project: null, // as the server describes it: {id, name, video, objects, range, can_undo, can_redo, revision, removed, ...}
  frame: 0, // shown frame
  objectId: null, // selected object
  pointIndex: null, // selected click of the selected object on the shown frame
  tool: "click", // click | brush | eraser
  brushSize: 24, // diameter, source pixels
  view: "overlay", // one of VIEWS in views.js
  hidden: new Set(), // ids of objects that are not shown
  solo: null, // id of the only object to show, or null
  playing: false,
  selection: null, // {start, stop}: frames chosen on the timeline, stop not included
  lanes: null, // {frames, rows: Map(id -> {status, confidence, marks}: Uint8Array each)}
  about: null, // of the shown frame: {frame, objects: {id: {status, confidence, reason, refined, points, labels, box}}}
  masksRevision: 0, // grows when masks of the shown frame may have changed
  candidates: null, // {objectId, frame, scores, masks, chosen}: the segmenter's answers to one ambiguous click
  hover: null, // {frame, mask}: what a click under the pointer would give
  everything: null, // {frame, masks: [{mask, area, predicted_iou}], ticked: Set}
  job: null, // {id, kind, stage, status, done, total, rate, eta, error, notes, file}
  models: null, // {status: idle | loading | ready | failed, done, total, message}
  busy: 0, // requests that a person waits for
  messages: [], // what is said to the person, the newest last: [{id, kind: error | info, text, action}], see `say`
  opening: null, // what is being opened: {name, sent}; `sent` is the share of a file that has been sent, null = all of it
  openError: null, // why the last thing could not be opened: {name, text}
  lackingAsked: null, // masks that an export lacks: {lacking, proceed()}; see coverage.js
  exportForm: "masks", // form of the last export
  exportObjects: null, // Set of the ids of the objects to be exported; null = all
  exportRange: false, // whether the frames between in and out point alone are exported
  matte: null, // how alpha is sought along outlines, for the view and for exports; null = as sure as the tracker was
  removal: null, // {dilation, feather, unseen}: how objects are removed; null = as the server proposes
  band: null, // {objectId, width}: the unknown band while it is being dragged
  dialog: null, // open | export | remove | everything | help | null
});

/** Whether a person vouches for a status: tracking never changes it. */
export const isKnown = (status) => status === Status.KNOWN || status === Status.KNOWN_ABSENT;

/** Whether a job is being done, paused ones included. */
export const isOnItsWay = (job) => ["ready", "running", "paused"].includes(job?.status);

/** Whether a job makes a file that can be downloaded. */
export const makesFile = (job) => ["export", "removal"].includes(job?.kind);

/** Whether what is said of a job is older than what is known: answers overtake each other, ids grow. */
export const isOutdated = (known, said) => {
  if (known === null || said === null) return known !== null;
  return said.id < known.id || (said.id === known.id && isOnItsWay(said) && !isOnItsWay(known));
};

/** Whether a job came to its end since the page knew `before`; a short one was never seen on its way. */
export const justEnded = (before, now) =>
  before !== null && !isOnItsWay(now) && (isOnItsWay(before) || before.id !== now.id);

export class Store {
  #listeners = new Set();
  #scheduled = false;
  #changed = new Set();
  #said = 0; // number of the newest message

  constructor() {
    this.state = { ...EMPTY };
  }

  /** Change some fields; listeners hear of all changes of a turn at once, before the next picture is drawn. */
  set(changes) {
    for (const [name, value] of Object.entries(changes)) {
      if (Object.is(this.state[name], value)) continue;
      this.state[name] = value;
      this.#changed.add(name);
    }
    if (this.#changed.size === 0 || this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#tell());
  }

  /** Say something; `action`, if any, is a button with it: {label, run()}. What is said already is not said twice. */
  say(kind, text, action = null) {
    const others = this.state.messages.filter((message) => message.kind !== kind || message.text !== text);
    this.set({ messages: [...others, { id: ++this.#said, kind, text, action }] });
  }

  /** Take a message away, or all of them. */
  hush(id = null) {
    const left = id === null ? [] : this.state.messages.filter((message) => message.id !== id);
    if (left.length < this.state.messages.length) this.set({ messages: left });
  }

  /** Forget the project and all that belongs to it. */
  leave() {
    const { home, busy, brushSize, view, exportForm, matte, removal } = this.state;
    this.set({ ...EMPTY, home, busy, brushSize, view, exportForm, matte, removal, hidden: new Set() });
  }

  /**
   * Call `listener(state, changed)` after changes of any of the named fields, until `signal`, if any, is aborted;
   * `changed` is a Set of names.
   */
  subscribe(names, listener, signal) {
    const wanted = new Set(names);
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

  /** Whether an object is to be shown. */
  isShown(objectId) {
    const { hidden, solo } = this.state;
    return solo === null ? !hidden.has(objectId) : solo === objectId;
  }

  /** The object with an id, or undefined. */
  object(objectId) {
    return this.state.project?.objects.find((object) => object.id === objectId);
  }
}
