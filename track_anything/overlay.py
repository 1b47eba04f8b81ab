"""Showing which object is where: a tint over each object and a crisp line around it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.masks import DAVIS_PALETTE
from track_anything.types import Image, LabelMap

_PIXELS_PER_LINE_WIDTH = 320  # the line is two pixels wide at 480p, three at 1080p


def paint(
    image: Image,
    label_map: LabelMap,
    *,
    palette: NDArray[np.uint8] = DAVIS_PALETTE,
    opacity: float = 0.5,
    contour: bool = True,
) -> Image:
    """Tint every object of a label map in its colour; the background stays as it is.

    Args:
        image: (H, W, 3) RGB; it is not changed.
        label_map: (H, W) object ids.
        palette: (256, 3) RGB colour of every id.
        opacity: of the tint, 0 (only contours) to 1 (flat colours).
        contour: whether to draw the line, in the object's colour at full brightness, inside its edge.

    Returns:
        (H, W, 3) RGB.

    Raises:
        InputError: the sizes differ, or the opacity is outside 0 to 1.
    """
    if label_map.shape != image.shape[:2]:
        raise InputError(
            f"a label map of {label_map.shape[1]} x {label_map.shape[0]} pixels does not fit an image of "
            f"{image.shape[1]} x {image.shape[0]}: give one of the size of the frame"
        )
    if not 0 <= opacity <= 1:
        raise InputError(f"an opacity of {opacity:g} is not possible: give a number from 0 to 1")
    label_map = np.ascontiguousarray(label_map, np.uint8)
    painted = image.copy()
    tinted = cv2.addWeighted(image, 1 - opacity, _coloured(label_map, palette), opacity, 0)
    cv2.copyTo(tinted, label_map, painted)
    if contour:
        cv2.copyTo(_coloured(label_map, _brightened(palette)), _inner_edges(label_map), painted)
    return painted


def _coloured(label_map: LabelMap, palette: NDArray[np.uint8]) -> Image:
    channels = cv2.merge([label_map, label_map, label_map])  # (H, W, 3)
    return np.asarray(cv2.LUT(channels, palette.reshape(1, 256, 3)), np.uint8)  # (H, W, 3)


def _brightened(palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same hues with the strongest channel at its maximum; black stays black."""
    strongest = np.maximum(palette.max(axis=1, keepdims=True), 1)  # (256, 1)
    return np.asarray(palette.astype(np.uint16) * 255 // strongest, np.uint8)  # (256, 3)


def _inner_edges(label_map: LabelMap) -> NDArray[np.uint8]:
    """(H, W), nonzero where an object ends within the width of the line; the picture's border is no end."""
    line_width = max(1, round(min(label_map.shape) / _PIXELS_PER_LINE_WIDTH))
    neighbourhood = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * line_width + 1, 2 * line_width + 1))
    lowest = cv2.erode(label_map, neighbourhood)
    highest = cv2.dilate(label_map, neighbourhood)
    return np.asarray((lowest != highest) & (label_map != 0), np.uint8)
