"""Memory that two processes share, with room for a few frames."""

import math
import mmap
import weakref
from collections import deque
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from track_anything.types import AnyImage

_MEMORY = 1 << 26  # bytes of frames on their way: a busy machine lets neither process run for some of them
_FEWEST, _MOST = 3, 16


class Ring:
    """Places for some (H, W, 3) frames of 8 or 16 bits: one is written while others wait to be read.

    A frame is handed out where it lies, and its place is free again when nobody holds it any more. Who
    gathers frames gets copies of them as soon as half of the places are taken.

    Args:
        memory: what both processes have mapped, of ``length_for`` these frames.
        size: (height, width) of the frames.

    Attributes:
        slots: how many places there are.
    """

    def __init__(self, memory: mmap.mmap, size: tuple[int, int]) -> None:
        self._shape = (*size, 3)
        self._slot = _bytes_of(size)
        self.slots = _slots(size)
        self._lent = 0
        self._returned: deque[int] = deque()  # filled whenever and in whatever thread a frame is let go
        self._memory = memory

    @staticmethod
    def length_for(size: tuple[int, int]) -> int:
        """Bytes of memory that places for such frames take."""
        return _slots(size) * _bytes_of(size)

    @classmethod
    def found(cls, address: int | str, size: tuple[int, int]) -> "Ring":
        """That of the parent, in its child: by the address of its ``SharedFile``."""
        with open(address, "r+b") as file:  # noqa: PTH123 - a descriptor on Linux
            return cls(mmap.mmap(file.fileno(), cls.length_for(size)), size)

    def write(self, slot: int, image: AnyImage) -> None:
        """Put a frame into a slot."""
        self._view(slot, image.dtype).reshape(self._shape)[...] = image

    def read(self, slot: int, *, is_deep: bool) -> AnyImage:
        """The frame in a slot, to be kept as long as one likes; ``returned`` tells when the slot is free."""
        flat = self._view(slot, np.dtype(np.uint16 if is_deep else np.uint8))
        if self._lent >= self.slots // 2:
            self._returned.append(slot)
            return np.array(flat.reshape(self._shape))  # (H, W, 3)
        self._lent += 1
        weakref.finalize(flat, self._returned.append, ~slot).atexit = False
        return flat.reshape(self._shape)  # (H, W, 3), as all views of it do, it holds on to ``flat``

    def returned(self, *, at_least: int = 1) -> list[int]:
        """The slots that became free since this was asked last; none while they are less than wanted."""
        if len(self._returned) < at_least:
            return []
        slots = [self._returned.popleft() for _ in range(len(self._returned))]
        self._lent -= sum(slot < 0 for slot in slots)
        return [max(slot, ~slot) for slot in slots]

    def close(self) -> None:
        """Give the memory back, as soon as nobody holds a frame in it."""
        with suppress(BufferError):  # it goes with the last of them
            self._memory.close()

    def _view(self, slot: int, kind: np.dtype[np.uint8 | np.uint16]) -> NDArray[np.uint8 | np.uint16]:
        """(H * W * 3,)."""
        return np.frombuffer(self._memory, kind, math.prod(self._shape), slot * self._slot)


def _bytes_of(size: tuple[int, int]) -> int:
    """Bytes of a place: a frame of 8 bits leaves half of them untouched."""
    return size[0] * size[1] * 3 * np.dtype(np.uint16).itemsize


def _slots(size: tuple[int, int]) -> int:
    return min(max(2 * _MEMORY // _bytes_of(size), _FEWEST), _MOST)
