"""Running the propagation passes of a project: each frame is written as soon as it is found."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from track_anything.errors import InputError
from track_anything.lifecycle import Running
from track_anything.models import Models, explained_shortage
from track_anything.project import Project
from track_anything.project.edits import Propagate
from track_anything.tracking.checkpoints import Checkpoints
from track_anything.tracking.counterpart import Counterpart
from track_anything.tracking.propagation import FrameResult, prime, propagate
from track_anything.types import FrameIndex, Known, ObjectId
from track_anything.video import Video

CHECKPOINT_INTERVAL = 10  # frames; a killed pass replays at most so many
MOST_PRIMED = 8  # known frames put into memory before a pass; each costs time on every frame


class Track(Running):
    """The unfinished passes of a project's newest track step; iterate to run them, stop to pause.

    What is found is written before it is handed out, so stopping at any moment loses at most the frame in
    hand. Going on later gives the same masks as never having stopped: the memory is loaded from the last
    checkpoint and the frames since then are replayed.

    Iterating raises DeviceError when memory runs out, and ProjectError when the disk is full.

    Args:
        project: where the passes are and the masks go.
        video: its frames.
        models: called once, when iteration begins.
        cuts: called once, when iteration begins: the frames that begin another shot.
    """

    def __init__(
        self,
        project: Project,
        video: Video,
        models: Callable[[], Models],
        cuts: Callable[[], Collection[FrameIndex]] = tuple,
    ) -> None:
        self._project = project
        self._video = video
        self._models = models
        self._cuts = cuts
        self._checkpoints = Checkpoints(project.cache / "memory")

    def __len__(self) -> int:
        """Frames to go through, those that are only replayed included."""
        return sum(len(self._frames_ahead(number)) for number in self._project.unfinished_passes())

    def __iter__(self) -> Iterator[FrameResult]:
        models, cuts = self._models(), self._cuts()
        with explained_shortage():
            for number in self._project.unfinished_passes():
                yield from self._run_pass(number, models, cuts)

    def prepare(self) -> None:
        """Load the models now rather than with the first frame; does nothing when no frame is left."""
        if len(self) > 0:
            self._models()

    def _run_pass(self, number: int, models: Models, cuts: Collection[FrameIndex]) -> Iterator[FrameResult]:
        self._check_precision(number, models)
        edit = self._project.state.passes[number]
        propagator, monitor = models.new_propagator(), models.new_monitor()
        has_checkpoint = len(self._frames_ahead(number)) < len(edit.frames_read)
        is_begun = has_checkpoint and self._checkpoints.load(number, propagator, monitor)
        if has_checkpoint and not is_begun:
            propagator, monitor = models.new_propagator(), models.new_monitor()
        frames = self._frames_ahead(number)
        primed = self._primed(edit)
        if not is_begun:
            known = self._project.known_of(edit.object_ids)
            prime(propagator, monitor, ((self._video.frame(frame), known[frame]) for frame in primed))
        results = propagate(
            ((frame, self._video.frame(frame)) for frame in frames),
            self._known(edit),
            propagator,
            models.new_refiner(),
            monitor=monitor,
            tracked=self._seen_before(frames[0], edit, primed),
            primed=primed,
            cuts=cuts if edit.step > 0 else {cut - 1 for cut in cuts},
        )
        counterpart = Counterpart(self._project, edit)
        left = set(self._project.frames_left(number))
        for position, found in enumerate(results, start=1):
            result = counterpart.blend(_completed(edit, found))
            if result.index in left:
                record = _record(result) | {"precision": models.precision}
                self._project.write_pass(number, result.index, result.label_map, record, result.probabilities)
            is_last = position == len(frames)
            if position % CHECKPOINT_INTERVAL == 0 and not is_last:
                self._checkpoints.save(number, result.index, propagator, monitor)
            try:
                yield result
            except GeneratorExit:
                if not is_last:
                    self._checkpoints.save(number, result.index, propagator, monitor)
                raise
        self._checkpoints.discard(number)

    def _check_precision(self, number: int, models: Models) -> None:
        """Refuse to go on with a pass otherwise than it was begun: the masks would not be of one run."""
        records = self._project.pass_records(number)
        begun = {record["precision"] for record in records.values() if "precision" in record}
        if others := begun - {models.precision}:
            raise InputError(
                f"tracking was begun in {min(others)} and would go on in {models.precision}: go on with "
                f"--precision {min(others)}, or undo the step and track again"
            )

    def _known(self, edit: Propagate) -> Known:
        """The known masks of a pass; a step from masks that nobody vouches for takes them for known."""
        known = self._project.known_of(edit.object_ids)
        if not edit.seeded:
            return known
        frame = edit.start - edit.step
        seed = {object_id: self._project.stored_mask(frame, object_id) for object_id in edit.object_ids}
        return {frame: seed, **{ahead: known[ahead] for ahead in edit.frames if ahead in known}}

    def _primed(self, edit: Propagate) -> tuple[FrameIndex, ...]:
        """The known frames that a pass begins with in memory: all its objects are known, and one is seen."""
        per_object = [self._project.state.frames_known(object_id) for object_id in edit.object_ids]
        shared = frozenset.intersection(*per_object) - {edit.start}
        known = self._project.known_of(edit.object_ids)
        seen = [frame for frame in sorted(shared) if any(mask.any() for mask in known[frame].values())]
        return spread(seen, edit, MOST_PRIMED)

    def _frames_ahead(self, number: int) -> range:
        """The frames of a pass after its checkpoint, or all of them; empty when the pass is finished.

        A frame that was lost after it was done may lie before the checkpoint, which is of no use then.
        """
        frames = self._project.state.passes[number].frames_read
        left = self._project.frames_left(number)
        if not left:
            return frames[:0]
        checkpoint = self._checkpoints.newest(number)
        begin = frames.index(checkpoint) + 1 if checkpoint is not None and checkpoint in frames else 0
        if frames.index(left[0]) < begin:
            self._checkpoints.discard(number)
            begin = 0
        return frames[begin : frames.index(left[-1]) + 1]

    def _seen_before(
        self, frame: FrameIndex, edit: Propagate, primed: Collection[FrameIndex]
    ) -> frozenset[ObjectId]:
        """The objects in memory when a pass comes to a frame: those seen on a known frame by then."""
        known = self._known(edit)
        earlier = edit.frames_read[: edit.frames_read.index(frame)]
        return frozenset(
            object_id
            for known_frame in known
            if known_frame in earlier or known_frame in primed
            for object_id, mask in known[known_frame].items()
            if mask.any()
        )


def _completed(edit: Propagate, result: FrameResult) -> FrameResult:
    """The result with those objects of the pass that are in no memory yet: seen nowhere."""
    missing = edit.followed_on(result.index) - result.probabilities.keys()
    if not missing:
        return result
    nothing = np.zeros(result.label_map.shape, np.float32)  # (H, W)
    return replace(
        result,
        confidence=dict.fromkeys(missing, 0.0) | dict(result.confidence),
        probabilities=dict.fromkeys(missing, nothing) | dict(result.probabilities),
    )


def _record(result: FrameResult) -> dict[str, Any]:
    """What is remembered about a frame beside its masks."""
    seen = set(np.unique(result.label_map).tolist())
    reasons = {str(object_id): own.reason for object_id, own in result.assessments.items() if own.reason}
    return {
        "confidence": {str(object_id): round(value, 4) for object_id, value in result.confidence.items()},
        "absent": [object_id for object_id in result.confidence if object_id not in seen],
        "reasons": reasons,
        "firings": [asdict(firing) for firing in result.firings],
        "notes": list(result.notes),
    }


def spread(known: Collection[FrameIndex], edit: Propagate, most: int) -> tuple[FrameIndex, ...]:
    """At most so many of the known frames: the one at which the pass ends, and others at even intervals."""
    ordered = sorted(known)
    if len(ordered) <= most:
        return tuple(ordered)
    end = min(ordered, key=lambda frame: abs(frame - edit.stop))
    others = [frame for frame in ordered if frame != end]
    places = np.linspace(0, len(others) - 1, most - 1).round().astype(int)
    return tuple(sorted({end, *(others[place] for place in places)}))
