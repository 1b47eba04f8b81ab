"""Region similarity J and boundary accuracy F, as the DAVIS benchmark measures them.

Perazzi et al., "A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation", CVPR 2016.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from track_anything.masks import iou
from track_anything.types import Mask

BOUNDARY_TOLERANCE = 0.008
"""How far two boundaries may lie apart and still agree, as a share of the image diagonal."""


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


def auroc(scores: NDArray[np.float64], is_positive: NDArray[np.bool_]) -> float:
    """Area under the receiver operating characteristic: how often a positive outscores a negative, 0 to 1.

    Ties count half (Hanley and McNeil, Radiology 1982); NaN when one of the two kinds is missing.
    """
    positives, negatives = int(is_positive.sum()), int((~is_positive).sum())
    if not positives or not negatives:
        return math.nan
    ranks = rankdata(scores)
    return float((ranks[is_positive].sum() - positives * (positives + 1) / 2) / (positives * negatives))


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
