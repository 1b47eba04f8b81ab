"""Telling whether a file is still the one that was seen before, without reading all of it."""

import hashlib
import os
from pathlib import Path

from track_anything.errors import VideoError

_ENDS = 1 << 20  # bytes hashed at the head and at the tail: headers, indices and some of the pictures


def fingerprint(path: Path) -> str:
    """Size and a hash of head and tail; copying or touching the file does not change it.

    Raises:
        VideoError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            digest = hashlib.sha256()
            for start in (0, max(0, size - _ENDS)):
                file.seek(start)
                digest.update(file.read(_ENDS))
    except OSError as error:
        raise VideoError(
            f"{path} cannot be read ({error.strerror}): check the path and its rights"
        ) from error
    return f"{size}-{digest.hexdigest()}"
