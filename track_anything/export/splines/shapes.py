"""All shapes of the objects of a video, found frame by frame."""

from math import log, sqrt

import numpy as np

from track_anything.export.splines.outline import Outline, outlines_of
from track_anything.export.splines.shape import Shape
from track_anything.types import FrameIndex, Mask, ObjectId

_FARTHEST = 3.0  # how unlike two outlines may be, in widths of way and powers of e of size


class Shapes:
    """Gathers shapes: an outline goes on with the most similar one of the frame before, or begins a shape."""

    def __init__(self) -> None:
        self.all: list[Shape] = []
        self._open: dict[ObjectId, list[Shape]] = {}

    def add(self, frame: FrameIndex, object_id: ObjectId, mask: Mask) -> list[Shape]:
        """Take the next frame of an object; the shapes on it."""
        before = [shape for shape in self._open.get(object_id, []) if shape.stop == frame]
        outlines = outlines_of(mask)
        pairs = sorted(
            (unlikeness, place, number)
            for place, shape in enumerate(before)
            for number, outline in enumerate(outlines)
            if (unlikeness := _unlikeness(shape.newest, outline)) < _FARTHEST
        )
        shapes: dict[int, Shape] = {}
        gone: set[int] = set()
        for _, place, number in pairs:
            if place not in gone and number not in shapes:
                gone.add(place)
                if before[place].go_on(outlines[number]):
                    shapes[number] = before[place]
        for number, outline in enumerate(outlines):
            if number not in shapes:
                shapes[number] = Shape(frame, object_id, outline)
                self.all.append(shapes[number])
        self._open[object_id] = list(shapes.values())
        return self._open[object_id]


def _unlikeness(before: Outline, after: Outline) -> float:
    """How far one is from the other in its widths, and how much larger or smaller it is; 0 = the same."""
    if before.depth != after.depth:
        return _FARTHEST
    width = sqrt(max(before.area, after.area))
    way = float(np.hypot(*(after.centre - before.centre))) / width
    return way + abs(log(after.area / before.area))
