"""Optical flow: where each pixel of a picture lies in another one."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.types import Image

Flow: TypeAlias = NDArray[np.float32]
"""(H, W, 2): how far each pixel moves to the right and down, in pixels."""

_SMALLEST = 16  # pixels: the search by patches of 8 x 8 needs some room


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
        height, width = first.shape[:2]
        scale = min(1.0, self._longest_side / max(height, width))
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        if min(size) < _SMALLEST:
            return np.zeros((height, width, 2), np.float32)
        start = np.zeros((size[1], size[0], 2), np.float32)
        found = np.asarray(self._search.calc(_grey(first, size), _grey(second, size), start), np.float32)
        if size == (width, height):
            return found
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


def _grey(image: Image, size: tuple[int, int]) -> NDArray[np.uint8]:
    """(h, w) of a given (width, height)."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    is_smaller = size != (image.shape[1], image.shape[0])
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if is_smaller else grey, np.uint8)
