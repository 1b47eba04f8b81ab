"""The probabilities behind propagated masks: kept beside the masks, rounded to 8 bits."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.system.files import put_in_place, sweep, unwritable
from track_anything.types import FrameIndex, ObjectId

_PNG_OPTIONS = (cv2.IMWRITE_PNG_COMPRESSION, 1)  # mostly black or white: more effort saves little


class SoftMasks:
    """A folder of grey PNG files, ``000012.0007.003.png`` being object 3 on frame 12 as pass 7 saw it.

    They are written without waiting for the disk: what is lost by a power cut is found again from the masks.

    Args:
        folder: where they are; made with the first one.
        size: (height, width) of every mask.
    """

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self._folder = folder
        self._size = size

    def write(
        self, frame: FrameIndex, edit: int, object_id: ObjectId, probability: NDArray[np.float32]
    ) -> None:
        """Keep a (H, W) probability from 0 to 1; ProjectError when the disk is full."""
        path = self._path(frame, edit, object_id)
        levels = np.round(probability * 255).astype(np.uint8)
        _, encoded = cv2.imencode(".png", levels, _PNG_OPTIONS)
        temporary = path.with_name(f".{path.name}.partial")
        try:
            self._folder.mkdir(exist_ok=True)
            temporary.write_bytes(encoded.tobytes())
            put_in_place(temporary, path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise unwritable(path, error) from error

    def read(self, frame: FrameIndex, edit: int, object_id: ObjectId) -> NDArray[np.float32] | None:
        """What was kept, (H, W) float32 to the nearest 1 / 255, or None when it is not there or damaged."""
        path = self._path(frame, edit, object_id)
        try:
            encoded = np.frombuffer(path.read_bytes(), np.uint8)
            levels = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE) if encoded.size else None
        except (OSError, cv2.error):
            return None
        is_intact = levels is not None and levels.shape == self._size
        return (levels / 255).astype(np.float32) if levels is not None and is_intact else None

    def is_damaged(self, frame: FrameIndex, edit: int, object_id: ObjectId) -> bool:
        """Whether there is a file that cannot be read, or of another size."""
        is_there = self._path(frame, edit, object_id).exists()
        return is_there and self.read(frame, edit, object_id) is None

    def sweep(self) -> None:
        """Delete what a killed process has left unfinished."""
        sweep(self._folder)

    def _path(self, frame: FrameIndex, edit: int, object_id: ObjectId) -> Path:
        return self._folder / f"{frame:06d}.{edit:04d}.{object_id:03d}.png"
