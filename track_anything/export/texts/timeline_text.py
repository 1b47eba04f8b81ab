"""What exporters of markers share: one file about the whole timeline, written when it is known."""

from abc import abstractmethod
from typing import Self

from track_anything.export.order import Order
from track_anything.export.texts.text_file import TextFile
from track_anything.export.timeline import Timeline
from track_anything.review import MarkerKind
from track_anything.types import FrameIndex

COLOURS = {
    MarkerKind.CUT: "Blue",
    MarkerKind.DRIFT: "Red",
    MarkerKind.FIX: "Yellow",
    MarkerKind.LOCK: "Green",
}
"""Names of colours that all programs know."""

_FIRST_VISIBLE = " "


class TimelineText(TextFile):
    """An ``Exporter`` of a file for editing programs: shots, and markers on them.

    Args:
        order: what is exported.
        suffix: what the file's name has to end with.
    """

    def __init__(self, order: Order, suffix: str) -> None:
        super().__init__(order, suffix)
        self._notes: list[str] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not carried over as it was, one line each."""
        return tuple(self._notes)

    def __enter__(self) -> Self:
        """See ``Exporter``."""
        self._timeline = Timeline.of(self._order)
        if not self._order.source.exists():
            self._notes.append("the video is gone: time codes begin at 00:00:00:00")
        if self._timeline.is_conformed:
            rate = f"{float(self._timeline.rate):.3f}"
            self._notes.append(
                f"the rate of the video varies: markers lie where a timeline of {rate} frames per second "
                "shows their frames"
            )
        return super().__enter__()

    def _opening(self) -> str:
        return ""

    def _of_frame(self, index: FrameIndex) -> str:  # noqa: ARG002 - markers are known before
        return ""

    def _closing(self) -> str:
        return self._text(self._timeline)

    @abstractmethod
    def _text(self, timeline: Timeline) -> str:
        """The whole file."""


def one_line(text: str) -> str:
    """A text without line breaks and characters that no text file may hold."""
    return "".join(character if character >= _FIRST_VISIBLE else " " for character in text).strip()
