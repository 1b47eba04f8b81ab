"""The picture that mattes are sought in: the frame itself, or one without the blocks of a coarse coding.

He, Sun and Tang, "Guided Image Filtering", PAMI 2013, section 3.4: a picture smoothed with itself as its
guide keeps its edges and loses what is fainter than them.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.types import Image

_GRID = 8  # pixels: the side of the blocks of JPEG, and the least of those of video
_NONE, _PLAIN = 1.1, 1.4  # blockiness up to which nothing is smoothed, and from which on everything
_EPSILON = 1.6e-3  # of the guided filter, colours as 0 to 1: steps below about 10 levels go
_RADIUS = 1  # pixels, of its windows


def guidance(image: Image) -> Image:
    """What to look at in place of a frame when its matte is sought; never what is handed out.

    Args:
        image: (H, W, 3) RGB.

    Returns:
        (H, W, 3); the frame itself unless it shows the grid of a block coding.
    """
    weight = np.clip((blockiness(image) - _NONE) / (_PLAIN - _NONE), 0, 1)
    if weight == 0:
        return image
    colours = image.astype(np.float32) / np.float32(255)
    mixed = colours + np.float32(weight) * (_smoothed(colours) - colours)
    return np.clip(np.rint(mixed * 255), 0, 255).astype(np.uint8)


def blockiness(image: Image) -> float:
    """How much steeper a picture is across the lines of a grid of 8 pixels than between; about 1 without.

    The grid may begin anywhere, as in a picture that was cropped or turned: the steepest place counts.

    Args:
        image: (H, W, 3) RGB; smaller than two blocks it has no grid, and 1 is returned.
    """
    if min(image.shape[:2]) < 2 * _GRID:
        return 1.0
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    ratios = []
    for axis in (0, 1):
        steps = np.abs(np.diff(grey, axis=axis)).mean(axis=1 - axis)  # (N - 1,)
        phases = np.array([steps[phase::_GRID].mean() for phase in range(_GRID)])
        steepest = int(phases.argmax())
        others = np.delete(phases, steepest)
        ratios.append(float(phases[steepest] / max(float(others.mean()), 1e-3)))
    return float(np.mean(ratios))


def _smoothed(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W, 3), every channel guided by itself."""
    size = (2 * _RADIUS + 1, 2 * _RADIUS + 1)
    mean = cv2.blur(colours, size)
    variance = np.maximum(cv2.blur(colours * colours, size) - mean * mean, 0)
    slope = np.asarray(variance / (variance + np.float32(_EPSILON)), np.float32)
    offset = np.asarray(mean - slope * mean, np.float32)
    return np.asarray(cv2.blur(slope, size) * colours + cv2.blur(offset, size), np.float32)
