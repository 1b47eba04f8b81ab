"""Region similarity J and boundary accuracy F, as the DAVIS benchmark measures them.

Perazzi et al., "A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation", CVPR 2016.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.masks.arrays import iou
from track_anything.types import Mask

BOUNDARY_TOLERANCE = 0.008
"""How far two boundaries may lie apart and still agree, as a share of the image diagonal."""

_RECALLED = 0.5  # the score above which a frame counts as found
_QUARTERS = 4


def region_similarity(predicted: Mask, truth: Mask) -> float:
    """J: intersection over union of two (H, W) masks, 0 to 1; two empty masks agree perfectly."""
    return iou(predicted, truth)


def boundary_accuracy(predicted: Mask, truth: Mask) -> float:
    """F: harmonic mean of the precision and recall of the boundary of (H, W) masks, 0 to 1.

    A boundary pixel counts as found when the other boundary passes within the tolerance: bipartite matching,
    approximated by dilation. Two empty boundaries agree perfectly.
    """
    predicted_boundary, true_boundary = boundary(predicted), boundary(truth)
    disc = _disc(math.ceil(BOUNDARY_TOLERANCE * math.hypot(*truth.shape)))
    precision = _found_share(predicted_boundary, true_boundary, disc)
    recall = _found_share(true_boundary, predicted_boundary, disc)
    return 0.0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


def recall_of(scores: Sequence[float]) -> float:
    """The share of frames with a score above one half, 0 to 1."""
    return sum(score > _RECALLED for score in scores) / len(scores)


def decay_of(scores: Sequence[float]) -> float:
    """By how much the mean score falls from the first quarter of the frames to the last, -1 to 1.

    Quarters share the frames at their ends, as in the published evaluation.
    """
    ends = np.round(np.linspace(1, len(scores) + 1e-10, _QUARTERS + 1)).astype(int) - 1
    first, last = scores[ends[0] : ends[1] + 1], scores[ends[-2] : ends[-1] + 1]
    return float(np.mean(first) - np.mean(last))


def boundary(mask: Mask) -> Mask:
    """The (H, W) pixels that differ from their neighbour to the right, below, or right and below."""
    beyond = np.pad(mask, ((0, 1), (0, 1)), mode="edge")  # (H + 1, W + 1)
    right, below, diagonal = beyond[:-1, 1:], beyond[1:, :-1], beyond[1:, 1:]
    return (mask ^ right) | (mask ^ below) | (mask ^ diagonal)


def _found_share(sought: Mask, other: Mask, disc: NDArray[np.uint8]) -> float:
    """The share of the sought boundary pixels that have a pixel of the other boundary within the disc."""
    sought_pixels = np.count_nonzero(sought)
    if sought_pixels == 0:
        return 1.0
    within_reach = cv2.dilate(other.astype(np.uint8), disc) > 0  # (H, W)
    return float(np.count_nonzero(sought & within_reach) / sought_pixels)


def _disc(radius: int) -> NDArray[np.uint8]:
    """(2 r + 1, 2 r + 1): 1 where the distance to the middle is at most the radius."""
    offsets = np.arange(-radius, radius + 1)
    return (offsets[:, None] ** 2 + offsets**2 <= radius**2).astype(np.uint8)
