"""Where every object is on a frame, in numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from track_anything.export.order import Order
from track_anything.masks import box_of
from track_anything.types import FrameIndex, ObjectId


@dataclass(frozen=True)
class ObjectFacts:
    """One object on one frame, in pixels of the source.

    Attributes:
        frame: the frame.
        seconds: when it is shown, to 3 decimals.
        object_id: the object.
        name: its name.
        area: of its mask; 0 = it is not there.
        box: ``(x0, y0, x1, y1)``, of which ``x1`` and ``y1`` are not included; None when it is not there.
        centroid: mean ``(x, y)`` of the pixels' indices, to 2 decimals; None when it is not there.
        confidence: that the mask can be trusted, 0 to 1, to 4 decimals; None when there is none.
    """

    frame: FrameIndex
    seconds: float
    object_id: ObjectId
    name: str
    area: int
    box: tuple[int, int, int, int] | None
    centroid: tuple[float, float] | None
    confidence: float | None


def facts_of(order: Order, frame: FrameIndex) -> Iterator[ObjectFacts]:
    """The facts of every object of an order on a frame."""
    seconds = round(float(order.info.seconds(frame)), 3)
    for object_id, name in order.objects.items():
        mask = order.masks.mask(frame, object_id)
        confidence = order.masks.standing(frame, object_id).confidence
        rows, columns = np.nonzero(mask)
        is_there = rows.size > 0
        yield ObjectFacts(
            frame,
            seconds,
            object_id,
            name,
            int(rows.size),
            box_of(mask),
            (round(float(columns.mean()), 2), round(float(rows.mean()), 2)) if is_there else None,
            None if confidence is None else round(float(confidence), 4),
        )
