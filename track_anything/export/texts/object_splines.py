"""Masks as closed splines with keyframes, as one JSON file."""

import json
from collections.abc import Mapping
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from track_anything.export.order import Order
from track_anything.export.splines import Shape, Shapes, between, drawn, filled
from track_anything.export.texts.text_file import TextFile
from track_anything.masks import iou
from track_anything.types import FrameIndex, Mask, ObjectId

_SCHEMA = 1
_DIGITS = 2  # behind the point of a coordinate in pixels


class ObjectSplines(TextFile):
    """An ``Exporter`` of a JSON file with closed Bézier splines along the outlines of all objects.

    Pieces of an object, holes in them and islands in these are ``shapes``, each through the frames from its
    ``first`` up to ``stop``, in ``keys`` of as many points: x and y of the left handle, the point and the
    right handle, in pixels from the upper left corner of the picture. Between keys points move straight and
    evenly. A pixel belongs to an object where an odd number of its shapes encloses it. How well that is its
    mask, the manifest tells for every frame.

    Args:
        order: what is exported; its path ends with ``.json``.
    """

    def __init__(self, order: Order) -> None:
        super().__init__(order, ".json")
        self._shapes = Shapes()
        self._likeness: dict[ObjectId, dict[FrameIndex, float | None]] = {o: {} for o in order.objects}

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not carried over as it was, one line each."""
        found = [
            (likeness, frame, object_id)
            for object_id, frames in self._likeness.items()
            for frame, likeness in frames.items()
            if likeness is not None
        ]
        if not found:
            return ()
        worst, frame, object_id = min(found)
        return (
            f"the splines have an IoU with the masks of {fmean(each for each, _, _ in found):.3f} on average "
            f"and of {worst:.3f} at worst, of {self._order.objects[object_id]!r} on frame {frame}",
        )

    @property
    def facts(self) -> Mapping[str, object]:
        """What the manifest says of the file: IoU by object and frame, null where there is no mask."""
        told = {
            str(object_id): [None if each is None else round(each, 4) for each in frames.values()]
            for object_id, frames in self._likeness.items()
        }
        return {"shapes": len(self._shapes.all), "iou": told}

    def _opening(self) -> str:
        return ""  # shapes end when the frames do

    def _of_frame(self, index: FrameIndex) -> str:
        for object_id in self._order.objects:
            mask = self._order.masks.mask(index, object_id)
            shapes = self._shapes.add(index, object_id, mask)
            self._likeness[object_id][index] = _likeness([shape.line(index) for shape in shapes], mask)
        return ""

    def _closing(self) -> str:
        keys = [(shape, shape.keys()) for shape in self._shapes.all]
        self._measure_between(keys)
        info, frames = self._order.info, self._order.frames or range(self._order.info.frame_count)
        head = {
            "schema": _SCHEMA, "width": info.width, "height": info.height, "rate": str(info.average_rate),
            "frames": [frames.start, frames.stop], "fill": "odd",
            "objects": {str(object_id): name for object_id, name in self._order.objects.items()},
        }  # fmt: skip
        shapes = ",\n".join(json.dumps(_told(*each)) for each in keys)
        return f'{json.dumps(head, ensure_ascii=False)[:-1]},\n"shapes": [\n{shapes}\n]}}\n'

    def _measure_between(self, keys: list[tuple[Shape, dict[FrameIndex, NDArray[np.float64]]]]) -> None:
        """Measure again where a shape has no key and lies between two."""
        for object_id, likeness in self._likeness.items():
            own = [(shape, known) for shape, known in keys if shape.object_id == object_id]
            frames = {f for shape, known in own for f in range(shape.first, shape.stop) if f not in known}
            for frame in sorted(frames):
                lines = [
                    drawn(between(known, frame)) for shape, known in own if shape.first <= frame < shape.stop
                ]
                likeness[frame] = _likeness(lines, self._order.masks.mask(frame, object_id))


def _told(shape: Shape, keys: dict[FrameIndex, NDArray[np.float64]]) -> dict[str, object]:
    """A shape as JSON values."""
    return {
        "object": shape.object_id,
        "depth": shape.depth,
        "first": shape.first,
        "stop": shape.stop,
        "keys": {
            str(frame): np.round(spline.reshape(-1, 6), _DIGITS).tolist() for frame, spline in keys.items()
        },
    }


def _likeness(lines: list[NDArray[np.float64]], mask: Mask) -> float | None:
    """IoU of what lines enclose with a mask; None where there is neither."""
    return iou(filled(lines, mask.shape), mask) if lines or mask.any() else None
