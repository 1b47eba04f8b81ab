"""One closed spline through a stretch of frames, with as many points on each of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from track_anything.export.splines.closed_spline import drawn, fitted
from track_anything.export.splines.filled import filled
from track_anything.export.splines.outline import Outline
from track_anything.masks import iou
from track_anything.types import FrameIndex, ObjectId

_COUNTS = (4, 6, 8, 12, 16, 24, 32, 48, 64)  # of points
_GOOD = 0.98  # IoU with the outline from which on there are points enough
_BAD = 0.965  # below, the shape ends if more points are better
_STEADY = 0.25  # px by which points may be off where they go on by themselves


class Shape:
    """A spline of an object, from its first frame on.

    Args:
        frame: the first one.
        object_id: whose.
        outline: what it looks like there.
    """

    def __init__(self, frame: FrameIndex, object_id: ObjectId, outline: Outline) -> None:
        self.object_id = object_id
        self.first = frame
        self.depth = outline.depth
        self.newest = outline
        self._splines = [_fewest(outline)]  # (count, 3, 2) each

    @property
    def stop(self) -> FrameIndex:
        """The frame after its last one."""
        return self.first + len(self._splines)

    @property
    def count(self) -> int:
        """Points on every frame."""
        return len(self._splines[0])

    def go_on(self, outline: Outline) -> bool:
        """Add the next frame; False where it takes more points, so that a new shape has to begin."""
        spline = fitted(outline, self.count, self._splines[-1])
        likeness = _likeness(spline, outline)
        if likeness < _BAD and _likeness(_fewest(outline), outline) > likeness + (1 - likeness) / 4:
            return False
        self._splines.append(spline)
        self.newest = outline
        return True

    def line(self, frame: FrameIndex) -> NDArray[np.float64]:
        """(N, 2) points along it as it was fitted on a frame."""
        return drawn(self._splines[frame - self.first])

    def keys(self) -> dict[FrameIndex, NDArray[np.float64]]:
        """(count, 3, 2) splines by frame; between them points go straight and evenly.

        Frames are left out on which that moves no point by more than a quarter of a pixel.
        """
        splines = np.stack(self._splines)
        return {self.first + place: splines[place] for place in _needed(splines)}


def between(keys: dict[FrameIndex, NDArray[np.float64]], frame: FrameIndex) -> NDArray[np.float64]:
    """The (count, 3, 2) spline on a frame from the first key to the last one."""
    before = max(key for key in keys if key <= frame)
    after = min(key for key in keys if key >= frame)
    share = (frame - before) / max(after - before, 1)
    return (1 - share) * keys[before] + share * keys[after]


def _needed(splines: NDArray[np.float64]) -> Sequence[int]:
    """The places of (N, count, 3, 2) splines that the others lie between (Douglas and Peucker, 1973)."""
    kept, open_ = {0, len(splines) - 1}, [(0, len(splines) - 1)]
    while open_:
        start, end = open_.pop()
        if end - start < 2:
            continue
        share = (np.arange(start + 1, end) - start)[:, None, None, None] / (end - start)
        straight = (1 - share) * splines[start] + share * splines[end]
        apart = np.abs(splines[start + 1 : end] - straight).max(axis=(1, 2, 3))
        if apart.max() > _STEADY:
            farthest = start + 1 + int(apart.argmax())
            kept.add(farthest)
            open_ += [(start, farthest), (farthest, end)]
    return sorted(kept)


def _fewest(outline: Outline) -> NDArray[np.float64]:
    """The spline with the fewest points that is good, or the best there is."""
    found = []
    for count in _COUNTS:
        spline = fitted(outline, count)
        likeness = _likeness(spline, outline)
        if likeness >= _GOOD:
            return spline
        found.append((likeness, -count, spline))
    return max(found, key=lambda each: each[:2])[2]


def _likeness(spline: NDArray[np.float64], outline: Outline) -> float:
    """IoU of what a spline and an outline enclose."""
    lines = [drawn(spline), outline.points]
    every = np.vstack(lines)
    corner = np.floor(every.min(axis=0))
    width, height = (np.ceil(every.max(axis=0)) - corner).astype(int)
    return iou(*(filled([line - corner], (height, width)) for line in lines))
