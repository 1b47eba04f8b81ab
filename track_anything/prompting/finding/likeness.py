"""How much a mask looks like an example, in the segmenter's own features.

One mean hides what an object is made of: an example is described by several prototypes of its inside, and by
some of its rim, where the features see both the object and how it ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.types import Mask

Features = NDArray[np.float32]
"""(C, h, w) of an image, a cell of the grid for a square of pixels."""

_INSIDE, _RIM = 6, 3  # prototypes, at most
_ROUNDS = 8  # of clustering
_FULL, _TOUCHED = 0.6, 0.1  # share of a cell that a mask covers: inside; on the rim
_RING = 2  # cells around a mask that it is told apart from
_PICTURE_CELL = 8  # pixels of an image that is its own embedding


def features_of(embedding: Any) -> Features:  # noqa: ANN401 - each segmenter has an embedding of its own
    """The features (C, h, w) of an embedded image; of one that is no more than a picture, its colours."""
    grid = getattr(embedding, "grid", None)
    if grid is not None:
        return np.asarray(grid.float().cpu().numpy(), np.float32)
    picture = np.asarray(embedding, np.float32)
    cells = max(1, picture.shape[1] // _PICTURE_CELL), max(1, picture.shape[0] // _PICTURE_CELL)
    return np.asarray(cv2.resize(picture, cells, interpolation=cv2.INTER_AREA).transpose(2, 0, 1), np.float32)


@dataclass(frozen=True, eq=False)
class Looks:
    """What a mask looks like.

    Attributes:
        inside: (P, C) directions of features inside of it; at least one.
        rim: (R, C) those where it ends; at least one.
        mean: (C,) the direction of all of them.
        area: its share of the image.
    """

    inside: NDArray[np.float32]
    rim: NDArray[np.float32]
    mean: NDArray[np.float32]
    area: float


@dataclass(frozen=True)
class Likeness:
    """How two masks compare; all but ``size`` between -1 and 1, more is more alike.

    Attributes:
        inside: how well what is inside of the one is known from the other.
        covered: how much of what is inside of the other is found in the one.
        rim: the same of both rims, both ways.
        contrast: how much better the inside is known than what lies around.
        size: minus the absolute logarithm of the ratio of areas.
        mean: cosine of the mean features, which is all that a simpler way compares.
    """

    inside: float
    covered: float
    rim: float
    contrast: float
    size: float
    mean: float


class Appearance:
    """The features of one image, by which its masks are compared.

    Args:
        features: of the image.
        centre: (C,) what is subtracted from all, the mean of the image with the examples; None = this image.
    """

    def __init__(self, features: Features, centre: NDArray[np.float32] | None = None) -> None:
        flat = features.reshape(len(features), -1)
        self.centre = flat.mean(axis=1) if centre is None else centre
        centred = flat - self.centre[:, None]
        self._cells = centred / np.maximum(np.linalg.norm(centred, axis=0), 1e-6)  # (C, h * w)
        self._size = features.shape[1], features.shape[2]

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return self._size

    def looks_of(self, mask: Mask) -> Looks:
        """Describe a mask (H, W) that is not empty."""
        inside, rim, _ = self._parts(mask)
        cells = self._cells[:, inside]
        mean = cells.mean(axis=1)
        return Looks(
            prototypes(cells, _INSIDE),
            prototypes(self._cells[:, rim], _RIM),
            mean / max(float(np.linalg.norm(mean)), 1e-6),
            np.count_nonzero(mask) / mask.size,
        )

    def map_of(self, looks: Looks) -> NDArray[np.float32]:
        """How much each cell looks like the inside of something, (h, w), -1 to 1."""
        return np.asarray((looks.inside @ self._cells).max(axis=0).reshape(self._size), np.float32)

    def likeness(self, mask: Mask, example: Looks) -> Likeness:
        """Compare a mask (H, W) that is not empty with an example, on this image or on another one."""
        inside, rim, ring = self._parts(mask)
        known = example.inside @ self._cells  # (P, h * w)
        rims = example.rim @ self._cells[:, rim]  # (R, M)
        there = float(known[:, inside].max(axis=0).mean())
        around = float(known[:, ring].max(axis=0).mean()) if ring.any() else 0.0
        mean = self._cells[:, inside].mean(axis=1)
        cosine = float(example.mean @ mean) / max(float(np.linalg.norm(mean)), 1e-6)
        ratio = np.count_nonzero(mask) / mask.size / max(example.area, 1e-9)
        return Likeness(
            inside=there,
            covered=float(known[:, inside].max(axis=1).mean()),
            rim=float(rims.max(axis=0).mean() + rims.max(axis=1).mean()) / 2,
            contrast=there - around,
            size=-abs(float(np.log(max(ratio, 1e-9)))),
            mean=cosine,
        )

    def _parts(self, mask: Mask) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """The cells (h * w,) inside of a mask, on its rim and around it; the first two are never empty."""
        rows, columns = self._size
        covered = cv2.resize(mask.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
        inside = covered >= _FULL
        rim = (covered >= _TOUCHED) & ~inside
        most = covered >= covered.max()  # of something smaller than a cell
        inside = inside if inside.any() else most
        rim = rim if rim.any() else most
        square = np.ones((2 * _RING + 1, 2 * _RING + 1), np.uint8)
        ring = (cv2.dilate((covered >= _TOUCHED).astype(np.uint8), square) > 0) & (covered < _TOUCHED)
        return inside.ravel(), rim.ravel(), ring.ravel()


def prototypes(cells: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """The directions that stand for many, found by k-means on the sphere from starts far apart.

    Args:
        cells: (C, N) directions of length 1, at least one.
        most: so many are made at most, one for every three cells.

    Returns:
        (P, C) of length 1; the same for the same cells.
    """
    count = max(1, min(most, cells.shape[1] // 3))
    mean = cells.mean(axis=1)
    chosen = [int(np.argmax(mean @ cells))]
    nearest = cells[:, chosen[0]] @ cells  # (N,)
    for _ in range(count - 1):
        chosen.append(int(np.argmin(nearest)))
        nearest = np.maximum(nearest, cells[:, chosen[-1]] @ cells)
    centres = cells[:, chosen].T.copy()  # (P, C)
    for _ in range(_ROUNDS):
        owner = np.argmax(centres @ cells, axis=0)  # (N,)
        for place in range(count):
            if (owner == place).any():
                centre = cells[:, owner == place].mean(axis=1)
                centres[place] = centre / max(float(np.linalg.norm(centre)), 1e-6)
    return centres


def peaks(values: NDArray[np.float32], most: int) -> NDArray[np.intp]:
    """The cells (N, 2), row and column, that no neighbour exceeds, highest first; at most so many."""
    highest = cv2.dilate(values, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero(values >= highest)
    order = np.argsort(-values[rows, columns], kind="stable")[:most]
    return np.stack((rows[order], columns[order]), axis=1)


def best_of(likenesses: Sequence[Likeness]) -> Likeness:
    """Of the comparisons with several examples, the one that is most alike inside."""
    return max(likenesses, key=lambda each: each.inside + each.covered)
