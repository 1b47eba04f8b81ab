"""Values carried on smoothly from where they are known: a membrane that is held along its rim."""

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.masks import box_of, padded
from track_anything.types import Mask

_SWEEPS = 12  # of relaxation on each level; coarser levels have done most of the work by then
_ABOVE, _BELOW = np.s_[:-2, 1:-1], np.s_[2:, 1:-1]
_LEFT, _RIGHT = np.s_[1:-1, :-2], np.s_[1:-1, 2:]


def membrane(values: NDArray[np.float32], is_known: Mask) -> NDArray[np.float32]:
    """The smoothest continuation: each unknown value is the mean of its four neighbours.

    Found from coarse to fine, close to the solution of Laplace's equation and in time linear in the pixels.

    Args:
        values: (H, W, C); what is not known is not looked at.
        is_known: (H, W).

    Returns:
        (H, W, C); zero everywhere when nothing is known.
    """
    box = box_of(~is_known)
    if box is None:
        return values
    if not is_known.any():
        return np.zeros_like(values)
    around = padded(box, 1)
    filled = np.where(is_known[..., None], values, np.float32(0))
    filled[around] = _filled(filled[around], is_known[around])
    return filled


def _filled(values: NDArray[np.float32], is_known: Mask) -> NDArray[np.float32]:
    if is_known.all():
        return values
    height, width = is_known.shape
    if max(height, width) <= 2:
        return np.where(is_known[..., None], values, values[is_known].mean(axis=0)).astype(np.float32)
    weight = is_known.astype(np.float32)[..., None]
    sums = _halved(np.concatenate([values * weight, weight], axis=2))  # (h, w, C + 1)
    is_known_there = sums[..., -1] > 0
    means = np.asarray(sums[..., :-1] / np.maximum(sums[..., -1:], 1e-6), np.float32)
    coarse = _filled(means, is_known_there)
    guess = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(values.shape)
    return _relaxed(np.where(is_known[..., None], values, guess).astype(np.float32), ~is_known)


def _halved(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w, C): sums over blocks of 2 x 2; what is missing of the last ones counts as nothing."""
    height, width, _ = planes.shape
    even = np.pad(planes, ((0, height % 2), (0, width % 2), (0, 0)))
    return np.asarray(even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2], np.float32)


def _relaxed(values: NDArray[np.float32], is_unknown: Mask) -> NDArray[np.float32]:
    """Replace unknown values by the mean of their neighbours, a few times."""
    chosen = is_unknown[..., None]
    for _ in range(_SWEEPS):
        padded = np.pad(values, ((1, 1), (1, 1), (0, 0)), mode="edge")
        mean = (padded[_ABOVE] + padded[_BELOW] + padded[_LEFT] + padded[_RIGHT]) * np.float32(0.25)
        values = np.where(chosen, mean, values)
    return values
