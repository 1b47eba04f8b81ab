"""Optical flow: where each pixel of a picture lies in another one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.types import Image

Flow: TypeAlias = NDArray[np.float32]
"""(H, W, 2): how far each pixel moves to the right and down, in pixels."""

_SMALLEST = 16  # pixels: the search by patches of 8 x 8 needs some room


EstimateFlow: TypeAlias = Callable[[Image, Image], Flow]
"""Where each pixel of the first (H, W, 3) picture lies in the second one."""


class FlowMethod(Protocol):
    """A way to find motion, as a setting."""

    @property
    def name(self) -> str:
        """What a manifest calls it."""
        ...

    def estimator(self, longest_side: int) -> EstimateFlow:
        """What finds the motion; pictures larger than so many pixels are made smaller for it."""
        ...


@dataclass(frozen=True)
class DenseInverseSearch:
    """The ``FlowMethod`` of ``FlowEstimator``."""

    name = "dis"

    def estimator(self, longest_side: int) -> EstimateFlow:
        """See ``FlowMethod``."""
        return FlowEstimator(longest_side)


class FlowEstimator:
    """Dense inverse search, on the CPU in a fraction of a second.

    Kroeger, Timofte, Dai and Van Gool, "Fast Optical Flow using Dense Inverse Search", ECCV 2016.

    Args:
        longest_side: pictures larger than this are made smaller for the search, in pixels.
    """

    def __init__(self, longest_side: int = 640) -> None:
        self._longest_side = longest_side
        self._search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def __call__(self, first: Image, second: Image) -> Flow:
        """Where each pixel of the first picture lies in the second one.

        Args:
            first: (H, W, 3) RGB.
            second: (H, W, 3) RGB.

        Returns:
            (H, W, 2); no motion at all for pictures too small to search in.
        """
        grey, other = (np.asarray(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY), np.uint8) for one in (first, second))
        return flow_at_most(self._longest_side, grey, other, self._find)

    def _find(self, first: NDArray[np.uint8], second: NDArray[np.uint8]) -> Flow:
        start = np.zeros((*first.shape, 2), np.float32)
        return np.asarray(self._search.calc(first, second, start), np.float32)


def flow_at_most(
    longest_side: int,
    first: NDArray[np.uint8],
    second: NDArray[np.uint8],
    find: Callable[[NDArray[np.uint8], NDArray[np.uint8]], Flow],
) -> Flow:
    """Find motion in pictures made smaller, where they are larger.

    Args:
        longest_side: in pixels.
        first: (H, W) or (H, W, C).
        second: likewise.
        find: is given two smaller ones.

    Returns:
        (H, W, 2); no motion at all for pictures too small to search in.
    """
    height, width = first.shape[:2]
    scale = min(1.0, longest_side / max(height, width))
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    if min(size) < _SMALLEST:
        return np.zeros((height, width, 2), np.float32)
    if size == (width, height):
        return find(first, second)
    small, other = (
        np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA), np.uint8) for one in (first, second)
    )
    found = find(small, other)
    flow = cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(flow * np.array([width / size[0], height / size[1]], np.float32), np.float32)


def warp(picture: NDArray[np.float32], flow: Flow, origin: tuple[int, int] = (0, 0)) -> NDArray[np.float32]:
    """Fetch for each pixel what lies where its flow points, between pixels by bilinear interpolation.

    Args:
        picture: (H, W) or (H, W, C); beyond its border its last row or column goes on.
        flow: (h, w, 2), from what is made to the picture that is given.
        origin: the (x, y) in the picture of what is made, where it is a part of it.

    Returns:
        (h, w) or (h, w, C).
    """
    height, width = flow.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    places = (x + origin[0] + flow[..., 0], y + origin[1] + flow[..., 1])
    fetched = cv2.remap(picture, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(fetched, np.float32)
