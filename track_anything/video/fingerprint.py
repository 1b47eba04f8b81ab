"""Telling whether a source is still the one that was seen before, wherever it is by now."""

import hashlib
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from track_anything.errors import VideoError
from track_anything.system.files import remedy, stamp
from track_anything.video.stills import images_in, is_many_files

_MARK = "2:"  # of the way in which a fingerprint is taken; the first had none
_WHOLE_FILE = 1 << 30  # bytes of a video that are all hashed; about a second
_WHOLE_IMAGE = 1 << 18  # likewise of an image, of which there may be thousands
_PIECES = 64  # of a file that is longer, at even intervals
_PIECE = 1 << 20
_IMAGE_PIECE = 1 << 14
_CHUNK = 1 << 20
_ENDS = 1 << 20  # bytes of head and tail that the first way took
_REMEMBERED = 64  # files whose content was hashed by this process


def fingerprint(source: Path) -> str:
    """Size and a hash of the content: of a file, or of the images in a folder with their names.

    Copying or touching the source does not change it, and neither does what else lies in a folder. Files of
    more than 1 GiB and images of more than 256 KiB are hashed in pieces.

    Raises:
        VideoError: the source cannot be read.
    """
    try:
        return _MARK + (_of_folder(source) if is_many_files(source) else _of_file(source))
    except OSError as error:
        raise _unreadable(source, error) from error


def has_fingerprint(source: Path, expected: str) -> bool:
    """Whether a source is the one of a fingerprint, of this way of taking them or an earlier one.

    Raises:
        VideoError: the source cannot be read.
    """
    if expected.startswith(_MARK):
        return _may_be(source, expected) and fingerprint(source) == expected
    try:
        if not is_many_files(source):
            return _first_of_file(source) == expected
        files = [path for path in source.iterdir() if path.is_file()] if source.is_dir() else []
        return expected in (_first_of_folder(files), _first_of_folder(images_in(source)))
    except OSError as error:
        raise _unreadable(source, error) from error


def _may_be(source: Path, expected: str) -> bool:
    """Whether the size of a file is the right one, which takes no time to tell."""
    size = expected.removeprefix(_MARK).partition("-")[0]
    return is_many_files(source) or not source.exists() or str(source.stat().st_size) == size


def _of_file(path: Path) -> str:
    return _of_content(path, *stamp(path))


@lru_cache(_REMEMBERED)
def _of_content(path: Path, size: int, *_stamp: int) -> str:
    digest = hashlib.blake2b(digest_size=20)
    for piece in _content(path, size, _WHOLE_FILE, _PIECE):
        digest.update(piece)
    return f"{size}-{digest.hexdigest()}"


def _of_folder(folder: Path) -> str:
    digest, total = hashlib.blake2b(digest_size=20), 0
    for path in images_in(folder):
        size = path.stat().st_size
        total += size
        digest.update(repr((path.name, size)).encode(errors="surrogatepass"))
        for piece in _content(path, size, _WHOLE_IMAGE, _IMAGE_PIECE):
            digest.update(piece)
    return f"{total}-{digest.hexdigest()}"


def _content(path: Path, size: int, whole: int, piece: int) -> Iterable[bytes]:
    """All of a file up to a size; beyond it pieces at even intervals, head and tail among them."""
    with path.open("rb") as file:
        if size <= whole:
            while chunk := file.read(_CHUNK):
                yield chunk
            return
        count = min(_PIECES, whole // piece)
        for place in range(count):
            file.seek((size - piece) * place // (count - 1))
            yield file.read(piece)


def _first_of_file(path: Path) -> str:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        digest = hashlib.sha256()
        for start in (0, max(0, size - _ENDS)):
            file.seek(start)
            digest.update(file.read(_ENDS))
    return f"{size}-{digest.hexdigest()}"


def _first_of_folder(files: Iterable[Path]) -> str:
    sizes = sorted((path.name, path.stat().st_size) for path in files)
    digest = hashlib.sha256(repr(sizes).encode())
    return f"{sum(size for _, size in sizes)}-{digest.hexdigest()}"


def _unreadable(source: Path, error: OSError) -> VideoError:
    if isinstance(error, FileNotFoundError):
        return VideoError(f"{source} does not exist: check the path")
    return VideoError(f"{source} cannot be read ({error.strerror}): {remedy(error)}")
