"""The one place that says whether a path may be touched."""

import lzma
import zipfile
import zlib
from collections.abc import Callable, Collection
from pathlib import Path, PurePosixPath

from track_anything.errors import InputError
from track_anything.files import plain
from track_anything.video import IMAGE_SUFFIXES

_CHUNK = 1 << 20  # bytes copied at once
_LONGEST_NAME = 80  # signs
_MOST_BYTES = 200  # of a name; file systems take 255, and something may be appended

_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError)


def contained(path: Path, roots: Collection[Path]) -> Path:
    """The resolved path, links followed, when it lies in one of the roots.

    Raises:
        InputError: it does not, whether or not it exists.
    """
    try:
        resolved = path.expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:  # no such home, links in a circle, a zero byte
        raise InputError(f"{str(path)!r} cannot be a path here ({error}): give the full path") from error
    if not any(resolved.is_relative_to(root.resolve()) for root in roots):
        raise InputError(
            f"{path} lies outside of the folders that this server reads from: start it with --root FOLDER "
            "to allow a folder"
        )
    return resolved


def safe_name(name: str, fallback: str = "video") -> str:
    """A file name made from any text: no folder in it, no control sign, not hidden, at most 80 signs."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    end = plain(last).strip(" ._")[-_LONGEST_NAME:].encode()[-_MOST_BYTES:].decode(errors="ignore")
    return end.lstrip(" ._") or fallback


def unpack_images(archive: Path, folder: Path, check_size: Callable[[int], None]) -> Path:
    """Unpack the images of a zip file into a folder of their own; other files are passed over.

    Names inside the archive are not trusted: they are made safe, and nothing lands outside of ``folder``.

    Args:
        archive: the zip file.
        folder: is made, and gets the images.
        check_size: told how many bytes the images are before any is unpacked; raises when they are too many.

    Raises:
        InputError: not a zip file, no image inside, or two images of one name.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            images = [entry for entry in opened.infolist() if _is_image(entry)]
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
