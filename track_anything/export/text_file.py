"""What exporters of one text file share: it is written as frames come, and appears complete or not at all."""

from abc import ABC, abstractmethod
from contextlib import suppress
from types import TracebackType
from typing import Self

from track_anything.errors import InputError, OutputError
from track_anything.export.order import Order
from track_anything.export.staging import Staging, unwritable
from track_anything.types import FrameIndex, Image, LabelMap


class TextFile(ABC):
    """An ``Exporter`` of a text file that gets something with every frame.

    Args:
        order: what is exported.
        suffix: what the file's name has to end with.
    """

    def __init__(self, order: Order, suffix: str) -> None:
        self._order = order
        self._suffix = suffix
        self._staging = Staging(order.path, overwrite=order.overwrite)
        self._frame_count = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing is lost."""
        return ()

    def __enter__(self) -> Self:
        """See ``Exporter``."""
        path = self._order.path
        if path.suffix.lower() != self._suffix or path.is_dir():
            raise OutputError(f"{path} is not a file named {self._suffix}: name it so")
        self._staging.prepare()
        try:
            self._file = self._staging.path.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise unwritable(path, error) from error
        return self

    def write(
        self,
        index: FrameIndex,
        image: Image,  # noqa: ARG002 - the contract's; texts are about masks of single objects
        label_map: LabelMap,  # noqa: ARG002 - likewise
    ) -> None:
        """Add frame ``index``; see ``Exporter``."""
        try:
            self._file.write(self._opening() if self._frame_count == 0 else "")
            self._file.write(self._of_frame(index))
        except OSError as error:
            raise unwritable(self._order.path, error) from error
        self._frame_count += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """See ``Exporter``."""
        try:
            if kind is not None:
                return
            if self._frame_count == 0:
                raise InputError(
                    f"no frame was given to export into {self._order.path}: track an object first"
                )
            try:
                self._file.write(self._closing())
                self._file.close()
            except OSError as full:
                raise unwritable(self._order.path, full) from full
            self._staging.commit()
        finally:
            self._abandon()

    @abstractmethod
    def _opening(self) -> str:
        """The text before the first frame."""

    @abstractmethod
    def _of_frame(self, index: FrameIndex) -> str:
        """The text of a frame."""

    def _closing(self) -> str:
        """The text after the last frame."""
        return ""

    def _abandon(self) -> None:
        with suppress(OSError):  # a full disk has been told, and the file goes now
            self._file.close()
        self._staging.discard()
