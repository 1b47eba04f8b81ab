"""On which frames each object is known, and which frames lost their footing when that changed."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from track_anything.project.claims import NO_CLAIM, Claim, replay
from track_anything.project.edit_reach import without_given
from track_anything.project.edits import (
    Clear,
    DeleteObject,
    Edit,
    GiveMask,
    Lock,
    Merge,
    Propagate,
    Split,
    Swap,
    Unlock,
    Withdraw,
)
from track_anything.types import FrameIndex, ObjectId

_BEYOND = 1 << 60  # a frame that no video has


@dataclass(frozen=True)
class Invalidation:
    """From an edit on, what was propagated on the frames between two known ones has lost its footing.

    Attributes:
        number: of the edit.
        after: the known frame before them, -1 for none.
        before: the known frame after them, beyond the video for none.
    """

    number: int
    after: FrameIndex
    before: FrameIndex


@dataclass
class KnownFrames:
    """What the edits so far say about one object.

    Attributes:
        frames: those on which it is known.
        given: those among them whose mask a person made, and not merely found right or cleared.
        reached: those on which it was given or a pass follows it, done or not.
        invalidations: oldest first.
    """

    frames: set[FrameIndex] = field(default_factory=set)
    given: set[FrameIndex] = field(default_factory=set)
    reached: set[FrameIndex] = field(default_factory=set)
    invalidations: list[Invalidation] = field(default_factory=list)

    def neighbours(self, frame: FrameIndex) -> tuple[FrameIndex, FrameIndex]:
        """The known frames nearest to a frame on either side, itself not counted; as in ``Invalidation``."""
        ordered = sorted(self.frames - {frame})
        place = bisect_left(ordered, frame)
        return (
            ordered[place - 1] if place else -1,
            ordered[place] if place < len(ordered) else _BEYOND,
        )

    def give(self, number: int, frame: FrameIndex) -> None:
        """A person made the mask of a frame."""
        self._undermine(number, range(frame, frame + 1))
        self.frames.add(frame)
        self.given.add(frame)
        self.reached.add(frame)

    def unlock(self, number: int, frames: range) -> None:
        """What was known on some frames no longer is; that matters elsewhere only if a person had made it."""
        is_source_lost = not self.given.isdisjoint(frames)
        self.frames -= set(frames)
        self.given -= set(frames)
        if is_source_lost:
            self._undermine(number, frames)

    def withdraw(self, number: int, frames: range, rest: Mapping[FrameIndex, Claim]) -> None:
        """Masks that a person made were a mistake; ``rest`` = the claims on their frames without them."""
        if rest:
            self.frames -= {frame for frame, claim in rest.items() if not claim.is_known}
            self.given -= {frame for frame, claim in rest.items() if not (claim.is_known and claim.parts)}
            self._undermine(number, frames)

    def clear(self, frames: Iterable[FrameIndex]) -> None:
        """The object is known to be absent from some frames, which says nothing about others."""
        self.frames |= set(frames)
        self.given -= set(frames)

    def exchange(self, other: "KnownFrames", frames: Iterable[FrameIndex]) -> None:
        """Swap what is known on some frames with another object."""
        place = set(frames)
        for ours, theirs in ((self.frames, other.frames), (self.given, other.given)):
            moved, returned = ours & place, theirs & place
            ours ^= moved ^ returned
            theirs ^= moved ^ returned

    def _undermine(self, number: int, changed: range) -> None:
        """What lies around a range, up to the next known frames on either side, loses its footing."""
        before, _ = self.neighbours(changed.start)
        _, after = self.neighbours(changed.stop - 1)
        self.invalidations.append(Invalidation(number, before, after))

    def stale_since(self, frame: FrameIndex) -> int:
        """Number of the last edit that took a frame's footing away, 0 for none."""
        return max((i.number for i in self.invalidations if i.after < frame < i.before), default=0)


def known_frames(edits: Iterable[tuple[int, Edit]]) -> dict[ObjectId, KnownFrames]:
    """Fold the applied edits, oldest first."""
    known: dict[ObjectId, KnownFrames] = {}

    def of(object_id: ObjectId) -> KnownFrames:
        return known.setdefault(object_id, KnownFrames())

    folded: list[tuple[int, Edit]] = []
    for number, edit in edits:
        match edit:
            case GiveMask():
                of(edit.object_id).give(number, edit.frame)
            case Propagate():
                for object_id in edit.object_ids:
                    of(object_id).reached |= set(edit.frames_of(object_id))
            case Lock():
                of(edit.object_id).frames |= set(edit.frames)
            case Unlock():
                of(edit.object_id).unlock(number, edit.frames)
            case Withdraw():
                others = without_given(folded, edit.object_id)
                given = of(edit.object_id).given.intersection(edit.frames)
                rest = {frame: replay(others, frame, ()).get(edit.object_id, NO_CLAIM) for frame in given}
                of(edit.object_id).withdraw(number, edit.frames, rest)
            case Clear():
                of(edit.object_id).clear(edit.frames)
            case DeleteObject():
                known.pop(edit.object_id, None)
            case Merge() | Split() | Swap():
                _exchange(number, edit, of(edit.object_id), of(edit.other_id))
        folded.append((number, edit))
    return known


def _exchange(number: int, edit: Merge | Split | Swap, own: KnownFrames, other: KnownFrames) -> None:
    match edit:
        case Merge():
            own.frames |= (other.frames | other.reached) & set(edit.frames)
            own.given |= other.given & set(edit.frames)
            other.clear(edit.frames)
        case Split():
            other.unlock(number, edit.frames)
            own.exchange(other, edit.frames)
            own.clear(edit.frames)
        case Swap():
            own.exchange(other, edit.frames)
