"""The outlines of a mask: along the edges of its pixels, nested as its pieces, holes and islands are."""

from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.types import Mask

_LEAST_AREA = 9.0  # px²: what is smaller is a speck
_SIGMA = 1.0  # px along an outline: the stairs of pixels go, and a corner loses a third of a pixel
_ROUND = 40.0  # px of an outline from which on it is smoothed so far


@dataclass(frozen=True, eq=False)
class Outline:
    """A closed line round a piece of an object, or round a hole.

    Attributes:
        points: (N, 2) x and y, from the upper left corner of the picture.
        depth: 0 = round a piece, 1 = round a hole in one, 2 = round an island in a hole, and so on.
    """

    points: NDArray[np.float64]
    depth: int

    @property
    def area(self) -> float:
        """Inside of it, holes included, in pixels."""
        x, y = self.points.T
        return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2

    @property
    def centre(self) -> NDArray[np.float64]:
        """(2,) mean x and y of its points."""
        return np.asarray(self.points.mean(axis=0), np.float64)

    def resampled(self, count: int) -> NDArray[np.float64]:
        """(count, 2) points at equal distances along it."""
        closed = np.vstack([self.points, self.points[:1]])
        along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])  # (N + 1,)
        wanted = np.arange(count) * along[-1] / count
        return np.stack([np.interp(wanted, along, closed[:, axis]) for axis in (0, 1)], axis=1)


def outlines_of(mask: Mask) -> list[Outline]:
    """All outlines of a (H, W) mask; specks, and what lies in them, are left out."""
    height, width = mask.shape
    # pixels at odd places, grown by one: what OpenCV follows are then the edges between pixels
    sites = np.zeros((2 * height + 1, 2 * width + 1), np.uint8)
    sites[1::2, 1::2] = mask
    found, tree = cv2.findContours(
        cv2.dilate(sites, np.ones((3, 3), np.uint8)), cv2.RETR_TREE, cv2.CHAIN_APPROX_NONE
    )
    if tree is None:
        return []
    parents = [int(parent) for parent in tree[0, :, 3]]
    made: dict[int, Outline] = {}
    for number, contour in enumerate(found):  # parents come before what they hold
        parent = parents[number]
        if parent >= 0 and parent not in made:
            continue
        outline = _outline(contour[:, 0].astype(np.float64) / 2, made[parent].depth + 1 if parent >= 0 else 0)
        if outline.area >= _LEAST_AREA:
            made[number] = outline
    return list(made.values())


def _outline(points: NDArray[np.float64], depth: int) -> Outline:
    """Without stairs, and in the direction in which areas are positive."""
    length = float(np.hypot(*(points - np.roll(points, 1, axis=0)).T).sum())
    sigma = _SIGMA * min(length / _ROUND, 1) * len(points) / max(length, 1)  # in points
    reach = max(ceil(3 * sigma), 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-6)) ** 2)
    around = np.pad(points, ((reach, reach), (0, 0)), mode="wrap")
    smooth = np.stack(
        [np.convolve(around[:, axis], weights / weights.sum(), "valid") for axis in (0, 1)], axis=1
    )
    outline = Outline(smooth, depth)
    return outline if outline.area >= 0 else Outline(smooth[::-1], depth)
