"""Showing which object is where: a tint over each object and a crisp line around it."""

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.types import Image, LabelMap, ObjectId

OPACITY = 0.38
"""Of a tint: what lies under it can still be judged."""

_PIXELS_PER_LINE_WIDTH = 320  # the line is two pixels wide at 480p, three at 1080p

_BRIGHT = (
    (0x5A, 0xB4, 0xFF),
    (0xFF, 0xA5, 0x1F),
    (0xF0, 0x80, 0xC8),
    (0x12, 0xAF, 0x74),
    (0xFF, 0xF2, 0x4A),
    (0xE8, 0x60, 0x1C),
    (0x8C, 0x7B, 0xFF),
    (0xA6, 0xF5, 0xE4),
)
_SHADES = ((0, 0.0), (255, 0.5), (0, 0.3))  # of later rounds: towards which grey, how far


def _object_palette() -> NDArray[np.uint8]:
    """Eight bright colours; the next eight are paler, the next darker, and then they come again."""
    palette = np.zeros((256, 3), np.uint8)
    for object_id in range(1, 256):
        round_number, place = divmod(object_id - 1, len(_BRIGHT))
        grey, share = _SHADES[round_number % len(_SHADES)]
        palette[object_id] = np.rint((1 - share) * np.array(_BRIGHT[place]) + share * grey)
    palette.setflags(write=False)
    return palette


OBJECT_PALETTE = _object_palette()
"""(256, 3) uint8 RGB, read-only: the colour in which every object id is shown by default.

The first eight have a contrast of at least 4.5 to 1 to a dark panel, and are told apart also without the
red, the green or the blue cones of the eye. Files of masks keep ``DAVIS_PALETTE``, which other tools expect.
"""


def palette_with(chosen: Mapping[ObjectId, tuple[int, int, int]]) -> NDArray[np.uint8]:
    """(256, 3) uint8 RGB: the palette with the colours that were chosen for objects."""
    palette = OBJECT_PALETTE.copy()
    for object_id, colour in chosen.items():
        palette[object_id] = colour
    return palette


def paint(
    image: Image,
    label_map: LabelMap,
    *,
    palette: NDArray[np.uint8] = OBJECT_PALETTE,
    opacity: float = OPACITY,
    contour: bool = True,
) -> Image:
    """Tint every object of a label map in its colour; the background stays as it is.

    Args:
        image: (H, W, 3) RGB; it is not changed.
        label_map: (H, W) object ids.
        palette: (256, 3) RGB colour of every id.
        opacity: of the tint, 0 (only contours) to 1 (flat colours).
        contour: whether to draw the line, in the object's full colour, inside its edge.

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
        cv2.copyTo(_coloured(label_map, palette), _inner_edges(label_map), painted)
    return painted


def _coloured(label_map: LabelMap, palette: NDArray[np.uint8]) -> Image:
    channels = cv2.merge([label_map, label_map, label_map])  # (H, W, 3)
    return np.asarray(cv2.LUT(channels, palette.reshape(1, 256, 3)), np.uint8)  # (H, W, 3)


def _inner_edges(label_map: LabelMap) -> NDArray[np.uint8]:
    """(H, W), nonzero where an object ends within the width of the line; the picture's border is no end."""
    line_width = max(1, round(min(label_map.shape) / _PIXELS_PER_LINE_WIDTH))
    neighbourhood = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * line_width + 1, 2 * line_width + 1))
    lowest = cv2.erode(label_map, neighbourhood)
    highest = cv2.dilate(label_map, neighbourhood)
    return np.asarray((lowest != highest) & (label_map != 0), np.uint8)
