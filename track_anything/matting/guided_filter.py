"""The preview of a matte: a guided filter, many times faster than the closed form and less exact.

He, Sun and Tang, "Guided Image Filtering", PAMI 2013, sections 3.2 (the filter) and 3.5 (colour as guide).
The coefficients are found on a coarser grid, as in He and Sun, "Fast Guided Filter", arXiv 1505.00996.
"""

import math
from itertools import combinations_with_replacement

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.masks import box_of, distance_inside, padded
from track_anything.matting.matte import Matte
from track_anything.matting.trimap import FOREGROUND, UNKNOWN, Trimap, check_trimap, nearest_known
from track_anything.types import Image, Mask

_EPSILON = 1e-5  # what the slope of a line of colours costs, colours as 0 to 1
_RADIUS = 1.5  # of a window, as a multiple of the band's reach: from the band's middle it sees both sides
_GUESSED = 0.1  # the weight of pixels in the band, whose alpha is a guess, beside 1 of the known ones
_CELLS = 4  # a window's radius in cells of the coarse grid: fewer blur the lines, more take time


def guided_matte(image: Image, trimap: Trimap) -> Matte:
    """A matte from lines of colour that are fitted in windows to the mask in the middle of the band.

    Other than in the paper, known pixels weigh more in the fit than the guess in between, and the windows are
    as large as the band demands.

    Args:
        image: (H, W, 3) RGB.
        trimap: (H, W).

    Returns:
        (H, W), exactly 0 and 1 outside the band.

    Raises:
        InputError: image and trimap differ in size, or nothing in the trimap is known.
    """
    check_trimap(image, trimap)
    matte = np.asarray(trimap == FOREGROUND, np.float32)
    is_unknown = trimap == UNKNOWN
    box = box_of(is_unknown)
    if box is None:
        return matte
    radius = math.ceil(_RADIUS * _reach(is_unknown))
    around = padded(box, 2 * radius)  # an alpha is a mean over windows that hold it: they reach twice as far
    colours = image[around].astype(np.float32) / np.float32(255)
    weight = np.where(is_unknown[around], np.float32(_GUESSED), np.float32(1))
    guess = nearest_known(trimap)[around].astype(np.float32)
    filtered = np.clip(_filtered(colours, guess, weight, radius), 0, 1)
    matte[around][is_unknown[around]] = filtered[is_unknown[around]]
    return matte


def _reach(is_unknown: Mask) -> float:
    """How far the unknown pixel in the middle of the (H, W) band's widest place is from a known one."""
    return float(distance_inside(is_unknown).max())


def _filtered(
    colours: NDArray[np.float32], guess: NDArray[np.float32], weight: NDArray[np.float32], radius: int
) -> NDArray[np.float32]:
    """(h, w): equations 19 to 21 of the paper, with weighted means.

    Args:
        colours: (h, w, 3), 0 to 1, the guide.
        guess: (h, w), what is filtered.
        weight: (h, w), above 0, of each pixel in the fit.
        radius: of the windows, in pixels.
    """
    height, width = guess.shape
    step = max(radius // _CELLS, 1)
    padding = ((0, -height % step), (0, -width % step))
    guide, coarse_guess, coarse_weight = (
        np.pad(each, padding + ((0, 0),) * (each.ndim - 2), mode="edge")[step // 2 :: step, step // 2 :: step]
        for each in (colours, guess, weight)
    )
    lines = _lines(guide.astype(np.float64), coarse_guess, coarse_weight, max(radius // step, 1))  # (., ., 4)
    full = cv2.resize(lines.astype(np.float32), None, fx=step, fy=step, interpolation=cv2.INTER_LINEAR)
    slopes, offset = full[:height, :width, :3], full[:height, :width, 3]
    return np.asarray((slopes * colours).sum(axis=2) + offset, np.float32)


def _lines(
    guide: NDArray[np.float64], guess: NDArray[np.float32], weight: NDArray[np.float32], radius: int
) -> NDArray[np.float64]:
    """(h, w, 4): slopes for red, green and blue, and offset: means over the windows that hold a pixel."""
    size = (2 * radius + 1, 2 * radius + 1)

    def summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.boxFilter(values, -1, size, borderType=cv2.BORDER_REFLECT), np.float64)

    weights = weight.astype(np.float64)
    total = summed(weights)
    mean = summed(guide * weights[..., None]) / total[..., None]  # (h, w, 3)
    mean_guess = summed(guess * weights) / total
    with_guess = (
        summed(guide * (guess * weights)[..., None]) / total[..., None] - mean * mean_guess[..., None]
    )
    covariance = np.empty((*guess.shape, 3, 3))
    for c, d in combinations_with_replacement(range(3), 2):
        both = summed(guide[..., c] * guide[..., d] * weights) / total - mean[..., c] * mean[..., d]
        covariance[..., c, d] = covariance[..., d, c] = both
    slopes = np.linalg.solve(covariance + _EPSILON * np.eye(3), with_guess[..., None])[..., 0]
    offset = mean_guess - (slopes * mean).sum(axis=2)
    lines = np.concatenate([slopes, offset[..., None]], axis=2)
    # A window with more known pixels says more: its line counts by the weight it was fitted with.
    return summed(lines * total[..., None]) / summed(total)[..., None]
