"""Masks as arrays: their boxes and parts, how far inside a pixel lies, and how well two agree."""

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.types import Mask


def iou(mask: Mask, other: Mask) -> float:
    """Intersection over union of two (H, W) masks, 0 to 1; two empty masks agree perfectly."""
    union = np.count_nonzero(mask | other)
    if union == 0:
        return 1.0
    return float(np.count_nonzero(mask & other) / union)


def box_of(mask: Mask) -> tuple[int, int, int, int] | None:
    """The tight box ``(x0, y0, x1, y1)`` in pixels, x1 and y1 exclusive, or None for an empty mask."""
    rows = np.flatnonzero(mask.any(axis=1))
    if rows.size == 0:
        return None
    columns = np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def padded(box: tuple[int, int, int, int], margin: int) -> tuple[slice, slice]:
    """The rows and columns of a box with so many pixels round it, to slice a picture by."""
    x0, y0, x1, y1 = box
    return np.s_[max(y0 - margin, 0) : y1 + margin, max(x0 - margin, 0) : x1 + margin]


def distance_inside(mask: Mask) -> NDArray[np.float32]:
    """How far each pixel of a (H, W) mask lies from the nearest one outside of it, in pixels; 0 outside."""
    found = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(found, np.float32)


def touching(mask: Mask, seed: Mask) -> Mask:
    """The connected parts of a (H, W) mask that hold a pixel of the seed."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    is_held = np.zeros(int(labels.max()) + 1, np.bool_)
    is_held[np.unique(labels[seed])] = True
    is_held[0] = False
    return np.asarray(is_held[labels], np.bool_)


def clipped_to(probability: NDArray[np.float32], mask: Mask) -> NDArray[np.float32]:
    """Soft values that say the same as a mask: above 0.5 inside of it, at most 0.5 outside; (H, W) all."""
    least = np.nextafter(np.float32(0.5), np.float32(1))
    return np.where(mask, np.maximum(probability, least), np.minimum(probability, np.float32(0.5)))
