"""What was tracked and can be doubted: masks, and absences that nobody has vouched for."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from track_anything.project import Project
from track_anything.review.report import MaskReport, MaskStatus, is_known_absent
from track_anything.types import FrameIndex, ObjectId

IN_DOUBT = 0.7
"""Confidence under which a mask is in doubt, as ``RefinePolicy.doubtful_below`` has it."""

_TRACKED = (MaskStatus.TRACKED, MaskStatus.STALE, MaskStatus.ABSENT)


def open_to_doubt(project: Project, lines: Iterable[MaskReport]) -> Iterator[tuple[MaskReport, float]]:
    """Those lines of a report that tell how far a mask can be trusted, and those of absences that are unsure.

    Where what was found did not look like the object, it may have been lost as well as gone. That is not
    asked about again where a person says, on the nearest known frame, that it is gone.

    Returns:
        Each with its confidence, 0 to 1.
    """
    known: dict[ObjectId, list[FrameIndex]] = {}
    for line in lines:
        if line.status not in _TRACKED or line.confidence is None:
            continue
        if line.status is MaskStatus.ABSENT:
            own = known.setdefault(line.object_id, sorted(project.state.frames_known(line.object_id)))
            is_told = own and is_known_absent(project, _nearest(own, line.frame), line.object_id)
            if is_told or line.confidence >= IN_DOUBT:
                continue
        yield line, line.confidence


def _nearest(frames: list[FrameIndex], frame: FrameIndex) -> FrameIndex:
    """The one of ascending frames that is nearest to another one, of two the earlier."""
    place = bisect_left(frames, frame)
    return min(frames[max(place - 1, 0) : place + 1], key=lambda other: abs(other - frame))
