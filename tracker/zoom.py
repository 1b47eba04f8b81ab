"""Where to look closer: a window of the frame round small objects, enlarged to the size of the frame.

A cell of the memory is 16 pixels wide; of what is smaller than a few cells, little can be told. The window
follows the objects, keeps the shape of the frame, and grows to the whole frame as they do.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ZoomConfig:
    """When and how much the window enlarges.

    Attributes:
        room: sides of the box round all objects that the window has at least in each direction.
        most: how many times it enlarges at most.
        least: below this many times the whole frame is seen instead.
        calm: the window keeps its size while that is within this factor of the size wanted.
        widening: by how much it grows per frame while no object is seen.
        share: how much what is seen in it counts when it enlarges twice, beside 1 for what is seen in the
            whole frame; more in proportion to what enlarging adds.
    """

    room: float = 4.0
    most: float = 4.0
    least: float = 1.3
    calm: float = 1.25
    widening: float = 1.5
    share: float = 1.0


@dataclass(frozen=True)
class Window:
    """A part of the frame, in pixels."""

    top: int
    left: int
    height: int
    width: int

    @classmethod
    def whole(cls, size: tuple[int, int]) -> "Window":
        """All of a frame of (H, W)."""
        return cls(0, 0, *size)

    @classmethod
    def around(cls, centre: tuple[float, float], zoom: float, size: tuple[int, int]) -> "Window":
        """The window of the shape of a frame of (H, W) that enlarges ``zoom`` times round (row, column)."""
        height, width = (max(1, round(side / zoom)) for side in size)
        top = min(max(round(centre[0] - height / 2), 0), size[0] - height)
        left = min(max(round(centre[1] - width / 2), 0), size[1] - width)
        return cls(top, left, height, width)

    @property
    def centre(self) -> tuple[float, float]:
        """(row, column) of its middle."""
        return self.top + self.height / 2, self.left + self.width / 2

    @property
    def inside(self) -> tuple[slice, slice]:
        """What it is of an array of the frame's size."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def zoom(self, size: tuple[int, int]) -> float:
        """How many times it enlarges when it is brought to (H, W)."""
        return size[0] / self.height

    def holds(self, mask: NDArray[np.bool_]) -> bool:
        """Whether all of a (H, W) mask lies in it."""
        return bool(np.count_nonzero(mask[self.inside]) == np.count_nonzero(mask))


def next_window(mask: NDArray[np.bool_], before: Window | None, config: ZoomConfig) -> Window:
    """The window for the frame after one where the objects are at ``mask``, (H, W).

    Args:
        mask: of all objects together.
        before: the window of that frame; None = there was none.
        config: see there.
    """
    size = (mask.shape[0], mask.shape[1])
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        if before is None:
            return Window.whole(size)
        return _or_whole(before.centre, before.zoom(size) / config.widening, size, config)
    box = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    centre = (rows[0] + rows[-1] + 1) / 2, (columns[0] + columns[-1] + 1) / 2
    wanted = min(config.most, *(side / (config.room * own) for side, own in zip(size, box, strict=True)))
    was = before.zoom(size) if before is not None else 0.0
    if was and 1 / config.calm <= wanted / was <= config.calm:
        wanted = was
    return _or_whole(centre, wanted, size, config)


def _or_whole(centre: tuple[float, float], zoom: float, size: tuple[int, int], config: ZoomConfig) -> Window:
    return Window.whole(size) if zoom < config.least else Window.around(centre, zoom, size)


def enlarged(values: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
    """What a window shows of an (H, W, 3) image or an (H, W) label map, at the size of the frame."""
    height, width = values.shape[:2]
    how = cv2.INTER_CUBIC if values.ndim > 2 else cv2.INTER_NEAREST
    part = np.ascontiguousarray(values[window.inside])
    return np.asarray(cv2.resize(part, (width, height), interpolation=how), np.uint8)


def laid_back(values: NDArray[np.float32], window: Window) -> NDArray[np.float32]:
    """What was seen in a window, (C, H, W) at the size of the frame, at the size of the window."""
    size = (window.width, window.height)
    return np.stack([cv2.resize(channel, size, interpolation=cv2.INTER_AREA) for channel in values])
