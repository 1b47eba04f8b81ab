// What the server says, as types; `ui/describe.py` and the routes beside it make it.

/** @import { Colour, Span } from "./types.js" */

/** @typedef {{ usual: number, most: number }} Offered pixels */

/**
 * A project that can be come back to.
 *
 * @typedef {object} RecentProject
 * @property {string} id
 * @property {string} name
 * @property {number} used when, in seconds since 1970
 * @property {number | null} frames null = not known
 * @property {number | null} rate frames per second; null = not known
 * @property {boolean} has_picture
 */

/** @typedef {{ path: string, kind: "folder" | "images" | "project" | "video" }} Place on the server's machine */

/** @typedef {"untouched" | "proposed" | "in doubt" | "tracked" | "reviewed" | "done"} VideoState */
/** @typedef {{ video: string, frame: number, object_id: number }} NextFrame that needs a person */

/**
 * A video of the collection that is labelled.
 *
 * @typedef {object} CollectionVideo
 * @property {string} name
 * @property {string | null} id of its project; null = it was not opened yet
 * @property {boolean} has_picture
 * @property {VideoState} state
 * @property {number} objects
 * @property {{ id: number, name: string }[]} named what these are called
 * @property {number} frames to be labelled
 * @property {number} seconds that these take
 * @property {number} known masks that were given or locked by a person
 * @property {number} masks that there would be in all
 * @property {number} doubts frames that need a person
 * @property {string | null} fault what went wrong the last time
 */

/**
 * What is done in the background.
 *
 * @typedef {object} Ahead
 * @property {string} video
 * @property {number} done videos
 * @property {number} total videos
 * @property {string} stage
 * @property {number} frames done of that stage
 * @property {number | null} of how many
 */

/** @typedef {{ name: string, values: string[] }} AttributeSaid the values that it may have; none = any text */
/** @typedef {{ name: string, colour: Colour | null, attributes: AttributeSaid[] }} LabelClassSaid null = objects have their own */

/** @typedef {{ video: string, object_id: number, name: string, frame: number, j: number, f: number }} AgreementSaid an object of two labellers, and the frame on which they agree least */

/**
 * @typedef {object} ComparisonSaid
 * @property {string} other the other labeller
 * @property {JobStatus | null} status null = nothing was compared yet
 * @property {string | null} error
 * @property {{ j: number, f: number, count: number, objects: AgreementSaid[] } | null} scores the least agreement first
 * @property {string[]} notes
 */

/** @typedef {{ form: string, status: JobStatus, error: string | null, notes: string[], file: string }} DataSetSaid */

/**
 * @typedef {object} CollectionSaid
 * @property {string} name
 * @property {CollectionVideo[]} videos
 * @property {NextFrame[]} next the one that a correction helps most first
 * @property {Ahead | null} ahead
 * @property {LabelClassSaid[]} classes that objects may be of
 * @property {ComparisonSaid | null} comparison null = there is no other labeller
 * @property {DataSetSaid | null} data_set the newest one
 * @property {{ name: string, size: number }[]} files data sets that were made, the newest first
 * @property {string[]} forms of data sets
 */

/**
 * What can be opened and exported.
 *
 * @typedef {object} Home
 * @property {boolean} has_collection whether there is a collection to label
 * @property {RecentProject[]} recent the one that was used last first
 * @property {string[]} roots folders on the server's machine from which paths may be opened
 * @property {number} upload_limit bytes
 * @property {string[]} forms of exports
 * @property {string[]} forms_with_alpha those to which mattes make a difference
 * @property {string[]} forms_with_names those whose files of frames can be named
 * @property {string[]} mattes ways to make mattes
 * @property {{ dilation: Offered, feather: Offered, unseen: string[] }} removal
 */

/**
 * @typedef {object} Video
 * @property {number} width
 * @property {number} height
 * @property {number} frames how many
 * @property {number} rate frames per second
 * @property {string | null} losses what is damaged
 */

/**
 * What is done to every mask of an object where it is shown or handed out; 0 = nothing.
 *
 * @typedef {object} CleanUp
 * @property {number} holes area in source pixels up to which holes are filled
 * @property {number} islands area in source pixels up to which pieces are taken away
 * @property {number} smooth radius in source pixels of what is rounded off along the outline
 * @property {number} grow source pixels by which the outline moves outwards; negative = inwards
 */

/**
 * @typedef {object} TrackedObject
 * @property {number} id
 * @property {string} name
 * @property {Colour} colour
 * @property {Record<string, string>} attributes what is told of it besides its class
 * @property {number | null} owner id of the object that it goes with, as a shadow does
 * @property {number} band how wide alpha is sought along the outline, pixels
 * @property {CleanUp} clean_up
 */

/** @typedef {Span & { number: number }} Removed the number of a removal, and the frames that can be looked at */

/**
 * @typedef {object} Project
 * @property {string} id
 * @property {string} name
 * @property {Video} video
 * @property {TrackedObject[]} objects
 * @property {[start: number, stop: number] | null} range between in and out point, `stop` not included
 * @property {boolean} can_undo
 * @property {boolean} can_redo
 * @property {number} revision grows with every change
 * @property {number[] | null} cuts first frames of later shots; null = not looked for yet
 * @property {boolean} has_unfinished whether there is tracking to go on with
 * @property {number | null} everything frame on which everything was looked for
 * @property {Removed | null} removed
 * @property {string[]} notes what was damaged, recovered or found elsewhere
 * @property {Span & { frame: number, objects: number[] } | null} cut where another shot begins, in which these objects may be
 *   or not: tracking waits to be told
 * @property {{ text: string, fits: boolean } | null} forecast how much memory tracking all objects takes; null = not known
 */

/** @typedef {"open" | "track" | "everything" | "import" | "shadow" | "export" | "removal"} JobKind */
/** @typedef {"ready" | "running" | "paused" | "done" | "cancelled" | "failed"} JobStatus */

/**
 * @typedef {object} Job
 * @property {number} id grows from job to job
 * @property {JobKind} kind
 * @property {string} stage what is being done of it
 * @property {JobStatus} status
 * @property {"paused" | "cancelled" | null} asked what it comes to after the item in hand; null = nothing else was asked
 * @property {number} done of the stage
 * @property {number | null} total of the stage
 * @property {number} rate per second
 * @property {number | null} eta seconds
 * @property {string | null} error
 * @property {string[]} notes what a person should know of it
 * @property {string | null} file that it made
 * @property {number | null} frame that was tracked last
 * @property {Memory | null} memory how full the tracker's memory was then; null = it does not say
 */

/**
 * How full the tracker's memory is.
 *
 * @typedef {object} Memory
 * @property {number} permanent known frames kept whole
 * @property {number} compressed known frames of which prototypes are kept
 * @property {number} working recent frames kept whole
 * @property {number} long_term prototypes
 * @property {number} most_long_term prototypes that there is room for
 * @property {number} evicted prototypes that made room
 * @property {number} bytes
 */

/**
 * The networks.
 *
 * @typedef {object} Models
 * @property {"idle" | "loading" | "ready" | "failed"} status
 * @property {number} done bytes
 * @property {number | null} total bytes
 * @property {string} message what went wrong
 * @property {ModelChoice | null} chosen null = none can be chosen
 */

/** @typedef {{ segmenter: string, preset: string, tracker: string }} ModelChoice the networks by name; tracker "" = the preset's */

/**
 * A segmenter, a tracker, or a preset with its tracker.
 *
 * @typedef {object} ModelOffer
 * @property {string} name
 * @property {string} meaning
 * @property {number | null} bytes to be fetched once; 0 = nothing, null = not known
 * @property {boolean} is_here whether nothing has to be fetched
 * @property {string} licence of what is fetched; empty = nothing is
 * @property {string} refusal why it cannot be chosen; empty = it can
 */

/**
 * @typedef {{ chosen: ModelChoice | null, segmenters: ModelOffer[], presets: ModelOffer[], trackers: ModelOffer[] }}
 *   ModelOffers
 */

/** @typedef {{ status: string, confidence: string, marks: string }} LaneBytes base64 of a byte per frame */
/** @typedef {Span & { rows: Record<number, LaneBytes> }} LanesPart the rows by object id */

/**
 * What a page has to know that last heard of an earlier revision.
 *
 * @typedef {object} Update
 * @property {Job | null} job
 * @property {Models} models
 * @property {Project | null} project null while it is being opened, and for who knows its newest revision; then there is
 *   neither `lanes` nor `changed`
 * @property {LanesPart | null} lanes
 * @property {Span} [changed] frames whose masks may have changed
 * @property {boolean} stillborn whether the video was not read to its end, and there is no project of it
 */

/** @typedef {{ points: [number, number][], labels: number[], box: [number, number, number, number] | null }} Prompts */

/**
 * How an object stands on a frame, and what was said about it there.
 *
 * @typedef {Prompts & Standing} About
 *
 * @typedef {object} Standing
 * @property {"untracked" | "known" | "tracked" | "absent" | "stale"} status
 * @property {number | null} confidence 0 to 1
 * @property {string | null} reason the signal of the drift monitor that spoke loudest
 * @property {boolean} refined
 */

/** @typedef {{ frame: number, objects: Record<number, About> }} AboutFrame the objects by id */

/**
 * The segmenter's answers to a click.
 *
 * @typedef {object} CandidatesSaid
 * @property {number} object_id
 * @property {number} frame
 * @property {number[]} scores
 * @property {string[]} masks packed
 * @property {number} chosen place of the one that was taken
 * @property {Prompts["points"]} points what they are answers to, like the labels and the box
 * @property {Prompts["labels"]} labels
 * @property {Prompts["box"]} box
 */

/** @typedef {Update & { object_id: number, candidates?: CandidatesSaid | null }} PromptAnswer */

/** @typedef {[number, number, number, number]} Corners x0, y0, x1, y1; the latter are not included */
/** @typedef {{ mask: string, area: number, box: Corners, predicted_iou: number }} FoundSaid the mask is packed */
/** @typedef {{ frame: number, masks: FoundSaid[], is_sought: boolean, has_example: boolean, meant: number }} EverythingSaid where something is sought, predicted_iou is its score; the first `meant` were ticked before */

/**
 * Frames next to each other on which tracking made another mask of an object than there was before.
 *
 * @typedef {object} ChangedStretch
 * @property {number} object_id
 * @property {number} start
 * @property {number} stop not included
 * @property {number} worst the frame that changed most
 * @property {number} agreement IoU of its mask with the one before, 0 to 1
 */

/**
 * @typedef {object} ChangedObject
 * @property {number} id
 * @property {number} changed frames that nobody has judged yet
 * @property {number} compared frames that were tracked and had a mask before
 * @property {number} accepted changed frames that were accepted
 */

/**
 * What the newest tracking changed.
 *
 * @typedef {object} TrackChanges
 * @property {ChangedObject[]} objects
 * @property {ChangedStretch[]} stretches what changed most first
 * @property {number} untouched masks that tracking cannot have changed, and has not
 */

/** @typedef {{ name: string, size: number, manifest: string | null }} ExportedFile the size in bytes */

export {};
