"""How far filled holes lie from what they hid."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.types import Image, Mask
from track_anything.video.motion import FlowEstimator, warp

_PEAK = 255.0
_BEST_PSNR = 60.0  # decibels; a perfect fill has none
_C1, _C2 = (0.01 * _PEAK) ** 2, (0.03 * _PEAK) ** 2
_SIGMA = 1.5


@dataclass(frozen=True)
class FillErrors:
    """Errors inside of holes, means over the frames that have one.

    Attributes:
        psnr: peak signal to noise ratio, in decibels.
        ssim: structural similarity (Wang et al. 2004).
        warping: see the module ``inpainting``, in levels.
    """

    psnr: float
    ssim: float
    warping: float


def fill_errors(filled: Sequence[Image], truth: Sequence[Image], holes: Sequence[Mask]) -> FillErrors:
    """Compare (H, W, 3) frames with the true ones inside of (H, W) holes; InputError where none has any."""
    chosen = [at for at, hole in enumerate(holes) if hole.any()]
    if not chosen:
        raise InputError(
            f"none of {len(holes)} frames has a hole: nothing can be compared; choose other masks"
        )
    psnrs = [_psnr(filled[at], truth[at], holes[at]) for at in chosen]
    ssims = [float(_ssim(filled[at], truth[at])[holes[at]].mean()) for at in chosen]
    flow = FlowEstimator()
    warping: list[float] = []
    for at in chosen[:-1]:
        motion = flow(truth[at], truth[at + 1])
        wrong, unavoidable = (
            np.abs(warp(clip[at + 1].astype(np.float32), motion) - clip[at]).mean(axis=2)[holes[at]].mean()
            for clip in (filled, truth)
        )
        warping.append(float(wrong - unavoidable))
    return FillErrors(fmean(psnrs), fmean(ssims), fmean(warping) if warping else 0.0)


def _psnr(filled: Image, truth: Image, hole: Mask) -> float:
    error = float(((filled.astype(np.float64) - truth)[hole] ** 2).mean())
    return min(10 * math.log10(_PEAK**2 / error), _BEST_PSNR) if error > 0 else _BEST_PSNR


def _ssim(filled: Image, truth: Image) -> NDArray[np.float64]:
    """(H, W), of luma."""
    x, y = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float64) for image in (filled, truth))

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), _SIGMA), np.float64)

    mean_x, mean_y = mean(x), mean(y)
    variance_x, variance_y = mean(x * x) - mean_x**2, mean(y * y) - mean_y**2
    covariance = mean(x * y) - mean_x * mean_y
    above = (2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)
    return np.asarray(above / ((mean_x**2 + mean_y**2 + _C1) * (variance_x + variance_y + _C2)))
