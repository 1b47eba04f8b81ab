"""The one place that says whether a path may be touched."""

from collections.abc import Collection
from pathlib import Path

from track_anything.errors import InputError
from track_anything.system.files import portable_name

_LONGEST_NAME = 80  # characters
_MOST_BYTES = 200  # of a name; file systems take 255, and something may be appended


def contained(path: Path, roots: Collection[Path]) -> Path:
    """The resolved path, links followed, when it lies in one of the roots.

    Raises:
        InputError: it does not, whether or not it exists.
    """
    try:
        resolved = _expanded(path).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, a zero byte
        raise InputError(f"{str(path)!r} cannot be a path here ({error}): give the full path") from error
    if not any(resolved.is_relative_to(root.resolve()) for root in roots):
        raise InputError(
            f"{path} lies outside of the folders that this server reads from: start it with --root FOLDER "
            "to allow a folder"
        )
    return resolved


def _expanded(path: Path) -> Path:
    """``~`` is the home of who started the server; what ``~name`` would be tells which accounts there are."""
    return path.expanduser() if path.parts[:1] == ("~",) else path


def safe_name(name: str, fallback: str = "video") -> str:
    """A file name made from any text: no folder, no control character, not hidden, at most 80 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    end = portable_name(last).strip(" ._")[-_LONGEST_NAME:].encode()[-_MOST_BYTES:].decode(errors="ignore")
    return end.lstrip(" ._") or fallback


def is_there(path: Path) -> bool:
    """Whether there is something of this name."""
    try:
        return path.exists()
    except OSError:  # a name longer than the file system takes, a folder that may not be entered
        return False


def absent(path: Path) -> InputError:
    """What is said of something that is not there."""
    return InputError(f"there is no file or folder {path}: give the full path on the server's machine")
