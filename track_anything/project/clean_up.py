"""How an object's masks are cleaned when they are shown or handed out; what is stored stays as it is."""

import math
from dataclasses import astuple, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.masks import box_of, distance_inside, padded
from track_anything.types import Mask

LARGEST_REGION = 1_000_000
"""Pixels of the largest hole or island that can be asked to go."""

WIDEST_GROWTH = 100
"""Pixels by which an outline moves or is smoothed at most."""

SPECK = 0.001
"""Share of the largest piece of a mask under which another piece, or a hole, is a slip of the segmenter."""

_SOFT = 2  # pixels on either side of a changed outline that its soft edge takes


@dataclass(frozen=True)
class CleanUp:
    """What is done to every mask of an object, in this order; all 0 = nothing.

    Attributes:
        holes: area in source pixels up to which holes are filled.
        islands: area in source pixels up to which pieces are taken away; the largest piece always stays.
        smooth: radius in source pixels of what is rounded off along the outline.
        grow: source pixels by which the outline moves outwards; negative = inwards.

    Raises:
        InputError: a value is out of range.
    """

    holes: int = 0
    islands: int = 0
    smooth: float = 0.0
    grow: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what would be no clean-up any more."""
        for name, area in (("holes", self.holes), ("islands", self.islands)):
            if not 0 <= area <= LARGEST_REGION:
                raise InputError(f"{name} of {area} pixels: give an area from 0 to {LARGEST_REGION}")
        if not 0 <= self.smooth <= WIDEST_GROWTH:
            raise InputError(f"smoothing by {self.smooth} pixels: give a radius from 0 to {WIDEST_GROWTH}")
        if not -WIDEST_GROWTH <= self.grow <= WIDEST_GROWTH:
            raise InputError(
                f"growing by {self.grow} pixels: give a width from {-WIDEST_GROWTH} to {WIDEST_GROWTH}"
            )

    @property
    def is_nothing(self) -> bool:
        """Whether masks stay as they are."""
        return not any(astuple(self))

    def apply(self, mask: Mask, others: Mask | None = None) -> Mask:
        """The cleaned mask; an empty one stays empty.

        Args:
            mask: (H, W).
            others: (H, W) pixels that other objects hold: what is added keeps out of them.

        Returns:
            (H, W).
        """
        if self.is_nothing or not mask.any():
            return mask
        cleaned = without_islands(without_holes(mask, self.holes), self.islands)
        cleaned = grown(smoothed(cleaned, self.smooth), self.grow)
        return cleaned if others is None else cleaned & (mask | ~others)


def without_holes(mask: Mask, largest: int) -> Mask:
    """Fill the holes of a (H, W) mask of at most so many pixels; what only meets at a corner is apart."""
    if largest <= 0:
        return mask
    labels, areas = _regions(~mask, connectivity=4)
    return np.asarray(mask | (areas <= largest)[labels], np.bool_)


def without_islands(mask: Mask, largest: int) -> Mask:
    """Take away the pieces of a (H, W) mask of at most so many pixels, but never the largest piece."""
    if largest <= 0:
        return mask
    labels, areas = _regions(mask, connectivity=8)
    stays = areas > largest
    stays[areas.argmax()] = True
    return np.asarray(mask & stays[labels], np.bool_)


def smoothed(mask: Mask, radius: float) -> Mask:
    """Round off what is narrower than about a radius along the outline of a (H, W) mask."""
    if radius <= 0:
        return mask
    blurred = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), radius, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred > 0.5, np.bool_)


def grown(mask: Mask, pixels: float) -> Mask:
    """Move the outline of a (H, W) mask outwards, or inwards by negative pixels; the frame is no outline."""
    if pixels == 0 or not mask.any() or mask.all():
        return mask
    if pixels > 0:
        return np.asarray(distance_inside(~mask) <= pixels, np.bool_)
    return np.asarray(distance_inside(mask) > -pixels, np.bool_)


def without_specks(mask: Mask, clicked: Mask | None = None, share: float = SPECK) -> Mask:
    """Take away islands and fill holes below a share of the largest piece, unless somebody clicked them.

    Args:
        mask: (H, W).
        clicked: (H, W) pixels that a person pointed at; None = nowhere.
        share: of the area of the largest piece.

    Returns:
        (H, W).
    """
    box = box_of(mask)
    if box is None:
        return mask
    around = padded(
        box, 1
    )  # all islands and holes lie in there, and what is outside hangs together by the rim
    cleaned = mask.copy()
    cleaned[around] = _without_specks(mask[around], None if clicked is None else clicked[around], share)
    return cleaned


def _without_specks(mask: Mask, clicked: Mask | None, share: float) -> Mask:
    pieces, areas = _regions(mask, connectivity=8)
    least = share * int(areas.max())
    holes, hole_areas = _regions(~mask, connectivity=4)
    is_speck, is_pinhole = areas < least, hole_areas < least
    if clicked is not None:
        is_speck[np.unique(pieces[clicked])] = False
        is_pinhole[np.unique(holes[clicked])] = False
    is_speck[0] = is_pinhole[0] = False
    return np.asarray(mask & ~is_speck[pieces] | is_pinhole[holes], np.bool_)


def softened(probability: NDArray[np.float32], before: Mask, after: Mask) -> NDArray[np.float32]:
    """Probabilities that follow a mask to its cleaned form: a soft edge where the outline moved.

    Args:
        probability: (H, W), 0 to 1, of the mask before.
        before: (H, W).
        after: (H, W), cleaned.

    Returns:
        (H, W) float32, unchanged where nothing was cleaned.
    """
    changed = before ^ after
    if not changed.any():
        return probability
    side = 2 * _SOFT + 1
    near = cv2.dilate(changed.astype(np.uint8), np.ones((side, side), np.uint8)) > 0  # (H, W)
    edge = 0.5 + (_signed_distance(after) / (2 * _SOFT))
    return np.where(near, np.clip(edge, 0, 1), probability).astype(np.float32)


def _signed_distance(mask: Mask) -> NDArray[np.float32]:
    """Pixels to the outline of a (H, W) mask, positive inside; infinite without an outline."""
    if not mask.any() or mask.all():
        return np.full(mask.shape, math.inf if mask.any() else -math.inf, np.float32)
    return np.where(mask, distance_inside(mask) - np.float32(0.5), np.float32(0.5) - distance_inside(~mask))


def _regions(mask: Mask, connectivity: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Label per pixel (H, W), 0 = outside, and area per label; that of label 0 is 0."""
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=connectivity
    )
    areas = statistics[:, cv2.CC_STAT_AREA].astype(np.int64)
    areas[0] = 0
    return np.asarray(labels, np.int32), areas
