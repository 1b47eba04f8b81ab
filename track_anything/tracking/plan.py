"""Which passes bring objects up to date: from known masks into the spans that have lost their footing."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, TypeAlias

from track_anything.project.edits import Propagate
from track_anything.types import FrameIndex, ObjectId

Direction: TypeAlias = Literal["both", "forward", "backward"]


@dataclass(frozen=True)
class Span:
    """Frames of one object to be propagated: gaps between known frames, next to each other.

    Attributes:
        object_id: the object.
        start: first frame to be written.
        stop: the frame after the last one.
        known: the known frames inside and at either end, ascending; at least one.
    """

    object_id: ObjectId
    start: FrameIndex
    stop: FrameIndex
    known: tuple[FrameIndex, ...]

    def pass_bounds(self, step: int) -> tuple[FrameIndex, FrameIndex] | None:
        """Where a pass over it starts and stops, or None when it has nothing to write that way."""
        if step > 0:
            start, stop, first_written = self.known[0], self.stop, self.known[0] + 1
            return (start, stop) if first_written < self.stop else None
        start, stop = self.known[-1], self.start - 1
        return (start, stop) if self.known[-1] > self.start else None


def spans(
    object_id: ObjectId, stale: Collection[FrameIndex], known: Collection[FrameIndex], limits: range
) -> list[Span]:
    """The spans of an object, ascending.

    Args:
        object_id: the object.
        stale: frames whose masks should be propagated anew; the whole gap of each is.
        known: all frames on which the object is known.
        limits: frames that may be written.
    """
    fences = sorted(known)
    ends = [limits.start - 1, *(f for f in fences if f in limits), limits.stop]
    gaps = [range(a + 1, b) for a, b in pairwise(ends)]
    wanted = [gap for gap in gaps if any(frame in gap for frame in stale)]
    found: list[Span] = []
    for gap in wanted:
        is_next = bool(found) and found[-1].stop + 1 == gap.start
        start = found.pop().start if is_next else gap.start
        nearby = tuple(f for f in fences if start - 1 <= f <= gap.stop)
        if nearby:
            found.append(Span(object_id, start, gap.stop, nearby))
    return found


def plan(wanted: Collection[Span], direction: Direction = "both") -> list[Propagate]:
    """The passes for all spans, one step of the history together: forward ones first, then backward ones.

    Objects are propagated together where their spans end at the same frame, so that they compete for pixels;
    each joins the pass where it is known first. A backward pass is to be fused with the forward ones before
    it: who begins it fills in their numbers (``fuses``).

    Args:
        wanted: spans of any objects.
        direction: which passes to make.
    """
    passes: list[Propagate] = []
    for step in {"both": (1, -1), "forward": (1,), "backward": (-1,)}[direction]:
        together: dict[FrameIndex, dict[ObjectId, FrameIndex]] = defaultdict(dict)
        for span in wanted:
            if bounds := span.pass_bounds(step):
                start, stop = bounds
                together[stop][span.object_id] = start
        passes += [_pass(joins, stop, step) for stop, joins in sorted(together.items())]
    return [replace(edit, joined=place > 0) for place, edit in enumerate(passes)]


def _pass(joins: dict[ObjectId, FrameIndex], stop: FrameIndex, step: int) -> Propagate:
    object_ids = tuple(sorted(joins))
    frames = tuple(joins[object_id] for object_id in object_ids)
    start = min(frames) if step > 0 else max(frames)
    return Propagate(start, stop, step, object_ids, joins=() if set(frames) == {start} else frames)
