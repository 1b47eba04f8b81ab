"""How large a picture may be, whether it stands in a video or in a file of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2

from track_anything.errors import VideoError

MAX_PIXELS = 1 << 26
"""8192 x 8192: twice an 8K frame."""

_MAX_SIDE = 65_500  # what a JPEG in the frame store can hold
_SHORTAGE_SIGNS = ("Insufficient memory", "Cannot allocate memory", "Failed to allocate")


def check_picture_size(width: int, height: int, path: Path) -> None:
    """Raise ``VideoError`` when a file claims pictures that are too large."""
    is_too_large = width * height > MAX_PIXELS or max(width, height) > _MAX_SIDE
    if is_too_large:
        raise VideoError(f"{path} claims pictures of {width} x {height} pixels: scale it to 8K or less")


@contextmanager
def enough_memory(width: int, height: int) -> Iterator[None]:
    """Turn running out of memory over a picture into a ``VideoError``; other errors pass."""
    try:
        yield
    except (MemoryError, OSError, cv2.error) as error:
        is_shortage = isinstance(error, MemoryError) or any(sign in str(error) for sign in _SHORTAGE_SIGNS)
        if not is_shortage:
            raise
        raise VideoError(
            f"there is too little memory for pictures of {width} x {height} pixels: close other programs, or "
            "scale the video down"
        ) from error
