"""On which frames an object has a mask, be it empty, and which passes put one there."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from track_anything.types import FrameIndex

_BY_A_PERSON = 0  # in the place of the number of a pass


class MaskedFrames:
    """The frames on which one object has a mask, as the edits so far go."""

    def __init__(self) -> None:
        self._by_source: dict[int, set[FrameIndex]] = defaultdict(set)

    def of(self, frames: Iterable[FrameIndex]) -> set[FrameIndex]:
        """Those of some frames on which there is a mask."""
        return set[FrameIndex]().union(*self._by_source.values()).intersection(frames)

    def put(self, frames: Collection[FrameIndex], number: int = _BY_A_PERSON) -> None:
        """Masks in place of all that were there: a person's, or what a pass had found."""
        self.discard(frames)
        self._by_source[number] |= set(frames)

    def cover(self, frames: Collection[FrameIndex], number: int) -> None:
        """Masks of a pass over what was there."""
        self._by_source[number] |= set(frames)

    def reject(self, frames: Collection[FrameIndex], passes: Iterable[int]) -> None:
        """What some passes put on the frames does not count."""
        for number in passes:
            self._by_source[number] -= set(frames)

    def discard(self, frames: Collection[FrameIndex]) -> None:
        """There is no mask on the frames."""
        for masked in self._by_source.values():
            masked -= set(frames)

    def exchange(self, other: "MaskedFrames", frames: Collection[FrameIndex]) -> None:
        """Swap what is on the frames with another object."""
        for number in {*self._by_source, *other._by_source}:
            swap(self._by_source[number], other._by_source[number], set(frames))


def swap(ours: set[FrameIndex], theirs: set[FrameIndex], frames: Collection[FrameIndex]) -> None:
    """Exchange what two sets say about some frames."""
    moved, returned = ours.intersection(frames), theirs.intersection(frames)
    ours ^= moved ^ returned
    theirs ^= moved ^ returned
