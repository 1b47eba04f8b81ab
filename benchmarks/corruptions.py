"""Ways in which a mask goes wrong, to teach the drift monitor what drift looks like."""

from collections.abc import Callable

import cv2
import numpy as np

from track_anything.masks import box_of
from track_anything.types import Mask


def corrupt(mask: Mask, generator: np.random.Generator) -> Mask:
    """Make one of five kinds of a wrong mask out of a (H, W) one that is not empty."""
    kinds: tuple[Callable[[Mask, np.random.Generator], Mask], ...] = (_shift, _shrink, _grow, _cut, _move)
    return kinds[generator.integers(len(kinds))](mask, generator)


def _shift(mask: Mask, generator: np.random.Generator) -> Mask:
    """Off by a third to a whole of the object's size."""
    distance, angle = _size(mask) * generator.uniform(0.3, 1.0), generator.uniform(0, 2 * np.pi)
    return _translate(mask, distance * np.cos(angle), distance * np.sin(angle))


def _shrink(mask: Mask, generator: np.random.Generator) -> Mask:
    """Only the inside is left."""
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(depth > depth.max() * generator.uniform(0.3, 0.7))


def _grow(mask: Mask, generator: np.random.Generator) -> Mask:
    """A disc of background at the boundary came along."""
    border = np.argwhere(mask ^ cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.bool_))
    y, x = border[generator.integers(len(border))] if len(border) else np.argwhere(mask)[0]
    disc = np.zeros(mask.shape, np.uint8)
    cv2.circle(disc, (int(x), int(y)), max(2, int(_size(mask) * generator.uniform(0.4, 0.9))), 1, -1)
    return mask | disc.astype(np.bool_)


def _cut(mask: Mask, generator: np.random.Generator) -> Mask:
    """A straight line took one side away."""
    y, x = np.indices(mask.shape)
    angle = generator.uniform(0, 2 * np.pi)
    along = x * np.cos(angle) + y * np.sin(angle)
    limit = np.quantile(along[mask], generator.uniform(0.35, 0.7))
    return np.asarray(mask & (along <= limit))


def _move(mask: Mask, generator: np.random.Generator) -> Mask:
    """The shape lies somewhere else altogether."""
    height, width = mask.shape
    x0, y0, x1, y1 = box_of(mask) or (0, 0, 1, 1)
    x = generator.integers(-x0, max(width - x1, -x0) + 1)
    y = generator.integers(-y0, max(height - y1, -y0) + 1)
    return _translate(mask, float(x), float(y))


def _size(mask: Mask) -> float:
    return float(np.sqrt(np.count_nonzero(mask)))


def _translate(mask: Mask, x: float, y: float) -> Mask:
    shift = np.array([[1, 0, x], [0, 1, y]], np.float32)
    moved = cv2.warpAffine(mask.astype(np.uint8), shift, (mask.shape[1], mask.shape[0]))
    return np.asarray(moved > 0)
