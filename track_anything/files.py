"""Files that a crash leaves with the old content or the new, never a part; names that any system takes."""

import os
import unicodedata
from pathlib import Path

from track_anything.errors import ProjectError


def write_durably(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``: temp file beside it, fsync, rename, fsync of the folder.

    Raises:
        OSError: the disk is full or the folder cannot be written; ``path`` is as it was before.
    """
    temporary = path.with_name(f".{path.name}.partial")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def unwritable(path: Path, error: OSError) -> ProjectError:
    """The error that says why a file of a project cannot be written, and what to do."""
    return ProjectError(
        f"cannot write {path} ({error.strerror}): free some disk space and resume; nothing was lost"
    )


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable; does nothing where the system has no folder handles."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def plain(text: str) -> str:
    """The text with ``_`` for every sign that file systems may trip over; letters of any script stay."""
    return "".join(sign if _is_of_a_word(sign) or sign in "._- " else "_" for sign in text)


def _is_of_a_word(sign: str) -> bool:
    """Letters, digits, and the marks that many scripts write beside or above a letter."""
    return sign.isalnum() or unicodedata.category(sign).startswith("M")
