"""Which frame a person should look at next."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from track_anything.project import Project
from track_anything.review.report import MaskStatus, report
from track_anything.types import FrameIndex, ObjectId

_REACH = 6.0  # frames over which a correction mends its surroundings, as a standard deviation


def frames_to_fix(project: Project) -> list[tuple[FrameIndex, ObjectId]]:
    """Frames, with the object to look at, by how much a correction there should help, the best first."""
    confidence: dict[ObjectId, dict[FrameIndex, float]] = defaultdict(dict)
    for line in report(project):
        if line.status in (MaskStatus.TRACKED, MaskStatus.STALE) and line.confidence is not None:
            confidence[line.object_id][line.frame] = line.confidence
    ranked = [
        (gain, frame, object_id)
        for object_id, own in confidence.items()
        for frame, gain in rank_frames(own, project.state.frames_known(object_id))
    ]
    return [(frame, object_id) for _, frame, object_id in sorted(ranked, key=lambda entry: -entry[0])]


def rank_frames(
    confidence: Mapping[FrameIndex, float], known: Collection[FrameIndex]
) -> Sequence[tuple[FrameIndex, float]]:
    """The frames of one object by how much a correction there should help, the best first.

    What a correction helps is the doubt around it: 1 - confidence over the frames near it, averaged by a
    Gaussian. What it adds to the corrections that are there already grows with the distance to them, so that
    no two of them say the same.

    Args:
        confidence: 0 to 1 per frame that was propagated; known frames are left out.
        known: the frames on which the object is known.

    Returns:
        (frame, gain) pairs; a gain is 0 or more and comparable between objects of a video.
    """
    frames = np.array(sorted(confidence), np.int64)  # (N,)
    first, last = (int(frames[0]), int(frames[-1])) if len(frames) else (0, -1)
    doubt = np.zeros(last - first + 1)
    doubt[frames - first] = [1 - confidence[int(frame)] for frame in frames]
    gain = gaussian_filter1d(doubt, _REACH, mode="constant")[frames - first] * _novelty(frames, known)
    order = np.argsort(-gain, kind="stable")
    return [(int(frames[place]), float(gain[place])) for place in order]


def _novelty(frames: NDArray[np.int64], known: Collection[FrameIndex]) -> NDArray[np.float64]:
    """How far each frame is from what is known already, 0 to 1."""
    if not known:
        return np.ones(len(frames))
    fences = np.array(sorted(known))
    after = np.searchsorted(fences, frames)  # place of the first known frame that is not before it
    to_next = np.abs(fences[np.minimum(after, len(fences) - 1)] - frames)
    to_last = np.abs(fences[np.maximum(after - 1, 0)] - frames)
    distance = np.minimum(to_next, to_last)
    return np.asarray(1 - np.exp(-0.5 * np.square(distance / _REACH)))
