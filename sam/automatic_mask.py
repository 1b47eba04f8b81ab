"""A mask that nobody asked for, when it is found and when it is handed out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sam.crop import Box, Crop
from sam.mask_filters import box_of


@dataclass(frozen=True, eq=False)
class AutomaticMask:
    """Something in an image that no prompt pointed at.

    Attributes:
        mask: (H, W) bool, at the size of the image; never empty.
        box: the tight box ``(x0, y0, x1, y1)`` in pixels, x1 and y1 exclusive.
        area: of the mask in pixels.
        predicted_iou: as the network predicts it for its answer, about 0 to 1; it may exceed 1.
        stability: of the answer, 0 to 1, as ``Candidates`` describes it.
        point: the click ``(x, y)`` of the grid that was answered, in pixels of the image.
    """

    mask: NDArray[np.bool_]
    box: Box
    area: int
    predicted_iou: float
    stability: float
    point: tuple[float, float]


@dataclass(frozen=True, eq=False)
class FoundMask:
    """A mask that waits for its rivals; packed, for thousands of them wait.

    Attributes:
        bits: (ceil(h * w / 8),) uint8, the mask inside its box, row by row, eight pixels a byte.
        box: the tight box in pixels of the image.
        crop: the part of the image in which it was found.
        predicted_iou: about 0 to 1.
        stability: 0 to 1.
        point: ``(x, y)`` in pixels of the image.
    """

    bits: NDArray[np.uint8]
    box: Box
    crop: Crop
    predicted_iou: float
    stability: float
    point: tuple[float, float]

    @classmethod
    def pack(
        cls,
        mask: NDArray[np.bool_],
        crop: Crop,
        *,
        predicted_iou: float,
        stability: float,
        point: tuple[float, float],
    ) -> "FoundMask":
        """Pack a mask that is not empty; mask (h, w) and point are in pixels of the crop."""
        left, top = crop.box[:2]
        x0, y0, x1, y1 = box_of(mask)
        return cls(
            bits=np.packbits(mask[y0:y1, x0:x1]),
            box=(left + x0, top + y0, left + x1, top + y1),
            crop=crop,
            predicted_iou=predicted_iou,
            stability=stability,
            point=(left + point[0], top + point[1]),
        )

    def unpack(self, size: tuple[int, int]) -> NDArray[np.bool_]:
        """The mask in an image of (H, W)."""
        x0, y0, x1, y1 = self.box
        height, width = y1 - y0, x1 - x0
        mask = np.zeros(size, np.bool_)  # (H, W)
        mask[y0:y1, x0:x1] = np.unpackbits(self.bits, count=height * width).reshape(height, width)
        return mask
