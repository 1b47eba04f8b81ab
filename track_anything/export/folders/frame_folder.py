"""What exporters of folders share: they appear complete or not at all, and replace nothing but their like."""

import re
from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError, OutputError
from track_anything.export.naming import FrameNames
from track_anything.export.staged_exporter import StagedExporter
from track_anything.system.files import portable_name
from track_anything.types import AnyImage, FrameIndex, LabelMap
from track_anything.video.bit_depth import to_8_bits

FRAME_PNG = r"\d{5,}\.png"
OBJECT_FOLDER = r"\d{3}-[^/]+"


@dataclass(frozen=True, eq=False)
class Frame:
    """What ``Exporter.write`` is given."""

    index: FrameIndex
    image: AnyImage
    label_map: LabelMap


class FrameFolder(StagedExporter):
    """An ``Exporter`` of a folder that gets something with every frame.

    Args:
        folder: the folder to be made.
        overwrite: replace an earlier export in that folder; a folder that holds anything else is never
            replaced.
        names: what the files are called.
    """

    usual: ClassVar[str] = "{frame}"
    """Template of the files' paths, unless somebody wants another one; see ``Naming``."""

    suffix: ClassVar[str] = ".png"
    """Of the files."""

    objects: ClassVar[str] = OBJECT_FOLDER
    """Regular expression of what ``{object}`` stands for."""

    own_files: ClassVar[str] = ""
    """Regular expression of the paths below the folder that this form writes; "" = as they are named."""

    keeps_depth: ClassVar[bool] = False
    """Whether it is given all levels of a ``DeepImage``."""

    def __init__(self, folder: Path, *, overwrite: bool = False, names: FrameNames | None = None) -> None:
        super().__init__(folder, overwrite=overwrite)
        self._names = names or FrameNames()
        self._names.check(self.usual)

    def __enter__(self) -> Self:
        """See ``Exporter``."""
        self._check_replaced()
        self._staging.prepare()
        with self._writing():
            self._staging.path.mkdir()
        return self

    def write(self, index: FrameIndex, image: AnyImage, label_map: LabelMap) -> None:
        """Add frame ``index``; see ``Exporter``."""
        if label_map.shape != image.shape[:2]:
            raise InputError(
                f"the label map of frame {index} has shape {label_map.shape} but the frame {image.shape[:2]}"
                ": give them in one size"
            )
        with self._writing():
            kept = image if self.keeps_depth else to_8_bits(image)
            self._write_frame(self._staging.path, Frame(index, kept, label_map))
        self._has_frames = True

    @abstractmethod
    def _write_frame(self, folder: Path, frame: Frame) -> None:
        """Write what a frame adds to the folder."""

    def _place(self, folder: Path, frame: FrameIndex, of: str = "all") -> Path:
        """Where a frame's file goes; the folder of it is made."""
        place = folder / self._names.path(frame, self.usual, self.suffix, of)
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _finish(self) -> None:
        """Most forms have no more to say."""

    def _check_replaced(self) -> None:
        """Raise ``OutputError`` where overwriting would delete something that no export has made."""
        if not self._path.exists():
            return
        if not self._path.is_dir():
            raise OutputError(f"{self._path} is a file: choose a folder for the masks")
        inside = (path for path in self._path.rglob("*") if not path.is_dir())
        names = [path.relative_to(self._path).as_posix() for path in inside]
        own = self.own_files or self._names.pattern(self.usual, self.suffix, self.objects)
        foreign = [name for name in names if not re.fullmatch(own, name)]
        if foreign:
            raise OutputError(
                f"{self._path} holds other files ({min(foreign)}): choose a folder of its own for the masks"
            )


def object_folder(object_id: int, name: str) -> str:
    """The name of an object's folder: its id, and its name as far as file systems take it."""
    kept = portable_name(name).encode()[:200].decode(errors="ignore")
    return f"{object_id:03d}-{kept.strip(' .') or 'object'}"  # Windows drops dots and spaces at the end


def write_png(path: Path, pixels: NDArray[Any]) -> None:
    """Write (H, W) or (H, W, 3 or 4) RGB(A) pixels, uint8 or uint16, losslessly."""
    order = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    stored = cv2.cvtColor(pixels, order[pixels.shape[2]]) if pixels.ndim == 3 else pixels
    _, encoded = cv2.imencode(".png", np.ascontiguousarray(stored))
    path.write_bytes(encoded.tobytes())
