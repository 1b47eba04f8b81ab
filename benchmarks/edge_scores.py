"""How well edges agree with what people drew: the protocol of the Berkeley segmentation data set.

Martin, Fowlkes and Malik, PAMI 2004; Arbelaez et al., PAMI 2011. A pixel of an edge agrees with one that a
person drew when they lie within a tolerance and neither is spoken for: one to one, by a largest matching.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from track_anything.types import Mask

TOLERANCE = 0.0075
"""How far matched pixels may lie apart, as a share of the image's diagonal."""

Counts = NDArray[np.float64]
"""(T, 4) per threshold: pixels drawn by people and found, drawn, found and drawn by anybody, found."""


@dataclass(frozen=True)
class EdgeScores:
    """What the published evaluation tells.

    Attributes:
        ods: the best F of one threshold for all images.
        ois: F with the best threshold for each image.
        average_precision: the area under the curve of precision over recall.
        recall_at_half: recall where precision is 0.5.
    """

    ods: float
    ois: float
    average_precision: float
    recall_at_half: float


def count(strength: NDArray[np.float32], drawn: Sequence[Mask], thresholds: NDArray[np.float64]) -> Counts:
    """Compare the edges (H, W), 0 to 1, of an image with the (H, W) boundaries that people drew."""
    radius = TOLERANCE * float(np.hypot(*strength.shape))
    counts = np.zeros((len(thresholds), 4))
    for row, threshold in zip(counts, thresholds, strict=True):
        ours = skeleton(strength >= threshold)
        is_drawn = np.zeros_like(ours)
        for theirs in drawn:
            matched, pairs = matching(ours, theirs, radius)
            is_drawn |= matched
            row[:2] += np.array((pairs, np.count_nonzero(theirs)))
        row[2:] = np.count_nonzero(is_drawn), np.count_nonzero(ours)
    return counts


def matching(ours: Mask, theirs: Mask, radius: float) -> tuple[Mask, int]:
    """As many pairs of near pixels of two (H, W) masks as can be made, none in two pairs.

    Returns:
        (H, W) which pixels of ours have a partner, and how many do.
    """
    margin = int(radius)
    numbers = np.full(np.add(theirs.shape, 2 * margin), -1, np.int32)
    inner = numbers[margin : margin + theirs.shape[0], margin : margin + theirs.shape[1]]
    inner[theirs] = np.arange(np.count_nonzero(theirs))
    down, across = np.mgrid[-margin : margin + 1, -margin : margin + 1].reshape(2, -1)
    is_near = np.hypot(down, across) <= radius
    reach = cv2.dilate(theirs.astype(np.uint8), is_near.reshape(2 * margin + 1, -1).astype(np.uint8)) > 0
    rows, columns = np.nonzero(ours & reach)  # the others have no partner anyway
    places = rows[:, None] + margin + down[is_near], columns[:, None] + margin + across[is_near]
    partners = numbers[places]  # (N, D), -1 = nobody drew there
    of, at = np.nonzero(partners >= 0)
    shape = (max(len(rows), 1), max(int(inner.max(initial=-1)) + 1, 1))
    graph = csr_array((np.ones(len(of), np.int8), (of, partners[of, at])), shape=shape)
    has_partner = maximum_bipartite_matching(graph, perm_type="column")[: len(rows)] >= 0
    matched = np.zeros(ours.shape, np.bool_)
    matched[rows[has_partner], columns[has_partner]] = True
    return matched, int(np.count_nonzero(has_partner))


def scores_of(counts: Sequence[Counts]) -> EdgeScores:
    """The scores of several images, from their ``count``."""
    total = np.sum(counts, axis=0)
    best = np.sum([each[int(np.argmax(_f(each)))] for each in counts], axis=0)
    recall, precision = total[:, 0] / np.maximum(total[:, 1], 1), total[:, 2] / np.maximum(total[:, 3], 1)
    order = np.argsort(recall, kind="stable")
    recall, precision = recall[order], precision[order]
    grid = np.linspace(0, 1, 101)
    on_grid = np.interp(grid, recall, precision, left=0, right=0)
    has_half = precision >= 0.5
    return EdgeScores(
        ods=float(_f(total).max()),
        ois=float(_f(best[None]).max()),
        average_precision=float(on_grid.sum() / 100),
        recall_at_half=float(recall[has_half].max()) if has_half.any() else 0.0,
    )


def curve(counts: Sequence[Counts]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Recall and precision per threshold over all images, (T,) each."""
    total = np.sum(counts, axis=0)
    return total[:, 0] / np.maximum(total[:, 1], 1), total[:, 2] / np.maximum(total[:, 3], 1)


def skeleton(mask: Mask) -> Mask:
    """Lines one pixel wide of a (H, W) mask (Guo and Hall, CACM 1989)."""
    image = np.pad(mask, 1)
    while True:
        before = np.count_nonzero(image)
        for is_first in (True, False):
            image &= ~_removable(image, is_first=is_first)
        if np.count_nonzero(image) == before:
            return image[1:-1, 1:-1]


def _removable(image: Mask, *, is_first: bool) -> Mask:
    """The pixels of a padded mask that one half of a round takes away."""
    p2, p3, p4 = _moved(image, -1, 0), _moved(image, -1, 1), _moved(image, 0, 1)
    p5, p6, p7 = _moved(image, 1, 1), _moved(image, 1, 0), _moved(image, 1, -1)
    p8, p9 = _moved(image, 0, -1), _moved(image, -1, -1)
    crossings = (
        (~p2 & (p3 | p4)).astype(np.int8)
        + (~p4 & (p5 | p6)).astype(np.int8)
        + (~p6 & (p7 | p8)).astype(np.int8)
        + (~p8 & (p9 | p2)).astype(np.int8)
    )
    one = sum(part.astype(np.int8) for part in (p9 | p2, p3 | p4, p5 | p6, p7 | p8))
    other = sum(part.astype(np.int8) for part in (p2 | p3, p4 | p5, p6 | p7, p8 | p9))
    neighbours = np.minimum(one, other)
    side = (p2 | p3 | ~p5) & p4 if is_first else (p6 | p7 | ~p9) & p8
    found: Mask = image & (crossings == 1) & (neighbours >= 2) & (neighbours <= 3) & ~side
    return found


def _moved(image: Mask, down: int, across: int) -> Mask:
    """What lies so many pixels below and to the right of every pixel of a padded mask."""
    return np.roll(image, (-down, -across), axis=(0, 1))


def _f(counts: Counts) -> NDArray[np.float64]:
    recall = counts[:, 0] / np.maximum(counts[:, 1], 1)
    precision = counts[:, 2] / np.maximum(counts[:, 3], 1)
    return 2 * precision * recall / np.maximum(precision + recall, 1e-12)


def sobel(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """The slope of a picture (H, W) by Sobel's operator, 0 to 1; not thinned."""
    slope = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    return np.asarray(slope / max(float(slope.max()), 1e-6), np.float32)


def canny(grey: NDArray[np.uint8], sigma: float, steps: int = 48) -> NDArray[np.float32]:
    """The share of Canny's upper thresholds that find an edge, at each pixel of a picture (H, W)."""
    smooth = cv2.GaussianBlur(grey, (0, 0), sigma)
    strength = np.zeros(grey.shape, np.float32)
    for place, threshold in enumerate(np.geomspace(8, 1020, steps), start=1):
        found = cv2.Canny(smooth, 0.4 * threshold, threshold, L2gradient=True) > 0
        strength[found] = place / steps
    return strength
