"""The region round a click by colour and what the tracker thought, for where the segmenter is silent."""

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.masks import depth, touching
from track_anything.types import Image, Mask

_DETAIL = 1 / 160  # of the shorter side: what an outline is unsure by, and a hand on a mouse
_OF_SIZE = 0.25  # reach of a region as a share of the side of a square as large as the mask
_COLOUR = 2.0  # how many local standard deviations the colours of a region differ by
_FLATTEST = 6.0  # levels of difference that are noise in any picture
_NOISE = 1.0  # pixels: sigma of the blur that takes the grain away
_LEAKING = 0.2  # share of the rim of what is within reach that a region may touch
_AGAINST = 0.95  # probability from which on the tracker's word counts more than the colour


def fine_detail(mask: Mask) -> float:
    """Pixels that are next to nothing on a frame of the size of a mask, at least 1."""
    return max(1.0, float(min(mask.shape)) * _DETAIL)


def disc_at(mask: Mask, pixel: tuple[int, int]) -> Mask:
    """The (H, W) pixels next to a clicked one (row, column), on the same side of a mask."""
    near = _distance(mask, pixel) <= fine_detail(mask) + 1
    return np.asarray(near & (mask == mask[pixel]), np.bool_)


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
    side, distance = mask == mask[pixel], _distance(mask, pixel)  # (H, W)
    reach = _reach(mask, pixel)
    smooth = cv2.GaussianBlur(image, (0, 0), _NOISE).astype(np.float32)
    spread = float(smooth[side & (distance <= reach / 4 + fine_detail(mask))].std(axis=0).mean())
    is_alike = np.abs(smooth - smooth[pixel]).max(axis=2) <= max(_COLOUR * spread, _FLATTEST)
    certainty = probability if mask[pixel] else 1 - probability  # of the tracker, against the click
    is_open = certainty < max(_AGAINST, float(certainty[pixel]) + 0.01)
    within, spot = side & (distance <= reach), disc_at(mask, pixel)
    seed = np.zeros_like(mask)
    seed[pixel] = True
    region = touching(within & is_alike & is_open, seed)
    rim = within & (distance > reach - fine_detail(mask))
    is_leaking = np.count_nonzero(region & rim) > _LEAKING * np.count_nonzero(rim)
    return touching(spot, seed) if is_leaking else touching(region | spot, seed)


def _reach(mask: Mask, pixel: tuple[int, int]) -> float:
    """How far a region goes: across the part of the mask that was clicked, or by the mask's size."""
    across = depth(mask)[pixel] if mask[pixel] else _OF_SIZE * np.sqrt(np.count_nonzero(mask)) / 2
    return 2 * float(across) + fine_detail(mask)


def _distance(mask: Mask, pixel: tuple[int, int]) -> NDArray[np.float64]:
    rows, columns = np.ogrid[: mask.shape[0], : mask.shape[1]]
    distance: NDArray[np.float64] = np.hypot(rows - pixel[0], columns - pixel[1])
    return distance
