"""What is in doubt: a list that ends, of one frame for each stretch of doubtful masks."""

from collections import defaultdict
from collections.abc import Mapping

from track_anything.project import Project
from track_anything.review.ranking import rank_frames
from track_anything.review.report import MaskStatus, report
from track_anything.review.trust import IN_DOUBT, open_to_doubt
from track_anything.types import FrameIndex, ObjectId

_GAP = 3  # frames of good masks between two doubtful ones that still make them one stretch
_WORST = 2 / 3  # of the greatest doubt of a stretch, from which a frame is one of its worst
_MENDED = 6  # frames round a known mask in which stale masks are as good as mended: they are tracked anew


def frames_in_doubt(project: Project, frames: range | None = None) -> list[tuple[FrameIndex, ObjectId]]:
    """One of the worst frames of each doubtful stretch, with its object, where a correction should help most.

    Args:
        project: whose masks are reported on.
        frames: within which they lie; None = between the in and out point, as tracking and exports have it.

    That is not always where doubt is greatest: a mask beside a known frame gains little, while one in the
    middle of a long gap takes doubt from all of it (``rank_frames``).
    An object that was not found is in doubt where it may have been lost (``open_to_doubt``).
    Stale masks next to a known one are left out: the correction there has yet to be tracked on.
    """
    within = frames if frames is not None else project.state.chosen_range
    doubtful: dict[ObjectId, dict[FrameIndex, float]] = defaultdict(dict)
    tracked: dict[ObjectId, dict[FrameIndex, float]] = defaultdict(dict)
    for line, trust in open_to_doubt(project, report(project, within)):
        tracked[line.object_id][line.frame] = trust
        if trust >= IN_DOUBT:
            continue
        is_stale, known = line.status is MaskStatus.STALE, project.state.frames_known(line.object_id)
        if not (is_stale and any(abs(line.frame - frame) <= _MENDED for frame in known)):
            doubtful[line.object_id][line.frame] = trust
    gains = {
        object_id: dict(rank_frames(tracked[object_id], project.state.frames_known(object_id)))
        for object_id in doubtful
    }
    found = [
        (gain, frame, object_id)
        for object_id, confidence in doubtful.items()
        for frame, gain in best_of_stretches(confidence, gains[object_id])
    ]
    found.sort(key=lambda each: (-each[0], each[1:]))
    return [(frame, object_id) for _, frame, object_id in found]


def best_of_stretches(
    confidence: Mapping[FrameIndex, float], gains: Mapping[FrameIndex, float]
) -> list[tuple[FrameIndex, float]]:
    """One frame per stretch of doubtful frames, in their order.

    Args:
        confidence: 0 to 1 per doubtful frame of an object.
        gains: of a correction on each of them.

    Returns:
        Of the worst frames of each stretch the one of most gain, of equal ones the middle one, and its gain.
    """
    stretches: list[list[FrameIndex]] = []
    for frame in sorted(confidence):
        if stretches and frame - stretches[-1][-1] <= _GAP + 1:
            stretches[-1].append(frame)
        else:
            stretches.append([frame])
    best = []
    for stretch in stretches:
        most_doubt = max(1 - confidence[frame] for frame in stretch)
        worst = [frame for frame in stretch if 1 - confidence[frame] >= _WORST * most_doubt]
        most = max(gains[frame] for frame in worst)
        highest = [frame for frame in worst if gains[frame] == most]
        best.append((highest[len(highest) // 2], most))
    return best
