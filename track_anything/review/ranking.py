"""Which frame a person should look at next."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from track_anything.project import Project
from track_anything.review.report import MaskStatus, report
from track_anything.types import FrameIndex, ObjectId

_UNSEEN_DOUBT = 0.05
"""Doubt in a mask that nothing speaks against and nobody has looked at: monitors miss what they never saw."""

_MOST_WEIGHED = 1 << 20  # pairs of frames weighed at once; longer gaps are weighed at even intervals


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

    A correction is tracked on to the neighbouring known frames, so it can help on all of the gap between
    them. What it takes away of the doubt in a frame is the share by which the nearest known frame comes
    nearer. Where no frame is in more doubt than others that is even spacing: the middle of the longest gap.

    Args:
        confidence: 0 to 1 per frame that was propagated; known frames are left out.
        known: the frames on which the object is known.

    Returns:
        (frame, gain) pairs; a gain is in frames, 0 or more, and comparable between objects of a video.
    """
    if not confidence:
        return []
    first, last = min(confidence), max(confidence)
    doubt = np.zeros(last - first + 1)  # (N,)
    for frame, trust in confidence.items():
        doubt[frame - first] = 0.0 if frame in known else 1 - trust + _UNSEEN_DOUBT
    gain = np.zeros(len(doubt))  # (N,)
    fences = sorted(frame for frame in known if first <= frame <= last)
    before = max((frame for frame in known if frame < first), default=None)
    after = min((frame for frame in known if frame > last), default=None)
    ends = [first - 1, *fences, last + 1]
    for start, stop in pairwise(ends):
        left = start if start in known else before if start < first else None
        right = stop if stop in known else after if stop > last else None
        inside = slice(start + 1 - first, stop - first)
        gain[inside] = _gains(doubt[inside], start + 1, left, right)
    frames = np.array(sorted(confidence), np.int64)
    own = gain[frames - first]
    order = np.argsort(-own, kind="stable")
    return [(int(frames[place]), float(own[place])) for place in order]


def _gains(
    doubt: NDArray[np.float64], start: FrameIndex, left: FrameIndex | None, right: FrameIndex | None
) -> NDArray[np.float64]:
    """The gain of a correction on each frame of a gap.

    Args:
        doubt: (N,) in each of its frames.
        start: the first of them.
        left: the known frame before the gap, if there is one.
        right: the one after it.
    """
    count = len(doubt)
    frames = np.arange(start, start + count)
    distance = np.full(count, float(count))  # (N,) to the nearest known frame
    for fence in (left, right):
        if fence is not None:
            distance = np.minimum(distance, np.abs(frames - fence))
    if not count or not doubt.any():
        return np.zeros(count)
    step = max(1, count * count // _MOST_WEIGHED)
    chosen = np.unique(np.append(frames[::step], frames[-1]))  # (M,)
    apart = np.abs(frames[None] - chosen[:, None])  # (M, N)
    gained = np.maximum(0.0, 1 - apart / np.maximum(distance, 1)) @ doubt  # (M,)
    return np.asarray(np.interp(frames, chosen, gained))
