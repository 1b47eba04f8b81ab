"""Memory that two processes share, with room for a few frames."""

import mmap
import os
import tempfile
from pathlib import Path

import numpy as np

from track_anything.types import AnyImage

_MEMORY = 1 << 26  # bytes of frames on their way: a busy machine lets neither process run for some of them
_FEWEST, _MOST = 3, 16

_SHARED_FOLDER = Path("/dev/shm")  # noqa: S108 - memory on Linux; a file of a private name, removed at once


class Ring:
    """Places for some (H, W, 3) frames of 8 or 16 bits: one is written while others wait to be read.

    Args:
        path: the file behind it.
        size: (height, width) of the frames.

    Attributes:
        slots: how many places there are.
    """

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        self._shape = (*size, 3)
        self._slot = _bytes_of(size)
        self.slots = _slots(size)
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), self.slots * self._slot)

    @classmethod
    def make(cls, size: tuple[int, int]) -> tuple["Ring", Path]:
        """A new one, and the file by which another process finds it; to be removed when that has it too."""
        folder = _SHARED_FOLDER if _SHARED_FOLDER.is_dir() else None
        descriptor, name = tempfile.mkstemp(prefix="track-anything-frames-", dir=folder)
        try:
            os.truncate(descriptor, _slots(size) * _bytes_of(size))
            return cls(Path(name), size), Path(name)
        except BaseException:
            Path(name).unlink()
            raise
        finally:
            os.close(descriptor)

    def write(self, slot: int, image: AnyImage) -> None:
        """Put a frame into a slot."""
        self._view(slot, image.dtype)[...] = image

    def read(self, slot: int, *, is_deep: bool) -> AnyImage:
        """A copy of the frame in a slot."""
        return np.array(self._view(slot, np.dtype(np.uint16 if is_deep else np.uint8)))  # (H, W, 3)

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()

    def _view(self, slot: int, kind: np.dtype[np.uint8 | np.uint16]) -> AnyImage:
        count = self._shape[0] * self._shape[1] * 3
        flat = np.frombuffer(self._memory, kind, count, (slot % self.slots) * self._slot)
        return flat.reshape(self._shape)  # (H, W, 3)


def _bytes_of(size: tuple[int, int]) -> int:
    """Bytes of a place: a frame of 8 bits leaves half of them untouched."""
    return size[0] * size[1] * 3 * np.dtype(np.uint16).itemsize


def _slots(size: tuple[int, int]) -> int:
    return min(max(2 * _MEMORY // _bytes_of(size), _FEWEST), _MOST)
