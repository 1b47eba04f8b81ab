"""The region round a click by colour and what the tracker thought, for where the segmenter is silent."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.masks import distance_inside, touching
from track_anything.types import Image, Mask

_DETAIL = 1 / 160  # of the shorter side: what an outline is unsure by, and a hand on a mouse
_OF_SIZE = 0.25  # reach of a region as a share of the side of a square as large as the mask
_COLOUR = 2.0  # how many local standard deviations the colours of a region differ by
_FLATTEST = 6.0  # levels of difference that are noise in any picture
_NOISE = 1.0  # pixels: sigma of the blur that takes the grain away
_LEAKING = 0.2  # share of the rim of what is within reach that a region may touch
_LARGEST = 0.04  # share of a mask that colour alone may add to it
_MARGIN = 4  # pixels for the blur
_AGAINST = 0.95  # probability from which on the tracker's word counts more than the colour


def fine_detail(mask: Mask) -> float:
    """Pixels that are next to nothing on a frame of the size of a mask, at least 1."""
    return max(1.0, float(min(mask.shape)) * _DETAIL)


def disc_at(mask: Mask, pixel: tuple[int, int]) -> Mask:
    """The (H, W) pixels next to a clicked one (row, column), on the same side of a mask."""
    radius = fine_detail(mask) + 1
    around = _window(pixel, radius)
    disc = np.zeros_like(mask)
    disc[around] = (_distance(mask, pixel, around) <= radius) & (mask[around] == mask[pixel])
    return disc


def region_at(image: Image, mask: Mask, probability: NDArray[np.float32], pixel: tuple[int, int]) -> Mask:
    """The connected pixels like the clicked one, on the same side of the mask and within reach.

    Args:
        image: (H, W, 3) RGB.
        mask: (H, W).
        probability: (H, W) float32, 0 to 1: where it is all but sure of the opposite the region ends.
        pixel: (row, column) of the click.

    Returns:
        (H, W), holding the clicked pixel, all inside of the mask or all outside of it; little more than that
        pixel where the colours run into their surroundings.
    """
    reach, spot = _reach(mask, pixel), disc_at(mask, pixel)
    around = _window(pixel, reach + _MARGIN)
    side, distance = mask[around] == mask[pixel], _distance(mask, pixel, around)
    smooth = cv2.GaussianBlur(image[around], (0, 0), _NOISE).astype(np.float32)
    colour = smooth[distance == 0][0]  # (3,)
    spread = float(smooth[side & (distance <= reach / 4 + fine_detail(mask))].std(axis=0).mean())
    is_alike = np.abs(smooth - colour).max(axis=2) <= max(_COLOUR * spread, _FLATTEST)
    against = probability if mask[pixel] else 1 - probability  # how sure the tracker is of the opposite
    is_open = against[around] < max(_AGAINST, float(against[pixel]) + 0.01)
    within = side & (distance <= reach)
    region = touching(within & is_alike & is_open, distance == 0)
    rim = within & (distance > reach - fine_detail(mask))
    is_leaking = np.count_nonzero(region & rim) > _LEAKING * np.count_nonzero(rim)
    is_too_much = not mask[pixel] and np.count_nonzero(region) > _LARGEST * np.count_nonzero(mask)
    found = np.zeros_like(mask)
    found[around] = touching(
        spot[around] if is_leaking or is_too_much else region | spot[around], distance == 0
    )
    return found


def _reach(mask: Mask, pixel: tuple[int, int]) -> float:
    """How far a region goes: across the part of the mask that was clicked, or by the mask's size."""
    side = float(np.sqrt(np.count_nonzero(mask)))
    across = min(float(distance_inside(mask)[pixel]), side / 2) if mask[pixel] else _OF_SIZE * side / 2
    return 2 * across + fine_detail(mask)


def _window(pixel: tuple[int, int], radius: float) -> tuple[slice, slice]:
    """The rows and columns within a radius of a pixel."""
    row, column = pixel
    far = math.ceil(radius)
    return np.s_[max(row - far, 0) : row + far + 1, max(column - far, 0) : column + far + 1]


def _distance(mask: Mask, pixel: tuple[int, int], around: tuple[slice, slice]) -> NDArray[np.float64]:
    """Pixels to a pixel from each one of a window into a mask."""
    rows, columns = (np.arange(*part.indices(size)) for part, size in zip(around, mask.shape, strict=True))
    distance: NDArray[np.float64] = np.hypot(rows[:, None] - pixel[0], columns - pixel[1])
    return distance
