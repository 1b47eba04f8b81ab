"""Telling whether a source is still the one that was seen before, without reading all of it."""

import hashlib
import os
from pathlib import Path

from track_anything.errors import VideoError
from track_anything.video.stills import images_in, is_many_files

_ENDS = 1 << 20  # bytes hashed at the head and at the tail: headers, indices and some of the pictures


def fingerprint(source: Path) -> str:
    """Size and a hash: of head and tail of a file, of the names and sizes of the files in a folder.

    Copying or touching the source does not change it.

    Raises:
        VideoError: the source cannot be read.
    """
    try:
        return _of_folder(source) if is_many_files(source) else _of_file(source)
    except FileNotFoundError as error:
        raise VideoError(f"{source} does not exist: check the path") from error
    except OSError as error:
        raise VideoError(f"{source} cannot be read ({error.strerror}): check its rights") from error


def _of_file(path: Path) -> str:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        digest = hashlib.sha256()
        for start in (0, max(0, size - _ENDS)):
            file.seek(start)
            digest.update(file.read(_ENDS))
    return f"{size}-{digest.hexdigest()}"


def _of_folder(folder: Path) -> str:
    files = folder.iterdir() if folder.is_dir() else images_in(folder)
    sizes = sorted((path.name, path.stat().st_size) for path in files if path.is_file())
    digest = hashlib.sha256(repr(sizes).encode())
    return f"{sum(size for _, size in sizes)}-{digest.hexdigest()}"
