"""On which frames each object is known, and which frames lost their footing when that changed."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from track_anything.project.claims import NO_CLAIM, Claim, FrameReplay
from track_anything.project.edits import (
    Clear,
    DeleteObject,
    Edit,
    ExchangeEdit,
    GiveMask,
    Lock,
    Merge,
    Propagate,
    Reject,
    Split,
    Swap,
    Unlock,
    Withdraw,
)
from track_anything.project.masked_frames import MaskedFrames, swap
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
        invalidations: oldest first.
        masked: those on which it has a mask, be it empty; followed only where masks change hands.
    """

    frames: set[FrameIndex] = field(default_factory=set)
    given: set[FrameIndex] = field(default_factory=set)
    invalidations: list[Invalidation] = field(default_factory=list)
    masked: MaskedFrames = field(default_factory=MaskedFrames, compare=False, repr=False)

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
        self.masked.put([frame])

    def track(self, number: int, frames: Collection[FrameIndex]) -> None:
        """A pass wrote masks; what is known is not replaced."""
        self.masked.cover(set(frames) - self.frames, number)

    def unlock(self, number: int, frames: range) -> None:
        """What was known on some frames no longer is; that matters elsewhere only if a person had made it."""
        is_source_lost = not self.given.isdisjoint(frames)
        self.frames -= set(frames)
        self.given -= set(frames)
        if is_source_lost:
            self._undermine(number, frames)

    def withdraw(self, number: int, frames: range, rest: Mapping[FrameIndex, Claim]) -> None:
        """Masks that a person made were a mistake; ``rest`` = the claims where anything was ever given."""
        is_source_lost = not self.given.isdisjoint(frames)
        self.frames -= {frame for frame, claim in rest.items() if not claim.is_known}
        self.given -= {frame for frame, claim in rest.items() if not (claim.is_known and claim.parts)}
        for frame, claim in rest.items():
            if claim.parts:
                self.masked.put([frame], claim.newest_edit)
            else:
                self.masked.discard([frame])
        if is_source_lost:
            self._undermine(number, frames)

    def reject(self, frames: range, passes: Iterable[int]) -> None:
        """What some passes found on some frames does not count, but for what is known there."""
        self.masked.reject(set(frames) - self.frames, passes)

    def clear(self, frames: Collection[FrameIndex]) -> None:
        """The object is known to be absent from some frames, which says nothing about others."""
        self.frames |= set(frames)
        self.given -= set(frames)
        self.masked.discard(frames)

    def take_in(self, other: "KnownFrames", frames: range) -> None:
        """Add the masks of another object on some frames, which are known from then on."""
        taken = other.masked.of(frames)
        self.frames |= taken
        self.given |= other.given & taken
        self.masked.put(taken)
        other.clear(frames)

    def hand_over(self, number: int, other: "KnownFrames", frames: range) -> None:
        """Put the masks on some frames in place of those of another object; they are known from then on."""
        moved = self.frames.intersection(frames) | self.masked.of(frames)
        if not other.given.isdisjoint(moved):
            other._undermine(number, frames)
        other.frames -= moved
        other.given -= moved
        other.masked.discard(moved)
        self.exchange(other, moved)
        self.clear(frames)

    def exchange(self, other: "KnownFrames", frames: Collection[FrameIndex]) -> None:
        """Swap the masks on some frames with another object; they are known from then on."""
        swap(self.frames, other.frames, frames)
        swap(self.given, other.given, frames)
        self.masked.exchange(other.masked, frames)
        for known in (self, other):
            known.frames |= known.masked.of(frames)

    def _undermine(self, number: int, changed: range) -> None:
        """What lies around a range, up to the next known frames on either side, loses its footing."""
        before, _ = self.neighbours(changed.start)
        _, after = self.neighbours(changed.stop - 1)
        self.invalidations.append(Invalidation(number, before, after))

    def stale_since(self, frame: FrameIndex) -> int:
        """Number of the last edit that took a frame's footing away, 0 for none."""
        return max((i.number for i in self.invalidations if i.after < frame < i.before), default=0)


def known_frames(
    edits: Collection[tuple[int, Edit]], written: Callable[[int], Collection[FrameIndex]]
) -> dict[ObjectId, KnownFrames]:
    """Fold the applied edits, oldest first.

    Args:
        edits: the edits with their numbers.
        written: the frames for which a pass, named by its number, wrote masks so far.
    """
    known: dict[ObjectId, KnownFrames] = {}
    replays = [FrameReplay(frame) for frame in _frames_to_replay(edits)]
    is_written_needed = any(isinstance(edit, ExchangeEdit) for _, edit in edits)

    def of(object_id: ObjectId) -> KnownFrames:
        return known.setdefault(object_id, KnownFrames())

    for number, edit in edits:
        is_looked_up = isinstance(edit, Propagate) and is_written_needed
        frames_written = frozenset(written(number)) if is_looked_up else frozenset[FrameIndex]()
        for replayed in replays:
            replayed.take(number, edit, is_written=replayed.frame in frames_written)
        match edit:
            case GiveMask() | Lock() | Unlock() | Clear():
                _say(number, edit, of(edit.object_id))
            case Propagate():
                for object_id in edit.object_ids if is_written_needed else ():
                    of(object_id).track(number, frames_written.intersection(edit.frames_of(object_id)))
            case Withdraw():
                about = [replayed for replayed in replays if replayed.frame in edit.frames]
                rest = {replayed.frame: replayed.claims.get(edit.object_id, NO_CLAIM) for replayed in about}
                of(edit.object_id).withdraw(number, edit.frames, rest)
            case Reject():
                of(edit.object_id).reject(edit.frames, edit.passes)
            case DeleteObject():
                known.pop(edit.object_id, None)
            case Merge() | Split() | Swap():
                _exchange(number, edit, of(edit.object_id), of(edit.other_id))
    return known


def _say(number: int, edit: GiveMask | Lock | Unlock | Clear, known: KnownFrames) -> None:
    match edit:
        case GiveMask():
            known.give(number, edit.frame)
        case Lock():
            known.frames |= set(edit.frames)
        case Unlock():
            known.unlock(number, edit.frames)
        case Clear():
            known.clear(edit.frames)


def _exchange(number: int, edit: ExchangeEdit, own: KnownFrames, other: KnownFrames) -> None:
    match edit:
        case Merge():
            own.take_in(other, edit.frames)
        case Split():
            own.hand_over(number, other, edit.frames)
        case Swap():
            own.exchange(other, edit.frames)


def _frames_to_replay(edits: Collection[tuple[int, Edit]]) -> set[FrameIndex]:
    """Where a withdrawal may bring something else back: it is about them, and something was given there."""
    withdrawn = [edit.frames for _, edit in edits if isinstance(edit, Withdraw)]
    given = {edit.frame for _, edit in edits if isinstance(edit, GiveMask)} if withdrawn else set[int]()
    return {frame for frame in given if any(frame in frames for frames in withdrawn)}
