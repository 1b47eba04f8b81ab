"""Unpacking zip files of strangers."""

import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from track_anything.errors import InputError
from track_anything.ui.containment import contained, safe_name
from track_anything.video import IMAGE_SUFFIXES

_CHUNK = 1 << 20  # bytes copied at once
_MOST_IMAGES = 10_000
_MOST_ENTRIES = 3 * _MOST_IMAGES  # some programs add two more files for each
_LONGEST_INDEX = 16 << 20  # bytes
_LONGEST_END = (1 << 16) + 22 + 20  # bytes of an archive's end record with its comment, and the one before it
_UNKNOWN = (1 << 32) - 1  # a length that stands in the other record

_DAMAGE = (
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)


def unpack_images(archive: Path, folder: Path, check_size: Callable[[int], None]) -> Path:
    """Unpack the images of a zip file into a folder of their own; other files are passed over.

    Names inside the archive are not trusted: they are made safe, and nothing lands outside of ``folder``.

    Args:
        archive: the zip file.
        folder: is made, and gets the images.
        check_size: told how many bytes the images are before any is unpacked; raises when they are too many.

    Raises:
        InputError: not a zip file, no image inside, too many, or two images of one name.
    """
    try:
        _check_index(archive)
        with zipfile.ZipFile(archive) as opened:
            images = [entry for entry in opened.infolist() if _is_image(entry)]
            if len(images) > _MOST_IMAGES:
                raise _too_many(len(images))
            check_size(sum(entry.file_size for entry in images))
            names = [safe_name(PurePosixPath(entry.filename).name) for entry in images]
            if not images or len(set(names)) < len(names):
                problem = "two images of one name" if images else "no image"
                kinds = ", ".join(sorted(IMAGE_SUFFIXES))
                raise InputError(f"the zip file holds {problem}: pack one folder of {kinds} files")
            folder.mkdir(parents=True)
            for entry, name in zip(images, names, strict=True):
                _copy(opened, entry, contained(folder / name, [folder]))
    except _DAMAGE as error:
        raise InputError(
            f"the zip file cannot be unpacked ({error}): pack it again, without a password"
        ) from error
    return folder


def _check_index(archive: Path) -> None:
    """Raise InputError for an index that would take much memory and time to read; told by its end record.

    PKWARE's APPNOTE, 4.3.14 to 4.3.16: the record at the end, and what goes before it in large archives.
    """
    with archive.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _LONGEST_END))
        tail = file.read()
        place = tail.rfind(b"PK\5\6")
        if place < 0 or len(tail) < place + 22:
            return  # no archive: it is refused when it is opened
        count, length = struct.unpack_from("<10xHI", tail, place)
        locator = place - 20
        if locator >= 0 and tail.startswith(b"PK\6\7", locator):
            (offset,) = struct.unpack_from("<8xQ", tail, locator)
            for start in (offset, size - len(tail) + locator - 56):  # where it says, and where it usually is
                file.seek(min(start, size))
                record = file.read(56)
                if record.startswith(b"PK\6\6") and len(record) == 56:
                    large_count, large_length = struct.unpack_from("<32xQQ", record)
                    count, length = max(count, large_count), max(length % _UNKNOWN, large_length)
    if count > _MOST_ENTRIES or length > _LONGEST_INDEX:
        raise _too_many(count)


def _too_many(count: int) -> InputError:
    return InputError(
        f"the zip file holds {count} files: send at most {_MOST_IMAGES} images, or a video, or open the "
        "folder by its path on the server's machine"
    )


def _copy(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """Copy no more than the archive's index promises, so that a forged size cannot fill the disk."""
    left = entry.file_size
    with opened.open(entry) as source, path.open("wb") as target:
        while left > 0 and (chunk := source.read(min(_CHUNK, left))):
            target.write(chunk)
            left -= len(chunk)


def _is_image(entry: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(entry.filename)
    is_hidden = name.name.startswith(".") or "__MACOSX" in name.parts
    return not entry.is_dir() and not is_hidden and name.suffix.lower() in IMAGE_SUFFIXES
