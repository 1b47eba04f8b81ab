"""Which frame a person should look at next."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from track_anything.project import Project
from track_anything.review.report import report
from track_anything.review.trust import open_to_doubt
from track_anything.types import FrameIndex, ObjectId

_UNSEEN_DOUBT = 0.004
"""Doubt per frame from the nearest known one in masks that nobody has looked at: masks drift, and monitors
miss what they never saw."""

_MOST_UNSEEN = 0.2  # of such doubt, however far a frame lies

_LEFT = 0.3
"""Share of the doubt in a frame that is left when it was corrected: who clicks what is hard to track finds it
hard to see as well."""

_MOST_WEIGHED = 1 << 20  # pairs of frames weighed at once; longer gaps are weighed at even intervals


def frames_to_fix(project: Project) -> list[tuple[FrameIndex, ObjectId]]:
    """Frames, with the object to look at, by how much a correction there should help, the best first."""
    confidence: dict[ObjectId, dict[FrameIndex, float]] = defaultdict(dict)
    for line, trust in open_to_doubt(project, report(project)):
        confidence[line.object_id][line.frame] = trust
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
    nearer, of what it can tell: no more than was in doubt where it is made, and nothing where less is in
    doubt than is left there afterwards. So neither a frame that nobody can mend comes first nor one that
    needs no mending. What nobody has looked at is in some doubt however sure it is, the more the farther it
    lies from a known frame. Where no frame is in more doubt than others the middle of the longest gap comes
    first, and after the last known frame what lies two thirds of the way.

    Args:
        confidence: 0 to 1 per frame that was propagated; known frames are left out.
        known: the frames on which the object is known.

    Returns:
        (frame, gain) pairs; a gain is in frames, 0 or more, and comparable between objects of a video.
    """
    if not confidence:
        return []
    first, last = min(confidence), max(confidence)
    doubt, is_open = np.zeros((2, last - first + 1))  # (N,)
    for frame, trust in confidence.items():
        if frame not in known:
            doubt[frame - first], is_open[frame - first] = 1 - trust, 1
    gain = np.zeros(len(doubt))  # (N,)
    fences = sorted(frame for frame in known if first <= frame <= last)
    before = max((frame for frame in known if frame < first), default=None)
    after = min((frame for frame in known if frame > last), default=None)
    ends = [first - 1, *fences, last + 1]
    for start, stop in pairwise(ends):
        left = start if start in known else before if start < first else None
        right = stop if stop in known else after if stop > last else None
        inside = slice(start + 1 - first, stop - first)
        distance = _distances(range(start + 1, stop), left, right)
        unseen = is_open[inside] * np.minimum(_UNSEEN_DOUBT * distance, _MOST_UNSEEN)
        gain[inside] = _gains(doubt[inside], unseen, distance)
    frames = np.array(sorted(confidence), np.int64)
    own = gain[frames - first]
    order = np.argsort(-own, kind="stable")
    return [(int(frames[place]), float(own[place])) for place in order]


def _distances(gap: range, left: FrameIndex | None, right: FrameIndex | None) -> NDArray[np.float64]:
    """How many frames each of a gap, (N,), lies from the known frame before or after it, N without one."""
    frames = np.array(gap)  # (N,)
    distance = np.full(len(gap), float(len(gap)))  # (N,)
    for fence in (left, right):
        if fence is not None:
            distance = np.minimum(distance, np.abs(frames - fence))
    return distance


def _gains(
    doubt: NDArray[np.float64], unseen: NDArray[np.float64], distance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The gain of a correction on each frame of a gap, (N,).

    Args:
        doubt: (N,) in each of its frames, as the monitor has it.
        unseen: (N,) and what it may have missed.
        distance: (N,) to the nearest known frame.
    """
    count = len(doubt)
    if not (doubt + unseen).any():
        return np.zeros(count)
    frames = np.arange(count)
    step = max(1, count * count // _MOST_WEIGHED)
    chosen = np.unique(np.append(frames[::step], frames[-1]))  # (M,)
    apart = np.abs(frames[None] - chosen[:, None])  # (M, N)
    comes_nearer = np.maximum(0.0, 1 - apart / np.maximum(distance, 1))  # (M, N)
    there = doubt[chosen, None]  # (M, 1)
    told = np.clip((doubt - _LEFT * there) / (1 - _LEFT), 0, there)  # (M, N)
    gained = (comes_nearer * (told + unseen)).sum(axis=1)  # (M,)
    return np.asarray(np.interp(frames, chosen, gained))
