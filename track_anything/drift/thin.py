"""What is thin in a mask: limbs, ropes and spokes, which the segmenter's grid is too coarse to draw."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sam.canvas import LOGITS_SIZE
from track_anything.masks import distance_inside
from track_anything.types import Mask


def grid_cell(size: tuple[int, int]) -> float:
    """Pixels of a picture of (height, width) across one cell of the segmenter's mask logits."""
    return max(size) / LOGITS_SIZE


def thin_part(mask: Mask, width: float) -> Mask:
    """The parts of a (H, W) mask that are thinner than ``width`` pixels and reach at least as far.

    They are what an opening by a disc of that width takes away; the rounded corners that it takes as well are
    no such parts, since they do not reach out.
    """
    if width <= 0:
        return np.zeros_like(mask)
    radius = width / 2
    core = distance_inside(mask) >= radius  # (H, W)
    if not core.any():
        return mask.copy()
    to_core = _distance_to(core)  # (H, W)
    left = mask & (to_core >= radius)
    _, found = cv2.connectedComponents(left.astype(np.uint8), connectivity=8)
    labels = np.asarray(found, np.int32)  # (H, W)
    reach = np.zeros(int(labels.max()) + 1, np.float32)
    np.maximum.at(reach, labels[left], to_core[left])
    is_limb = reach >= radius + width
    is_limb[0] = False
    return np.asarray(is_limb[labels], np.bool_)


def _distance_to(part: Mask) -> NDArray[np.float32]:
    """How far each pixel lies from the nearest one of a part, (H, W)."""
    found = cv2.distanceTransform((~part).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(found, np.float32)
