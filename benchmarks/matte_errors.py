"""How far a matte lies from the true one, over the unknown pixels of a trimap.

Rhemann et al., "A Perceptually Motivated Online Benchmark for Image Matting", CVPR 2009, section 3.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from track_anything.matting import Matte
from track_anything.types import Mask

GRADIENT_SIGMA = 1.4
"""Of the Gaussian whose derivatives are compared, in pixels."""

CONNECTIVITY_STEP = 0.1
"""Between the levels at which connectivity is looked at."""

CONNECTIVITY_TOLERANCE = 0.15
"""Theta: a pixel less than this above the level at which it is connected counts as connected."""


# Brings the derivative of a Gaussian in two dimensions to unit norm, as alphamatting.com has it.
_UNIT = GRADIENT_SIGMA**2 * math.sqrt(8 * math.pi)


@dataclass(frozen=True)
class MatteErrors:
    """The four errors of one matte, all 0 for the true one.

    Attributes:
        sad: sum of absolute differences, in thousands.
        mse: mean squared difference, in thousandths.
        gradient: sum of squared differences of gradient magnitudes, in thousands.
        connectivity: sum of differences in connectedness, in thousands.
    """

    sad: float
    mse: float
    gradient: float
    connectivity: float


def matte_errors(matte: Matte, truth: Matte, is_unknown: Mask) -> MatteErrors:
    """Compare a (H, W) matte with the true one where a trimap is unknown."""
    difference = np.abs(matte.astype(np.float64) - truth)[is_unknown]
    gradient = (_steepness(matte) - _steepness(truth))[is_unknown] ** 2
    connectivity = np.abs(np.subtract(*_connectedness(matte, truth)))[is_unknown]
    return MatteErrors(
        sad=float(difference.sum()) / 1000,
        mse=float((difference**2).mean()) * 1000 if difference.size else 0.0,
        gradient=float(gradient.sum()) / 1000,
        connectivity=float(connectivity.sum()) / 1000,
    )


def _steepness(matte: Matte) -> NDArray[np.float64]:
    """(H, W) magnitude of the gradient, by derivatives of a Gaussian whose squares sum to one."""
    steepness = ndimage.gaussian_gradient_magnitude(
        matte.astype(np.float64), GRADIENT_SIGMA, mode="nearest", truncate=3.0
    )
    return np.asarray(steepness * _UNIT, np.float64)


def _connectedness(matte: Matte, truth: Matte) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(H, W) of both, 0 to 1: 1 less the height above the level at which a pixel leaves the common object.

    The common object at a level is the largest 4-connected region where both mattes reach it. As on
    alphamatting.com, all pixels weigh the same.
    """
    level_left = np.ones(matte.shape)  # the last level at which a pixel was connected
    is_connected = np.ones(matte.shape, np.bool_)
    for level in np.arange(CONNECTIVITY_STEP, 1 + CONNECTIVITY_STEP / 2, CONNECTIVITY_STEP):
        # The tolerance is for float32: 0.7 is not below the seventh step.
        is_common = _largest((matte >= level - 1e-6) & (truth >= level - 1e-6))
        level_left[is_connected & ~is_common] = level - CONNECTIVITY_STEP
        is_connected &= is_common

    def connected(alpha: Matte) -> NDArray[np.float64]:
        height = alpha - level_left
        return np.asarray(1 - height * (height >= CONNECTIVITY_TOLERANCE), np.float64)

    return connected(matte), connected(truth)


def _largest(region: Mask) -> Mask:
    """The largest 4-connected part of a (H, W) region; nothing of an empty one."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(region.astype(np.uint8), connectivity=4)
    if count < 2:
        return np.zeros_like(region)
    return np.asarray(labels == 1 + np.argmax(stats[1:, cv2.CC_STAT_AREA]), np.bool_)
