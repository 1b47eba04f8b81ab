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
    known: dict[ObjectId, _KnownAbsences] = {}
    for line in lines:
        if line.status not in _TRACKED or line.confidence is None:
            continue
        if line.status is MaskStatus.ABSENT:
            if line.confidence >= IN_DOUBT:
                continue
            if line.object_id not in known:
                known[line.object_id] = _KnownAbsences(project, line.object_id)
            if known[line.object_id].vouch_for(line.frame):
                continue
        yield line, line.confidence


class _KnownAbsences:
    """On which of the frames where an object is known it is known to be absent."""

    def __init__(self, project: Project, object_id: ObjectId) -> None:
        self._frames = sorted(project.state.frames_known(object_id))
        self._are_absences = [is_known_absent(project, frame, object_id) for frame in self._frames]

    def vouch_for(self, frame: FrameIndex) -> bool:
        """Whether the known frame that is nearest to another one, of two the earlier, is one of absence."""
        place = bisect_left(self._frames, frame)
        around = range(max(place - 1, 0), min(place + 1, len(self._frames)))
        nearest = min(around, key=lambda other: abs(self._frames[other] - frame), default=None)
        return nearest is not None and self._are_absences[nearest]
