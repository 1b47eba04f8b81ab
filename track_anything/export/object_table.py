"""Where every object is on every frame, as a table."""

import csv
import io

import numpy as np

from track_anything.export.order import Order
from track_anything.export.text_file import TextFile
from track_anything.masks import box_of
from track_anything.types import FrameIndex, ObjectId

COLUMNS = (
    "frame", "seconds", "object_id", "name", "area", "x0", "y0", "x1", "y1", "centroid_x", "centroid_y",
    "confidence",
)  # fmt: skip


class ObjectTable(TextFile):
    """An ``Exporter`` of a CSV file with a line per frame and object: area, box, centroid and confidence.

    Everything is in pixels of the source; ``x1`` and ``y1`` are not included; the centroid is the mean of the
    pixels' indices. An object that is not there has area 0 and no box.

    Args:
        order: what is exported; its path ends with ``.csv``.
    """

    def __init__(self, order: Order) -> None:
        super().__init__(order, ".csv")

    def _opening(self) -> str:
        return _line(COLUMNS)

    def _of_frame(self, index: FrameIndex) -> str:
        return "".join(_line(self._row(index, object_id)) for object_id in self._order.objects)

    def _row(self, frame: FrameIndex, object_id: ObjectId) -> tuple[object, ...]:
        mask = self._order.masks.mask(frame, object_id)
        confidence = self._order.masks.confidence(frame, object_id)
        rows, columns = np.nonzero(mask)
        centroid = (f"{columns.mean():.2f}", f"{rows.mean():.2f}") if rows.size else ("", "")
        return (
            frame,
            f"{self._order.info.seconds(frame):.3f}",
            object_id,
            self._order.objects[object_id],
            rows.size,
            *(box_of(mask) or ("",) * 4),
            *centroid,
            "" if confidence is None else f"{confidence:.4f}",
        )


def _line(values: tuple[object, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
