"""What exporters of one text file share: it is written as frames come, and appears complete or not at all."""

import csv
import io
from abc import abstractmethod
from collections.abc import Iterable
from contextlib import suppress
from typing import Self

from track_anything.errors import OutputError
from track_anything.export.order import Order
from track_anything.export.staged_exporter import StagedExporter
from track_anything.types import AnyImage, FrameIndex, LabelMap


class TextFile(StagedExporter):
    """An ``Exporter`` of a text file that gets something with every frame.

    Args:
        order: what is exported.
        suffix: what the file's name has to end with.
    """

    def __init__(self, order: Order, suffix: str) -> None:
        super().__init__(order.path, overwrite=order.overwrite)
        self._order = order
        self._suffix = suffix

    def __enter__(self) -> Self:
        """See ``Exporter``."""
        if self._path.suffix.lower() != self._suffix or self._path.is_dir():
            raise OutputError(f"{self._path} is not a file named {self._suffix}: name it so")
        self._staging.prepare()
        with self._writing():
            # the name of the source may be in another encoding
            self._file = self._staging.path.open("w", encoding="utf-8", errors="replace", newline="")
        return self

    def write(
        self,
        index: FrameIndex,
        image: AnyImage,  # noqa: ARG002 - the contract's; texts are about masks of single objects
        label_map: LabelMap,  # noqa: ARG002 - likewise
    ) -> None:
        """Add frame ``index``; see ``Exporter``."""
        with self._writing():
            self._file.write("" if self._has_frames else self._opening())
            self._file.write(self._of_frame(index))
        self._has_frames = True

    @abstractmethod
    def _opening(self) -> str:
        """The text before the first frame."""

    @abstractmethod
    def _of_frame(self, index: FrameIndex) -> str:
        """The text of a frame."""

    def _closing(self) -> str:
        """The text after the last frame."""
        return ""

    def _finish(self) -> None:
        self._file.write(self._closing())
        self._file.close()

    def _abandon(self) -> None:
        with suppress(OSError):  # a full disk has been told, and the file goes now
            self._file.close()
        super()._abandon()


def csv_line(values: Iterable[object]) -> str:
    """Values as a line of a CSV file."""
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
