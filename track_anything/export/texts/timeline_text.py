"""What exporters of markers share: one file about the whole timeline, written when it is known."""

import unicodedata
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

_UNFIT = {"Cc", "Cs", "Zl", "Zp"}  # controls, halves of characters, ends of lines and of paragraphs


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
            own = f"{float(self._order.info.average_rate):.3f}"
            is_varying = self._timeline.is_varying
            cause = "the rate of the video varies" if is_varying else f"few programs have a rate of {own}"
            self._notes.append(
                f"{cause}: markers lie where a timeline of {rate} frames per second shows their frames"
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
    """A text without line breaks and characters that XML and text files cannot hold."""
    return "".join(" " if _is_unfit(character) else character for character in text).strip()


def _is_unfit(character: str) -> bool:
    return unicodedata.category(character) in _UNFIT or ord(character) & 0xFFFE == 0xFFFE
