"""Trails: for every hidden pixel the place, in another frame, at which what lies behind it can be seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from track_anything.types import FrameIndex, Mask
from track_anything.video.motion import Flow

_NOWHERE = -1
_PER_FRAME = 0.02  # the cost of a step to the next frame, in pixels: light and shape change with time
_SLACK, _SLACK_OF_MOTION = 1.0, 0.1  # pixels by which there and back may differ, and as a part of the motion


class Region:
    """The pixels of a frame that trails are followed for, in one order.

    Args:
        hole: (H, W): what hides the background; such a pixel shows nothing.
        region: (H, W): the hole and a rim around it.
    """

    def __init__(self, hole: Mask, region: Mask) -> None:
        self.hole = hole
        self.pixels = np.flatnonzero(region)  # (N,)
        self.row_of = np.full(region.shape, _NOWHERE, np.int32)  # (H, W), rows of ``pixels``
        self.row_of.flat[self.pixels] = np.arange(self.pixels.size, dtype=np.int32)
        self.is_hidden = hole.flat[self.pixels]  # (N,)

    @property
    def places(self) -> NDArray[np.float32]:
        """(N, 2): x and y of the pixels."""
        y, x = np.divmod(self.pixels, self.hole.shape[1])
        return np.stack([x, y], axis=1).astype(np.float32)

    def on_picture(self, values: NDArray[np.bool_]) -> Mask:
        """(N,) values as a (H, W) mask."""
        mask = np.zeros(self.hole.shape, np.bool_)
        mask.flat[self.pixels] = values
        return mask


@dataclass
class Trail:
    """Where each of N pixels is seen.

    Attributes:
        source: (N,) the frame, or ``-1``.
        place: (N, 2) x and y there.
        cost: (N,) how far it may be off, in pixels; the larger, the less it is to be trusted.
        brighter: (N, 3) levels by which it is brighter there.
    """

    source: NDArray[np.int32]
    place: NDArray[np.float32]
    cost: NDArray[np.float32]
    brighter: NDArray[np.float32]

    @classmethod
    def empty(cls, count: int) -> "Trail":
        """Of pixels that are seen nowhere."""
        return cls(
            np.full(count, _NOWHERE, np.int32),
            np.zeros((count, 2), np.float32),
            np.zeros(count, np.float32),
            np.zeros((count, 3), np.float32),
        )

    @property
    def is_found(self) -> NDArray[np.bool_]:
        """(N,)."""
        return np.asarray(self.source != _NOWHERE)


@dataclass
class Step:
    """From each of the N pixels of a region to the next frame.

    Attributes:
        there: (N, 2) x and y in that frame.
        nearest: (N,) the pixel nearest to it, counted row by row; 0 where it lies outside of the picture.
        is_reached: (N,) it lies within the picture, and the way back leads here.
        apart: (N,) pixels by which the way there and the way back differ.
        brighter: (N, 3) levels by which the background is brighter there.
    """

    there: NDArray[np.float32]
    nearest: NDArray[np.int64]
    is_reached: NDArray[np.bool_]
    apart: NDArray[np.float32]
    brighter: NDArray[np.float32]

    @classmethod
    def of(cls, region: Region, flow: Flow, back: Flow, brighter: NDArray[np.float32]) -> "Step":
        """A step.

        Args:
            region: the pixels.
            flow: (H, W, 2), from their frame to the neighbour.
            back: (H, W, 2), from the neighbour to their frame.
            brighter: (H, W, 3), levels by which the neighbour is brighter.
        """
        height, width = region.hole.shape
        motion = flow.reshape(-1, 2)[region.pixels]  # (N, 2)
        there = region.places + motion
        x, y = np.rint(there).astype(np.int64).T
        is_inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        nearest = np.where(is_inside, y * width + x, 0)
        apart = np.linalg.norm(motion + back.reshape(-1, 2)[nearest], axis=1)
        is_same = apart < _SLACK + _SLACK_OF_MOTION * np.linalg.norm(motion, axis=1)
        return cls(there, nearest, is_inside & is_same, apart, brighter.reshape(-1, 3)[region.pixels])


def follow(step: Step, neighbour: Region, trail: Trail, seen_as: FrameIndex | None) -> Trail:
    """One step on: to the next frame, and along its trails where it does not show the background itself.

    Args:
        step: from the pixels to the neighbour.
        neighbour: the pixels of the neighbour.
        trail: where those are seen.
        seen_as: the neighbour's frame; None = what it shows does not count, only its trails do.

    Returns:
        Where the pixels are seen: nowhere when the way there and the way back differ.
    """
    found = Trail.empty(step.apart.size)
    if seen_as is not None:
        is_seen = step.is_reached & ~neighbour.hole.flat[step.nearest]
        found.source[is_seen] = seen_as
        found.place[is_seen] = step.there[is_seen]
        found.cost[is_seen] = step.apart[is_seen]
        found.brighter[is_seen] = step.brighter[is_seen]
    rows = neighbour.row_of.flat[step.nearest]
    goes_on = step.is_reached & ~found.is_found & (rows != _NOWHERE)
    goes_on[goes_on] = trail.is_found[rows[goes_on]]
    rows = rows[goes_on]
    y, x = np.divmod(step.nearest[goes_on], neighbour.hole.shape[1])
    between = step.there[goes_on] - np.stack([x, y], axis=1).astype(np.float32)
    found.source[goes_on] = trail.source[rows]
    found.place[goes_on] = trail.place[rows] + between
    found.cost[goes_on] = trail.cost[rows] + step.apart[goes_on]
    found.brighter[goes_on] = trail.brighter[rows] + step.brighter[goes_on]
    found.cost += _PER_FRAME
    return found
