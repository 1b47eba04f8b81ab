"""What exporters of folders share: they appear complete or not at all, and replace nothing but their like."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError, OutputError
from track_anything.export.staging import Staging, unwritable
from track_anything.types import FrameIndex, Image, LabelMap

FRAME_PNG = r"\d{5,}\.png"
OBJECT_FOLDER = r"\d{3}-[^/]+"


@dataclass(frozen=True, eq=False)
class Frame:
    """What ``Exporter.write`` is given."""

    index: FrameIndex
    image: Image
    label_map: LabelMap


class FrameFolder(ABC):
    """An ``Exporter`` of a folder that gets something with every frame.

    Args:
        folder: the folder to be made.
        overwrite: replace an earlier export in that folder; a folder that holds anything else is never
            replaced.
    """

    own_files: ClassVar[str]
    """Regular expression of the paths, relative to the folder, that this form writes."""

    def __init__(self, folder: Path, *, overwrite: bool = False) -> None:
        self._folder = folder
        self._staging = Staging(folder, overwrite=overwrite)
        self._frame_count = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing is lost: what is known of masks is written as it is."""
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
        """Add frame ``index``; see ``Exporter``."""
        if label_map.shape != image.shape[:2]:
            raise InputError(
                f"the label map of frame {index} has shape {label_map.shape} but the frame {image.shape[:2]}"
                ": give them in one size"
            )
        try:
            self._write_frame(self._staging.path, Frame(index, image, label_map))
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
            try:
                self._finish(self._staging.path)
            except OSError as full:
                raise unwritable(self._folder, full) from full
            self._staging.commit()
        finally:
            self._staging.discard()

    @abstractmethod
    def _write_frame(self, folder: Path, frame: Frame) -> None:
        """Write what a frame adds to the folder."""

    def _finish(self, folder: Path) -> None:  # noqa: B027 - most forms have no more to say
        """Write what can only be said after the last frame."""

    def _check_replaced(self) -> None:
        """Raise ``OutputError`` where overwriting would delete something that no export has made."""
        if not self._folder.exists():
            return
        if not self._folder.is_dir():
            raise OutputError(f"{self._folder} is a file: choose a folder for the masks")
        inside = (path for path in self._folder.rglob("*") if not path.is_dir())
        names = [path.relative_to(self._folder).as_posix() for path in inside]
        foreign = [name for name in names if not re.fullmatch(self.own_files, name)]
        if foreign:
            raise OutputError(
                f"{self._folder} holds other files ({min(foreign)}): choose a folder of its own for the masks"
            )


def object_folder(object_id: int, name: str) -> str:
    """The name of an object's folder: its id, and its name as far as file systems take it."""
    kept = "".join(sign if sign.isalnum() or sign in "._- " else "_" for sign in name)
    return f"{object_id:03d}-{kept.encode()[:200].decode(errors='ignore').strip() or 'object'}"


def write_png(path: Path, pixels: NDArray[Any]) -> None:
    """Write (H, W) or (H, W, 3 or 4) RGB(A) pixels, uint8 or uint16, losslessly."""
    order = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    stored = cv2.cvtColor(pixels, order[pixels.shape[2]]) if pixels.ndim == 3 else pixels
    _, encoded = cv2.imencode(".png", np.ascontiguousarray(stored))
    path.write_bytes(encoded.tobytes())
