"""How much of each pixel is any of several objects: no seam where they touch, solid well inside."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.masks import distance_inside
from track_anything.types import Mask

_INNER = 1 / 120  # of the frame's shorter side: over which a tracker's probabilities rise along an outline
_NARROWEST = 2.0  # pixels
_OUTER = 3.0  # how much farther out than in soft values may reach: hair and blur lie outside of the mask


def united(alphas: Sequence[NDArray[np.float32]], masks: Sequence[Mask]) -> NDArray[np.float32]:
    """The alpha of several objects together.

    What each has of a pixel is added. Where two touch, each fades towards the other as it does towards the
    background, so that a sum alone may leave a see-through line between them: what is nearer to the other
    object than to any background is solid.

    Args:
        alphas: (H, W) per object, 0 to 1.
        masks: (H, W) per object, in the same order; at least one.

    Returns:
        (H, W), 0 to 1, at least the largest of the alphas.
    """
    total = np.zeros(masks[0].shape, np.float32)  # (H, W)
    for alpha in alphas:
        total += alpha
    total = np.minimum(total, np.float32(1))
    seam = _seam(masks)
    if not seam.any():
        return total
    away = distance_inside(~seam)  # (H, W): pixels to the nearest one where two objects meet
    inside = distance_inside(np.logical_or.reduce(masks)) - 1  # (H, W): 0 beside the background
    return np.asarray(np.maximum(total, np.clip(inside - away, 0, 1)), np.float32)


def clipped_round(alpha: NDArray[np.float32], mask: Mask) -> NDArray[np.float32]:
    """A tracker's probabilities as alpha: solid well inside of a mask, nothing far outside of it.

    As a keyer clips white and black. Where the mask was mended or cut, the tracker had thought otherwise, and
    its probabilities, held to the side of the mask, tell nothing of the outline: they would leave what is
    object half transparent, and a half transparent shade where nothing is.

    Args:
        alpha: (H, W), 0 to 1, above 0.5 in the mask and not outside.
        mask: (H, W).

    Returns:
        (H, W), 0 to 1, on the same side of 0.5.
    """
    if not mask.any():
        return np.zeros_like(alpha)
    inner = np.float32(max(_NARROWEST, _INNER * min(mask.shape)))
    half = np.float32(0.5)
    least = np.minimum(half + half * (distance_inside(mask) - half) / inner, 1)
    if mask.all():
        return np.asarray(np.maximum(alpha, least), np.float32)
    most = np.maximum(half - half * (distance_inside(~mask) - half) / (_OUTER * inner), 0)
    return np.asarray(np.where(mask, np.maximum(alpha, least), np.minimum(alpha, most)), np.float32)


def _seam(masks: Sequence[Mask]) -> Mask:
    """(H, W): pixels of an object that lie in another one or beside it."""
    kernel = np.ones((3, 3), np.uint8)
    count = np.zeros(masks[0].shape, np.uint16)  # (H, W): objects on a pixel or beside it
    union = np.zeros(masks[0].shape, np.bool_)  # (H, W)
    for mask in masks:
        if mask.any():
            count += np.asarray(cv2.dilate(mask.astype(np.uint8), kernel), np.uint16)
            union |= mask
    return np.asarray(union & (count > 1), np.bool_)
