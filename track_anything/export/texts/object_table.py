"""Where every object is on every frame, as a table."""

from track_anything.export.order import Order
from track_anything.export.texts.object_facts import ObjectFacts, facts_of
from track_anything.export.texts.text_file import TextFile, csv_line
from track_anything.types import FrameIndex

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
        return csv_line(COLUMNS)

    def _of_frame(self, index: FrameIndex) -> str:
        return "".join(csv_line(_row(facts)) for facts in facts_of(self._order, index))


def _row(facts: ObjectFacts) -> tuple[object, ...]:
    return (
        facts.frame,
        f"{facts.seconds:.3f}",
        facts.object_id,
        facts.name,
        facts.area,
        *(facts.box or ("",) * 4),
        *(("", "") if facts.centroid is None else (f"{mean:.2f}" for mean in facts.centroid)),
        "" if facts.confidence is None else f"{facts.confidence:.4f}",
    )
