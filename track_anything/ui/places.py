"""The folders of this machine that visitors open videos from, told by their names alone."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from track_anything.errors import InputError
from track_anything.project import is_project
from track_anything.ui.containment import contained
from track_anything.video import IMAGE_SUFFIXES

_VIDEO_SUFFIXES = frozenset(
    f".{kind}"
    for kind in (
        *("mp4", "m4v", "mov", "mkv", "webm", "avi", "mxf", "mts", "m2ts", "ts", "mpg", "mpeg"),
        *("wmv", "flv", "ogv", "3gp", "gif"),
    )
)
_MOST_ENTRIES = 500
_LOOKED_AT = 50  # files of a folder, to see whether it holds pictures


@dataclass(frozen=True)
class Place:
    """One thing that can be chosen.

    Attributes:
        path: leads to it, from the name of a root on, with ``/`` between names.
        kind: a folder to look into, or something to open: a video, a folder of images, a project.
    """

    path: str
    kind: Literal["folder", "images", "project", "video"]


def named_roots(roots: Collection[Path]) -> Mapping[str, Path]:
    """The roots by the names that visitors know them by; a name that is there already gets a number."""
    named: dict[str, Path] = {}
    for root in roots:
        plain = root.resolve().name or "root"
        tried = (plain if n == 1 else f"{plain} ({n})" for n in range(1, len(named) + 2))
        named[next(name for name in tried if name not in named)] = root
    return named


def find(text: str, roots: Collection[Path]) -> Path:
    """What a visitor means: a path as the list shows it, one inside of a root, or a whole one.

    Raises:
        InputError: there is nothing of this name in any root.
    """
    path = Path(text)
    if path.is_absolute() or text.startswith("~"):
        return path  # whether it may be opened is for ``contained``
    first, *rest = path.parts or ("",)
    named = named_roots(roots)
    inside = [named[first].joinpath(*rest)] if first in named else []
    climbs = ".." in path.parts
    for tried in (*inside, *(root / path for root in roots)):
        if not climbs and _exists(tried):
            return tried
    raise InputError(f"there is no file or folder {text!r} here: choose one from the list")


def listed(text: str, roots: Collection[Path]) -> list[Place]:
    """What lies in a folder, folders first; the roots for an empty text.

    Hidden files, and links that lead out of the roots, are not told.

    Raises:
        InputError: there is no such folder, or it lies outside of the roots.
    """
    if not text:
        return [Place(name, _kind_of(root) or "folder") for name, root in named_roots(roots).items()]
    folder = contained(find(text, roots), roots)
    if not folder.is_dir():
        raise InputError(f"{text!r} is no folder: choose one from the list")
    found = sorted(_places(text.rstrip("/"), folder, roots), key=lambda place: place.kind == "video")
    return found[:_MOST_ENTRIES]


def _places(prefix: str, folder: Path, roots: Collection[Path]) -> Iterator[Place]:
    try:
        children = sorted(folder.iterdir(), key=lambda child: child.name.lower())
    except OSError:
        return
    for child in children:
        kind = None if child.name.startswith(".") or not _is_inside(child, roots) else _kind_of(child)
        if kind is not None:
            yield Place(f"{prefix}/{child.name}", kind)


def _kind_of(path: Path) -> Literal["folder", "images", "project", "video"] | None:
    try:
        if path.is_file():
            return "video" if path.suffix.lower() in _VIDEO_SUFFIXES else None
        if not path.is_dir():
            return None
        if is_project(path):
            return "project"
        some = (child for child, _ in zip(path.iterdir(), range(_LOOKED_AT), strict=False))
        has_images = any(child.suffix.lower() in IMAGE_SUFFIXES for child in some)
    except OSError:
        return None
    return "images" if has_images else "folder"


def _is_inside(path: Path, roots: Collection[Path]) -> bool:
    try:
        contained(path, roots)
    except InputError:
        return False
    return True


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name longer than the file system takes, a zero byte
        return False
