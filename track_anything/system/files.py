"""Files that a crash leaves with the old content or the new, never a part; names that any system takes."""

import errno
import os
import time
import unicodedata
from pathlib import Path
from uuid import uuid4

from track_anything.errors import ProjectError

_LONGEST_NAME = 200  # bytes; systems take 255, and temporary files have marks before and behind
_HELD = (5, 32, 33)  # of Windows: access denied, and a file or a part of it held by another program
_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)  # seconds
_OF_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³")}
)


def write_durably(path: Path, data: bytes, *, exclusive: bool = False, through: Path | None = None) -> None:
    """Write ``data`` to ``path``: temp file beside it, fsync, rename, fsync of the folder.

    Args:
        path: the file.
        data: all of its content.
        exclusive: the file may not be there yet; of several writers at once one succeeds.
        through: a folder on the same disk for the temp file, so that what a killed process leaves lies
            there; None = beside ``path``.

    Raises:
        FileExistsError: it is there already, and may not be.
        OSError: the disk is full or the folder cannot be written; ``path`` is as it was before.
    """
    mark = uuid4().hex[:8]  # its own: another process may write it too
    temporary = (through or path.parent) / f".{mark}.partial"
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if exclusive:
            _move_to_free_place(temporary, path)
        else:
            put_in_place(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def put_in_place(source: Path, target: Path) -> None:
    """Rename a file or folder to ``target``, over a file that is there.

    Windows refuses that while another program, a virus scanner for one, looks into one of them: it is tried
    again for the better part of a second. OSError when it cannot be done.
    """
    for pause in _PAUSES:
        try:
            source.replace(target)
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _HELD:
                raise
            time.sleep(pause)
        else:
            return
    source.replace(target)


def _move_to_free_place(temporary: Path, path: Path) -> None:
    """Rename, but never over something that is there: a name can be linked once."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        path.open("xb").close()  # whoever makes it has the place; open files cannot be replaced on Windows
        put_in_place(temporary, path)
    else:
        temporary.unlink()


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; their names survive a power cut. OSError when it cannot be made."""
    missing = [folder, *folder.parents]
    missing = missing[: next(place for place, each in enumerate(missing) if each.exists())]
    folder.mkdir(parents=True, exist_ok=True)
    for made in missing:
        sync_folder(made.parent)


def check_still_there(folder: Path) -> None:
    """Raise ProjectError when the folder of an open project is gone: another one is not begun there."""
    if not folder.is_dir():
        raise ProjectError(
            f"{folder} is no longer there: it was moved, renamed or deleted while it was open; put it back, "
            "or open it where it is now"
        )


def sweep(folder: Path) -> None:
    """Delete what a killed process has left unfinished in a folder that nobody else is writing to."""
    for leftover in folder.glob(".*.partial"):
        leftover.unlink(missing_ok=True)


def free_name(path: Path) -> Path:
    """A name beside a damaged file under which it can be kept."""
    number = 1
    while (place := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return place


def stamp(path: Path) -> tuple[int, int, int, int]:
    """What changes whenever a file does: size, dates and place; OSError when it is not there.

    The date at which the system last touched the entry is among them: nobody can set it back.
    """
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def remedy(error: OSError) -> str:
    """What to do about a file that the system refuses to read or write, as the end of a sentence."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return "free some disk space and resume"
        case errno.EROFS:
            return "it is on a disk that can only be read, so copy it to another one"
        case errno.EACCES | errno.EPERM:
            return "ask for the right to it"
        case errno.ENAMETOOLONG:
            return "choose a shorter name"
        case errno.ENOENT | errno.ENOTDIR | errno.EISDIR | errno.EEXIST | errno.ELOOP:
            return "check the path"
        case _:
            return "check the disk"


def unwritable(path: Path, error: OSError) -> ProjectError:
    """The error that says why a file of a project cannot be written, and what to do."""
    return ProjectError(f"cannot write {path} ({error.strerror}): {remedy(error)}; nothing was lost")


def unreadable(path: Path, error: OSError) -> ProjectError:
    """The error that says why a file or folder of a project cannot be read, and what to do."""
    return ProjectError(f"cannot read {path} ({error.strerror}): {remedy(error)}")


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable; does nothing where the system has no folder handles."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fitting(name: str, ending: str) -> str:
    """As much of a name as file systems take with an ending behind it, and with what is put before it."""
    encoded = name.encode(errors="surrogateescape")[: _LONGEST_NAME - len(ending.encode())]
    return encoded.decode(errors="ignore") if len(encoded) < len(os.fsencode(name)) else name


def portable_name(text: str) -> str:
    """The text with ``_`` for every character that file systems may trip over; letters of any script stay.

    What Windows takes for a device whatever its suffix, such as ``con.png``, gets a ``-``: ``con-.png``.
    """
    kept = "".join(each if _is_of_a_word(each) or each in "._- " else "_" for each in text)
    stem, dot, suffix = kept.partition(".")
    return f"{stem.rstrip()}-{dot}{suffix}" if stem.strip().lower() in _OF_DEVICES else kept


def _is_of_a_word(character: str) -> bool:
    """Letters, digits, and the marks that many scripts write beside or above a letter."""
    return character.isalnum() or unicodedata.category(character).startswith("M")
