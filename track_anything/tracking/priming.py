"""Which known frames a pass begins with in memory: some whole, the others compressed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from track_anything.project import Project
from track_anything.project.edits import Propagate
from track_anything.types import FrameIndex

MOST_WHOLE = 8
"""Known frames that are kept whole; each costs time on every frame of the pass."""

MOST_COMPRESSED = 32
"""Known frames of which prototypes are kept; each costs about the time of a frame before the pass begins."""


@dataclass(frozen=True)
class Priming:
    """The known frames that are remembered before a pass.

    Attributes:
        whole: those that are permanent memory, ascending.
        compressed: those that go through working into long-term memory, ascending.
    """

    whole: tuple[FrameIndex, ...]
    compressed: tuple[FrameIndex, ...] = ()

    def __contains__(self, frame: FrameIndex) -> bool:
        return frame in self.whole or frame in self.compressed

    def __iter__(self) -> Iterator[FrameIndex]:
        return iter((*self.whole, *self.compressed))


def priming_of(project: Project, edit: Propagate) -> Priming:
    """The known frames for a pass: all its objects are known on them, and one is seen.

    Up to eight are all kept whole. Of more, eight are, and the others become prototypes; those that are left
    out of more than forty have neighbours on either side that are not.
    """
    per_object = [project.state.frames_known(object_id) for object_id in edit.object_ids]
    candidates = frozenset.intersection(*per_object) - {edit.start}
    known = project.known_of(edit.object_ids)
    seen: set[FrameIndex] = set()
    while True:  # masks are read of those alone that would be taken: thousands may be known
        whole = evenly_spaced(candidates, edit, MOST_WHOLE)
        compressed = evenly_spaced(candidates - {*whole}, edit, MOST_COMPRESSED)
        chosen = {*whole, *compressed}
        seen |= {frame for frame in chosen - seen if any(mask.any() for mask in known[frame].values())}
        if seen.issuperset(chosen):
            return Priming(whole, compressed)
        candidates -= chosen - seen


def evenly_spaced(known: Collection[FrameIndex], edit: Propagate, most: int) -> tuple[FrameIndex, ...]:
    """At most so many of the known frames: the one at which the pass ends, and others at even intervals."""
    ordered = sorted(known)
    if len(ordered) <= most:
        return tuple(ordered)
    end = min(ordered, key=lambda frame: abs(frame - edit.stop))
    others = [frame for frame in ordered if frame != end]
    places = np.linspace(0, len(others) - 1, most - 1).round().astype(int)
    return tuple(sorted({end, *(others[place] for place in places)}))
