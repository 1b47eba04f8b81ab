"""Which passes bring objects up to date: from known masks into the spans that have lost their footing."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, TypeAlias

from track_anything.errors import InputError
from track_anything.project import Project
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


def plan_tracking(
    project: Project,
    object_ids: Collection[ObjectId] | None = None,
    direction: Direction = "both",
    *,
    anew: bool = False,
) -> list[Propagate]:
    """The passes that bring objects up to date within the in and out points.

    Only the spans between known masks that need it are propagated, for these objects alone: forward from the
    known mask before, backward from the one after, and blended where there are both.

    Args:
        project: where the masks are.
        object_ids: the objects; None = all, but those that nothing is known of yet beside others.
        direction: which passes to make.
        anew: propagate every frame that is not known again, stale or not.

    Raises:
        InputError: there is no such object, one that is known nowhere, or nothing to track.
    """
    if object_ids is None:
        every = project.state.objects
        object_ids = [object_id for object_id in every if _is_seen(project, object_id)] or every
    if not object_ids:
        raise InputError("there is nothing to track: add an object and click it on a frame first")
    limits = project.state.chosen_range or range(project.frame_count)
    wanted: list[Span] = []
    for object_id in sorted(object_ids):
        known = _known_frames(project, object_id)
        stale = [f for f in limits if f not in known and (anew or project.is_stale(f, object_id))]
        wanted += spans(object_id, stale, known, limits)
    planned = plan(wanted, direction)
    if not planned:
        raise InputError(
            "there is nothing to track that way: all masks within the in and out points are up to date, "
            "or no known mask lies next to them"
        )
    return planned


def plan_step(
    project: Project,
    frame: FrameIndex,
    objects: Collection[ObjectId] | None = None,
    *,
    backward: bool = False,
) -> Propagate:
    """The pass that carries the masks of a frame to the next one, whether anyone vouches for them or not.

    Args:
        project: where the masks are.
        frame: the frame.
        objects: which; None = all that have a mask there.
        backward: to the frame before instead.

    Raises:
        InputError: there is no such object or frame, or no mask to begin with.
    """
    step = -1 if backward else 1
    project.check_frame(frame)
    project.check_frame(frame + step)
    wanted = project.state.objects if objects is None else objects
    seen = tuple(object_id for object_id in sorted(wanted) if project.mask(frame, object_id).any())
    if not seen:
        raise InputError(f"there is no mask on frame {frame} to begin with: click an object there first")
    return Propagate(frame + step, frame + 2 * step, step, seen, seeded=True)


def begin_passes(project: Project, planned: Collection[Propagate]) -> None:
    """Begin passes as one step of the history; backward ones are to be fused with the forward ones before."""
    forward: list[int] = []
    for edit in planned:
        number = project.begin_pass(replace(edit, fuses=() if edit.step > 0 else tuple(forward)))
        forward += [number] if edit.step > 0 else []


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
    it: ``begin_passes`` fills in their numbers (``fuses``).

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


def _known_frames(project: Project, object_id: ObjectId) -> frozenset[FrameIndex]:
    project.check_object(object_id)
    known = project.state.frames_known(object_id)
    if not _is_seen(project, object_id):
        name = project.state.objects[object_id]
        raise InputError(f"object {object_id} ({name}) is known on no frame: click it on a frame first")
    return known


def _is_seen(project: Project, object_id: ObjectId) -> bool:
    """Whether there is a known mask of it that is not empty."""
    known = project.state.frames_known(object_id)
    return any(project.mask(frame, object_id).any() for frame in sorted(known))


def has_open_frames(project: Project) -> bool:
    """Whether there is a frame within the in and out points on which nobody has said what an object is."""
    frames = project.state.chosen_range or range(project.frame_count)
    objects = project.state.objects
    return any(not project.claim(frame, object_id).is_known for frame in frames for object_id in objects)
