"""Markers as the EDL that DaVinci Resolve reads and writes for markers of a timeline."""

from collections.abc import Iterator

from track_anything.export.order import Order
from track_anything.export.texts.timeline_text import COLOURS, TimelineText, one_line
from track_anything.export.timeline import Timeline


class MarkerEdl(TimelineText):
    """An ``Exporter`` of an EDL with an event per marker: *Import, Timeline Markers from EDL* in Resolve.

    Args:
        order: what is exported; its path ends with ``.edl``.
    """

    def __init__(self, order: Order) -> None:
        super().__init__(order, ".edl")

    def _text(self, timeline: Timeline) -> str:
        mode = "DROP FRAME" if timeline.time_code.is_dropping else "NON-DROP FRAME"
        head = f"TITLE: {one_line(timeline.source)}\nFCM: {mode}\n"
        return "\n".join([head, *self._events(timeline)]) + "\n"

    def _events(self, timeline: Timeline) -> Iterator[str]:
        for number, marker in enumerate(timeline.markers, start=1):
            start, stop = timeline.span(marker)
            place = f"{timeline.time_code + start} {timeline.time_code + start + 1}"
            colour, name = COLOURS[marker.kind], one_line(marker.name).replace("|", "/")
            comment = one_line(marker.comment).replace("|", "/")
            yield f"{number:03}  001      V     C        {place} {place}  "
            yield f"{comment} |C:ResolveColor{colour} |M:{name} |D:{stop - start}\n"
