"""How every mask stands, as a table."""

from track_anything.export.order import Order
from track_anything.export.texts.text_file import TextFile, csv_line
from track_anything.types import FrameIndex, ObjectId

COLUMNS = ("frame", "seconds", "object_id", "name", "status", "confidence", "reason", "refined")


class ConfidenceTable(TextFile):
    """An ``Exporter`` of a CSV file with a line per frame and object: status, confidence and what is wrong.

    Args:
        order: what is exported; its path ends with ``.csv``.
    """

    def __init__(self, order: Order) -> None:
        super().__init__(order, ".csv")

    def _opening(self) -> str:
        return csv_line(COLUMNS)

    def _of_frame(self, index: FrameIndex) -> str:
        return "".join(self._line(index, object_id) for object_id in self._order.objects)

    def _line(self, index: FrameIndex, object_id: ObjectId) -> str:
        standing = self._order.masks.standing(index, object_id)
        return csv_line(
            (
                index,
                f"{self._order.info.seconds(index):.3f}",
                object_id,
                self._order.objects[object_id],
                standing.status.value,
                "" if standing.confidence is None else f"{standing.confidence:.4f}",
                standing.reason,
                int(standing.is_refined),
            )
        )
