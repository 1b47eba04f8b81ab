"""How every export ends: it takes its place complete, or there is nothing of it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import ClassVar

from track_anything.errors import InputError
from track_anything.export.staging import Staging, unwritable


class StagedExporter(ABC):
    """The part of an ``Exporter`` that does not depend on its form; ``write`` sets ``_has_frames``.

    Args:
        path: the file or folder to be made.
        overwrite: replace an earlier export.
    """

    _failures: ClassVar[tuple[type[Exception], ...]] = (OSError,)
    _use_of_frames: ClassVar[str] = "export into"

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        self._path = path
        self._staging = Staging(path, overwrite=overwrite)
        self._has_frames = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be carried over as it was: nothing, unless a form says otherwise."""
        return ()

    @property
    def facts(self) -> Mapping[str, object]:
        """What the manifest says of the files besides: nothing, unless a form says otherwise."""
        return {}

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
            if not self._has_frames:
                raise InputError(
                    f"no frame was given to {self._use_of_frames} {self._path}: track an object first"
                )
            with self._writing():
                self._finish()
            self._staging.commit()
        finally:
            self._abandon()

    @abstractmethod
    def _finish(self) -> None:
        """Write what can only be written after the last frame."""

    def _abandon(self) -> None:
        """Remove what is not in its place; harmless after a finished export."""
        self._staging.discard()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            raise unwritable(self._path, error) from error
