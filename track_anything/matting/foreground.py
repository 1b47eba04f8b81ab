"""The colours of an object alone, so that no old background fringes it over a new one.

Germer, Uelwer, Conrad and Harmeling, "Fast Multi-Level Foreground Estimation", ICPR 2020.
"""

import math
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.masks import box_of, padded
from track_anything.matting.matte import Matte

SampleT = TypeVar("SampleT", bound=np.uint8 | np.uint16)

_SMOOTHNESS = np.float32(1e-5)  # the paper's epsilon_r: neighbours look alike, however little
_ALONG_EDGES = np.float32(1)  # the paper's omega: and more so where alpha changes, where colours are mixed
_SMALL = 32  # pixels; levels up to this size are cheap and get more iterations
_SMALL_ITERATIONS, _LARGE_ITERATIONS = 20, 4
_MARGIN = 16  # pixels round what is mixed, from which its colours may come


def estimate_foreground(image: NDArray[SampleT], alpha: Matte) -> NDArray[SampleT]:
    """The object's own colours, sought from the coarsest picture to the finest.

    Composed by ``alpha`` over any background they give a picture without the old one; see section III of the
    paper for the energy and its algorithm 1 for the levels.

    Args:
        image: (H, W, 3) RGB, of 8 or 16 bits.
        alpha: (H, W), 0 to 1.

    Returns:
        (H, W, 3) RGB, of as many bits. The image's own where alpha is 1, and far from where it is between 0
        and 1.

    Raises:
        InputError: image and alpha differ in size.
    """
    if image.shape[:2] != alpha.shape:
        raise InputError(
            f"the matte has shape {alpha.shape} and the image {image.shape[:2]}: give both at one size"
        )
    colours = image.copy()
    box = box_of((alpha > 0) & (alpha < 1))
    if box is None:
        return colours
    around = padded(box, _MARGIN)
    peak = np.iinfo(image.dtype).max
    planes = np.moveaxis(image[around].astype(np.float32) / np.float32(peak), 2, 0)  # (3, h, w)
    estimated = np.moveaxis(_multi_level(planes, np.asarray(alpha[around], np.float32)), 0, 2)
    is_mixed = alpha[around] < 1
    colours[around][is_mixed] = np.round(np.clip(estimated[is_mixed], 0, 1) * peak).astype(image.dtype)
    return colours


class _Weights(NamedTuple):
    """How much pixels hold to their neighbours: (h - 1, w) to that below, (h, w - 1) to that on the right."""

    below: NDArray[np.float32]
    right: NDArray[np.float32]


def _multi_level(image: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """(3, h, w) foreground, not clipped, of a (3, h, w) image and a (h, w) alpha."""
    height, width = alpha.shape
    layers = np.zeros((2, 3, 1, 1), np.float32)  # foreground and background
    levels = max(math.ceil(math.log2(max(height, width))), 1)
    for level in range(levels + 1):
        size = (round(height ** (level / levels)), round(width ** (level / levels)))
        iterations = _SMALL_ITERATIONS if max(size) <= _SMALL else _LARGE_ITERATIONS
        layers = _relaxed(_resized(layers, size), _resized(image, size), _resized(alpha, size), iterations)
    foreground: NDArray[np.float32] = layers[0]
    return foreground


def _resized(planes: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """(..., h, w) at another (height, width), each pixel from the nearest one."""
    rows, columns = (
        ((np.arange(new) + 0.5) * old / new).astype(np.intp)
        for new, old in zip(size, planes.shape[-2:], strict=True)
    )
    return planes[..., rows[:, None], columns]


def _relaxed(
    layers: NDArray[np.float32], image: NDArray[np.float32], alpha: NDArray[np.float32], iterations: int
) -> NDArray[np.float32]:
    """Set each pixel's two colours to the best ones for its neighbours' colours, all pixels at once.

    The paper goes pixel by pixel and sees its own changes; all at once is what numpy can do, and takes a few
    iterations more.

    Args:
        layers: (2, 3, h, w).
        image: (3, h, w).
        alpha: (h, w).
        iterations: at least 1.

    Returns:
        (2, 3, h, w).
    """
    weights = _Weights(*(_SMOOTHNESS + _ALONG_EDGES * np.abs(np.diff(alpha, axis=axis)) for axis in (0, 1)))
    pull = _over_neighbours(np.ones_like(alpha), weights)  # (h, w)
    scale = 1 / np.maximum(pull, _SMOOTHNESS)  # a picture of one pixel has no neighbours
    share = np.stack([alpha, 1 - alpha])[:, None]  # (2, 1, h, w): of the foreground and of the background
    step = share / (pull + (share * share).sum(axis=0))
    for _ in range(iterations):
        mean = _over_neighbours(layers, weights) * scale
        # The two by two system of the paper, solved by what the means of the neighbours leave unexplained.
        layers = mean + step * (image - (share * mean).sum(axis=0))
    return layers


def _over_neighbours(planes: NDArray[np.float32], weights: _Weights) -> NDArray[np.float32]:
    """(..., h, w): the weighted sum of the four neighbours; beyond the border there are none."""
    total = np.zeros_like(planes)
    total[..., :-1, :] += weights.below * planes[..., 1:, :]
    total[..., 1:, :] += weights.below * planes[..., :-1, :]
    total[..., :-1] += weights.right * planes[..., 1:]
    total[..., 1:] += weights.right * planes[..., :-1]
    return total
