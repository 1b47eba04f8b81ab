"""What the newest track step changed of masks that were there before it, to be kept or put back."""

from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from track_anything.errors import InputError
from track_anything.masks import iou
from track_anything.project import Project
from track_anything.project.claims import NO_CLAIM, Claim, replay
from track_anything.project.edit_reach import without_passes
from track_anything.project.edits import Accept, Reject, Verdict
from track_anything.project.layers import LostLayerError
from track_anything.project.state import State
from track_anything.types import FrameIndex, ObjectId


@dataclass(frozen=True)
class ChangedStretch:
    """Frames next to each other on which the mask of an object is another one than before.

    Attributes:
        object_id: the object.
        start: first frame.
        stop: the frame after the last one.
        worst: the frame that changed most.
        agreement: IoU of the mask on that frame with the one before, 0 to 1.
    """

    object_id: ObjectId
    start: FrameIndex
    stop: FrameIndex
    worst: FrameIndex
    agreement: float

    @property
    def frames(self) -> range:
        """Its frames."""
        return range(self.start, self.stop)


@dataclass(frozen=True)
class ObjectChanges:
    """What was changed of one object.

    Attributes:
        object_id: the object.
        compared: frames that the step tracked and that had a mask, or a known absence, before.
        new: frames that had none.
        accepted: changed frames that a person has accepted.
        stretches: the changed frames that nobody has accepted yet, what changed most first.
    """

    object_id: ObjectId
    compared: int
    new: int
    accepted: int
    stretches: tuple[ChangedStretch, ...]

    @property
    def changed(self) -> int:
        """How many frames the stretches have together."""
        return sum(len(stretch.frames) for stretch in self.stretches)


@dataclass(frozen=True)
class TrackChanges:
    """What the newest track step changed.

    Attributes:
        passes: numbers of its passes; none = nothing was tracked yet.
        objects: per object that it followed, ascending.
        untouched: masks of all objects that the step could not have changed, known or outside of it, and that
            are made of the same write-once files as before: proof that nothing else has moved.
    """

    passes: tuple[int, ...]
    objects: tuple[ObjectChanges, ...]
    untouched: int

    @property
    def stretches(self) -> tuple[ChangedStretch, ...]:
        """Those of all objects, what changed most first."""
        return tuple(sorted((s for each in self.objects for s in each.stretches), key=_agreement))

    def verdicts(
        self, kind: type[Accept | Reject], objects: Collection[ObjectId] | None, frames: range | None
    ) -> list[Verdict]:
        """The edits that accept or reject what was changed.

        Args:
            kind: which of the two.
            objects: of which objects; None = all.
            frames: on which frames; None = all.

        Raises:
            InputError: nothing was changed there, or it was accepted already.
        """
        verdicts: list[Verdict] = []
        for stretch in self.stretches:
            chosen = stretch.frames
            if frames is not None:
                chosen = range(max(stretch.start, frames.start), min(stretch.stop, frames.stop))
            if chosen and (objects is None or stretch.object_id in objects):
                verdicts.append(kind(stretch.object_id, chosen.start, chosen.stop, self.passes))
        if not verdicts:
            raise InputError(
                "the newest tracking changed no mask there: choose frames and objects that it changed"
            )
        return verdicts


class TrackComparison:
    """Compares the masks of a project with those that would show without its newest track step.

    Layers are written once, so what was compared is kept, and only what is new is read.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._passes: tuple[int, ...] = ()
        self._agreements: dict[tuple[FrameIndex, Claim, Claim], float] = {}

    def steps(self) -> Generator[tuple[int, int], None, TrackChanges]:
        """Compare frame by frame; yields (frames done, in all), returns what changed."""
        state, count = self._project.state, self._project.frame_count
        passes = tuple(state.last_step)
        if passes != self._passes:
            self._passes, self._agreements = passes, {}
        edits = without_passes(state.edits, passes)
        found = {
            object_id: _Found(_accepted(state, object_id, passes))
            for object_id in sorted({o for edit in state.last_step.values() for o in edit.object_ids})
            if object_id in state.objects
        }
        untouched = 0
        for frame in range(count) if passes else ():
            followed = {o for edit in state.last_step.values() for o in edit.followed_on(frame)}
            now, before = self._project.claims(frame), replay(edits, frame, self._project.written(frame))
            for object_id in state.objects:
                shown, earlier = now.get(object_id, NO_CLAIM), before.get(object_id, NO_CLAIM)
                may_change = object_id in followed and not shown.is_known
                untouched += not may_change and shown.parts == earlier.parts
                if may_change and object_id in found:
                    found[object_id].take(frame, earlier, self._agreement(frame, shown, earlier))
            yield frame + 1, count
        objects = tuple(each.changes(object_id) for object_id, each in found.items())
        return TrackChanges(passes, objects, untouched)

    def compare(self) -> TrackChanges:
        """What the newest track step changed."""
        steps = self.steps()
        while True:
            try:
                next(steps)
            except StopIteration as done:
                changes: TrackChanges = done.value
                return changes

    def accept(
        self, *, objects: Collection[ObjectId] | None = None, frames: range | None = None
    ) -> list[Verdict]:
        """Say that what the newest track step changed is right: it leaves the list.

        Args:
            objects: of which objects; None = all.
            frames: on which frames; None = all.

        Returns:
            The edits that it took, one for each stretch; one step to undo.

        Raises:
            InputError: nothing was changed there, or it was accepted already.
        """
        return self._judge(Accept, objects, frames)

    def reject(
        self, *, objects: Collection[ObjectId] | None = None, frames: range | None = None
    ) -> list[Verdict]:
        """Put back the masks from before the newest track step where it changed them; else as ``accept``.

        What is put back is no longer stale: tracking leaves it alone until something new is said beside it.
        """
        return self._judge(Reject, objects, frames)

    def _judge(
        self, kind: type[Accept | Reject], objects: Collection[ObjectId] | None, frames: range | None
    ) -> list[Verdict]:
        verdicts = self.compare().verdicts(kind, objects, frames)
        with self._project.one_step():
            for verdict in verdicts:
                self._project.edit(verdict)
        return verdicts

    def _agreement(self, frame: FrameIndex, shown: Claim, earlier: Claim) -> float | None:
        """IoU of two masks of a frame, 1 only for equal ones; None where there was none before."""
        if not earlier.parts and not earlier.is_known:
            return None
        if shown.parts == earlier.parts:
            return 1.0
        key = frame, shown, earlier
        if key not in self._agreements:
            try:
                one, other = (self._project.claimed_mask(frame, claim) for claim in (shown, earlier))
            except LostLayerError:  # from now on it is as if that layer had not been written
                return None
            self._agreements[key] = 1.0 if np.array_equal(one, other) else min(iou(one, other), 1 - 1e-9)
        return self._agreements[key]


class _Found:
    """What is found of one object on the way through the frames."""

    def __init__(self, accepted: Collection[FrameIndex]) -> None:
        self._accepted = accepted
        self._agreements: dict[FrameIndex, float] = {}
        self._counts = {"compared": 0, "new": 0, "accepted": 0}

    def take(self, frame: FrameIndex, earlier: Claim, agreement: float | None) -> None:
        if agreement is None:
            self._counts["new"] += not earlier.parts
            return
        is_changed = agreement < 1
        self._counts["compared"] += 1
        self._counts["accepted"] += is_changed and frame in self._accepted
        if is_changed and frame not in self._accepted:
            self._agreements[frame] = agreement

    def changes(self, object_id: ObjectId) -> ObjectChanges:
        found = [_stretch(object_id, frames, self._agreements) for frames in _runs(sorted(self._agreements))]
        return ObjectChanges(object_id, **self._counts, stretches=tuple(sorted(found, key=_agreement)))


def _agreement(stretch: ChangedStretch) -> tuple[float, FrameIndex]:
    return stretch.agreement, stretch.start


def _stretch(
    object_id: ObjectId, frames: Sequence[FrameIndex], agreements: Mapping[FrameIndex, float]
) -> ChangedStretch:
    worst = min(frames, key=lambda frame: agreements[frame])
    return ChangedStretch(object_id, frames[0], frames[-1] + 1, worst, agreements[worst])


def _runs(frames: Sequence[FrameIndex]) -> list[list[FrameIndex]]:
    """Ascending frames in stretches without a gap."""
    runs: list[list[FrameIndex]] = []
    for frame in frames:
        if runs and frame == runs[-1][-1] + 1:
            runs[-1].append(frame)
        else:
            runs.append([frame])
    return runs


def _accepted(state: State, object_id: ObjectId, passes: tuple[int, ...]) -> frozenset[FrameIndex]:
    return frozenset(
        frame
        for _, edit in state.edits
        if isinstance(edit, Accept) and edit.object_id == object_id and edit.passes == passes
        for frame in edit.frames
    )
