"""The trimap: what is surely object, what is surely not, and the unknown band between them."""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.masks import box_of, distance_inside, padded, touching
from track_anything.types import Image, Mask

Trimap: TypeAlias = NDArray[np.uint8]
"""(H, W) of ``BACKGROUND``, ``UNKNOWN`` and ``FOREGROUND``, the values of the alphamatting.com benchmark."""

BACKGROUND = 0
UNKNOWN = 128
FOREGROUND = 255

_SOFT = (0.05, 0.95)  # a probability strictly between these is no answer
_SOFT_REACH = 3.0  # how far soft values may widen the band, as a multiple of it
_CORE = 0.5  # the share of its thickness that what is thinner than the band gives up to it
_STEP = 1.2  # from one thickness that is told apart to the next
_THIN = 1.0  # pixels; what is no thicker is one or two pixels wide: all of it mixes with what is round it


def make_trimap(
    mask: Mask, *, width: float, probability: NDArray[np.float32] | None = None, motion: float = 0.0
) -> Trimap:
    """Lay an unknown band along the outline of a mask.

    The band reaches ``(width + motion) / 2`` to either side, but never deeper than half way into a part of
    the object or of the background: a limb, a speck and a hole that are thinner than the band keep a core.
    Only what is one or two pixels wide has none and is unknown as a whole, unless nothing else of its kind
    would be left. Where the picture ends there is no outline: an object that leaves it is known there.

    Args:
        mask: (H, W).
        width: of the band, in pixels, at least 1.
        probability: (H, W), 0 to 1: that a pixel is object. Pixels strictly between 0.05 and 0.95 that hang
            together with the band join it, up to three times its reach.
        motion: how far the object moves during an exposure, in pixels: the length of its blur.

    Returns:
        (H, W). All background or all foreground for a mask without an outline.

    Raises:
        InputError: the band is thinner than a pixel, the motion negative, or the probability of another size.
    """
    if not width >= 1:
        raise InputError(f"the unknown band cannot be {width} pixels wide: give a width of at least 1")
    if not motion >= 0:
        raise InputError(f"an object cannot move by {motion} pixels: give a motion of 0 or more")
    if probability is not None and probability.shape != mask.shape:
        raise InputError(
            f"the probability has shape {probability.shape} and the mask {mask.shape}: give both at one size"
        )
    reach = (width + motion) / 2
    widest = reach if probability is None else _SOFT_REACH * reach
    limit = widest / _CORE
    trimap = np.full(mask.shape, BACKGROUND, np.uint8)
    box = box_of(mask)
    if box is None:
        return trimap
    # Nothing farther from the object bears on the band: it and the discs that measure thickness end here.
    around = padded(box, math.ceil(widest + max(limit + 1, _STEP * limit)) + 2)
    own = mask[around]
    inner, outer = _Side(own, limit), _Side(~own, limit)
    is_unknown = inner.within(reach) | outer.within(reach)
    if probability is not None:
        soft = probability[around]
        may_widen = inner.within(widest) | outer.within(widest)
        is_soft = (soft > _SOFT[0]) & (soft < _SOFT[1])
        is_unknown = touching(is_unknown | (is_soft & may_widen), is_unknown)
    trimap[around] = np.where(is_unknown, UNKNOWN, np.where(own, FOREGROUND, BACKGROUND))
    return trimap


def check_trimap(image: Image, trimap: Trimap) -> None:
    """Refuse what no matte can be made of.

    Args:
        image: (H, W, 3) RGB.
        trimap: (H, W).

    Raises:
        InputError: the two differ in size, the trimap has other values than the three, or it knows nothing.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise InputError(
            f"an image of shape {image.shape} and {image.dtype} is not RGB: give (H, W, 3) uint8"
        )
    if trimap.shape != image.shape[:2]:
        raise InputError(
            f"the trimap has shape {trimap.shape} and the image {image.shape[:2]}: give both at one size"
        )
    is_known = (trimap == BACKGROUND) | (trimap == FOREGROUND)
    if not (is_known | (trimap == UNKNOWN)).all():
        raise InputError(
            f"the trimap holds more than {BACKGROUND}, {UNKNOWN} and {FOREGROUND}: make it with make_trimap"
        )
    if not is_known.any():
        raise InputError("every pixel of the trimap is unknown: mark some object and some background in it")


def nearest_known(trimap: Trimap) -> Mask:
    """The (H, W) mask that ends in the middle of the band: unknown pixels go to the nearer side.

    Without any foreground it is empty, and without any background full.
    """
    if not (trimap == FOREGROUND).any():
        return np.zeros(trimap.shape, np.bool_)
    if not (trimap == BACKGROUND).any():
        return np.ones(trimap.shape, np.bool_)
    to_object, to_background = (distance_inside(trimap != known) for known in (FOREGROUND, BACKGROUND))
    return np.asarray(to_object < to_background, np.bool_)


class _Side:
    """The pixels of one kind, object or background, and how deep each lies in a part of which thickness.

    Args:
        region: (H, W).
        limit: pixels up to which thickness matters.
    """

    def __init__(self, region: Mask, limit: float) -> None:
        self._region = region
        if region.all() or not region.any():  # no outline: nothing is near one
            self._depth = self._most = np.full(region.shape, np.inf, np.float32)
            return
        # From the centre of a pixel to the outline, half a pixel before the nearest centre beyond it.
        self._depth = distance_inside(region) - np.float32(0.5)  # (H, W)
        thickness = _thickness(self._depth, limit)
        is_thin = thickness <= _THIN
        self._most = _CORE * thickness  # (H, W)
        if not is_thin[region].all():
            self._most[is_thin] = np.inf

    def within(self, reach: float) -> Mask:
        """The (H, W) pixels of this kind at most ``reach`` pixels from the outline, cores left out."""
        return np.asarray(self._region & (self._depth <= np.minimum(reach, self._most)), np.bool_)


def _thickness(depths: NDArray[np.float32], limit: float) -> NDArray[np.float32]:
    """The radius of the largest disc within a region that covers each pixel, (H, W), up to a limit or above.

    A tail is thin though it hangs on a body: what counts is how much room there is right there.
    """
    thickness = depths.copy()
    radius = 1.0
    while (is_middle := depths >= radius).any():
        np.maximum(thickness, np.float32(radius), out=thickness, where=distance_inside(~is_middle) <= radius)
        if radius >= limit:
            break
        radius = max(radius + 1, radius * _STEP)
    return thickness
