"""What is to be replaced: the mask of an object, grown and feathered."""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.masks import distance_inside
from track_anything.types import Mask

HoleWeight: TypeAlias = NDArray[np.float32]
"""(H, W), 0 to 1: how much of each pixel is replaced."""


@dataclass(frozen=True)
class HoleShape:
    """How a hole is made of a mask.

    Attributes:
        dilation: pixels that it reaches beyond the mask: over soft edges and motion blur.
        feather: pixels beyond those over which it fades into the picture.
    """

    dilation: int = 6
    feather: int = 3

    def __post_init__(self) -> None:
        """Raise InputError for lengths below 0."""
        if self.dilation < 0 or self.feather < 0:
            raise InputError(
                f"a hole cannot be grown by {self.dilation} and feathered by {self.feather} pixels: "
                "give 0 or more"
            )

    def of(self, mask: Mask) -> HoleWeight:
        """The hole of a (H, W) mask: 1 where it is grown, falling to 0 over the feather, exactly 0 beyond."""
        if not mask.any():
            return np.zeros(mask.shape, np.float32)
        away = distance_inside(~mask)
        share = np.clip(1 - (away - self.dilation) / (self.feather + 1), 0, 1)
        return np.where(away > self.dilation + self.feather, 0, share).astype(np.float32)


def grown(mask: Mask, by: int) -> Mask:
    """A (H, W) mask and all within so many pixels of it."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)
