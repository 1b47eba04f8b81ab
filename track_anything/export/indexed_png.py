"""Masks as a folder of palette PNG files, the form of the DAVIS annotations."""

import re
from pathlib import Path
from types import TracebackType
from typing import Self

from track_anything.errors import InputError, OutputError
from track_anything.export.staging import Staging, unwritable
from track_anything.masks import write_label_map
from track_anything.types import FrameIndex, Image, LabelMap

_FRAME_FILE = re.compile(r"\d{5,}\.png")


class IndexedPng:
    """An ``Exporter`` of label maps: ``00000.png`` and so on by frame index, lossless, of source size.

    Args:
        folder: the folder to be made.
        overwrite: replace an earlier export in that folder; a folder that holds anything else is never
            replaced.
    """

    def __init__(self, folder: Path, *, overwrite: bool = False) -> None:
        self._folder = folder
        self._staging = Staging(folder, overwrite=overwrite)
        self._frame_count = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing is ever lost: label maps are written as they are."""
        return ()

    def __enter__(self) -> Self:
        """See ``Exporter``."""
        self._check_replaced()
        self._staging.prepare()
        try:
            self._staging.path.mkdir()
        except OSError as error:
            raise unwritable(self._folder, error) from error
        return self

    def write(self, index: FrameIndex, image: Image, label_map: LabelMap) -> None:
        """Add the label map of frame ``index``; see ``Exporter``."""
        if label_map.shape != image.shape[:2]:
            raise InputError(
                f"the label map of frame {index} has shape {label_map.shape} but the frame {image.shape[:2]}"
                ": give them in one size"
            )
        try:
            write_label_map(self._staging.path / f"{index:05d}.png", label_map)
        except OSError as error:
            raise unwritable(self._folder, error) from error
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
                raise InputError(f"no frame was given to export into {self._folder}: track an object first")
            self._staging.commit()
        finally:
            self._staging.discard()

    def _check_replaced(self) -> None:
        """Raise ``OutputError`` where overwriting would delete something that no export has made."""
        if not self._folder.exists():
            return
        if not self._folder.is_dir():
            raise OutputError(f"{self._folder} is a file: choose a folder for the masks")
        foreign = [path.name for path in self._folder.iterdir() if not _FRAME_FILE.fullmatch(path.name)]
        if foreign:
            raise OutputError(
                f"{self._folder} holds other files ({min(foreign)}): choose a folder of its own for the masks"
            )
