"""What goes with an object: its shadow and its reflection, which differ from the background as it does."""

import cv2
import numpy as np

from track_anything.masks import distance_inside, touching
from track_anything.types import Image, Mask

_BLUR = 2.5  # pixels: the sigma by which noise and badly fitting edges are evened out
_NOTABLE = 9.0  # levels by which a place must differ from the background
_TIMES_NOISE = 3.0  # and by so many times what differs where nothing should
_SPECK = 0.01  # parts of the object's area below which a place is no shadow
_GAP = 5  # pixels that may lie between the object and its shadow


def reach_of(box: tuple[int, int, int, int]) -> int:
    """How far from an object of this box its shadow is looked for, in pixels: further the larger it is."""
    x0, y0, x1, y1 = box
    return round(0.6 * max(x1 - x0, y1 - y0))


def shadow_of(image: Image, background: Image, mask: Mask, reach: int) -> Mask:
    """Where a picture differs from its background beside an object, and hangs together with it.

    Args:
        image: (H, W, 3).
        background: (H, W, 3), the picture with object and surroundings filled.
        mask: (H, W), the object.
        reach: pixels from it that are looked at.

    Returns:
        (H, W), without the object itself.
    """
    if not mask.any():
        return np.zeros(mask.shape, np.bool_)
    outside = (~mask).astype(np.float32)  # the object differs most, and is none of its surroundings
    difference = np.abs(image.astype(np.float32) - background).mean(axis=2) * outside
    weight = np.maximum(cv2.GaussianBlur(outside, (0, 0), _BLUR), np.float32(1e-3))
    even = np.asarray(cv2.GaussianBlur(difference, (0, 0), _BLUR) / weight, np.float32)
    away = distance_inside(~mask)
    is_beside = (away > 0) & (away <= reach)
    if not is_beside.any():
        return np.zeros(mask.shape, np.bool_)
    noise = float(np.median(even[is_beside]))
    is_other = is_beside & (even > max(_NOTABLE, _TIMES_NOISE * noise))
    return _hanging_together(is_other, mask)


def _hanging_together(is_other: Mask, mask: Mask) -> Mask:
    """The parts of a region that reach the object and are no specks."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _GAP + 1, 2 * _GAP + 1))
    joined = cv2.morphologyEx((is_other | mask).astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    is_own = touching(joined > 0, mask) & is_other
    _, parts, statistics, _ = cv2.connectedComponentsWithStats(is_own.astype(np.uint8), connectivity=8)
    is_large = statistics[:, cv2.CC_STAT_AREA] >= _SPECK * mask.sum()
    is_large[0] = False
    return np.asarray(is_large[parts], np.bool_)
