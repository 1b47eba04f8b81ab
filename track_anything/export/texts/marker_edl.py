"""Markers as the EDL that DaVinci Resolve reads and writes for markers of a timeline."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from track_anything.export.order import Order
from track_anything.export.texts.timeline_text import COLOURS, TimelineText, one_line
from track_anything.export.timeline import Timeline
from track_anything.review import MarkerKind

_MOST_URGENT = (MarkerKind.FIX, MarkerKind.DRIFT, MarkerKind.CUT, MarkerKind.LOCK)
"""Whose colour a marker has that several are joined to."""


class MarkerEdl(TimelineText):
    """An ``Exporter`` of an EDL with an event per marker: *Import, Timeline Markers from EDL* in Resolve.

    Resolve has one marker on a frame: those that begin on the same one are joined, in the colour of the most
    urgent, which ``notes`` tells.

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
        placed = defaultdict(list)
        for marker in timeline.markers:
            placed[timeline.span(marker)[0]].append(marker)
        joined = len(timeline.markers) - len(placed)
        if joined:
            self._notes.append(
                f"{joined} markers are joined with others on their frames: Resolve has one there"
            )
        for number, (start, markers) in enumerate(sorted(placed.items()), start=1):
            place = f"{timeline.time_code + start} {timeline.time_code + start + 1}"
            length = max(timeline.span(marker)[1] for marker in markers) - start
            colour = COLOURS[min((marker.kind for marker in markers), key=_MOST_URGENT.index)]
            name, comment = _joined(m.name for m in markers), _joined(m.comment for m in markers)
            yield f"{number:03}  001      V     C        {place} {place}  "
            yield f"{comment} |C:ResolveColor{colour} |M:{name} |D:{length}\n"


def _joined(texts: Iterable[str]) -> str:
    """Different texts in one line, without the character that ends a field."""
    lines = dict.fromkeys(one_line(text).replace("|", "/") for text in texts)
    return "; ".join(line for line in lines if line)
