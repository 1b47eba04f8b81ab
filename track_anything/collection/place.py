"""Folders wherever they are: on this machine, or behind a URL that fsspec knows."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from track_anything.errors import InputError, OutputError
from track_anything.system.files import make_folder, remedy, write_durably

WORK = ".work"  # folder in a place of this machine for what is not done yet
_CHUNK = 1 << 20


class Place:
    """A folder, by path or by URL: ``masks/``, ``s3://bucket/masks``, ``memory://masks``.

    Names inside it are relative, with ``/`` between folders.

    Args:
        url: where it is; it need not be there yet.

    Raises:
        InputError: no file system is known for such a URL, or its package is not installed.
    """

    def __init__(self, url: str | Path) -> None:
        self.url = str(url)
        self._files, self._root = _file_system(self.url)

    @property
    def local(self) -> Path | None:
        """The folder, where it is on this machine."""
        return Path(self._root) if isinstance(self._files, LocalFileSystem) else None

    def read(self, name: str) -> bytes:
        """The content of a file; InputError when it cannot be had, FileNotFoundError when it is not there."""
        with self._explained(name, InputError, "read"):
            return bytes(self._files.cat_file(self._at(name)))

    def write(self, name: str, data: bytes) -> None:
        """Write a file, which is there whole or not at all; OutputError when it cannot be written."""
        with self._explained(name, OutputError, "written"):
            if self.local is not None:
                path = self.local / name
                make_folder(path.parent)
                make_folder(self.local / WORK)
                write_durably(path, data, through=self.local / WORK)
                return
            self._files.makedirs(self._at(name).rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(self._at(name), data)

    def put(self, source: Path, name: str) -> None:
        """Copy a file of this machine here; OutputError when that fails, which may leave a part of it."""
        with self._explained(name, OutputError, "written"):
            self._files.makedirs(self._at(name).rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(source), self._at(name))

    def remove(self, name: str) -> None:
        """Take away a file or a folder with all that is in it; nothing happens when it is not there."""
        with self._explained(name, OutputError, "removed"):
            try:
                self._files.rm(self._at(name), recursive=True)
            except FileNotFoundError:
                return

    def sizes(self, folder: str = "") -> dict[str, int]:
        """Bytes of every file in a folder and those below it, by name relative to the folder."""
        root = self._at(folder)
        with self._explained(folder, InputError, "read"):
            try:
                found: dict[str, dict[str, Any]] = self._files.find(root, detail=True)
            except FileNotFoundError:
                return {}
        beginning = root.rstrip("/") + "/"
        return {
            path.removeprefix(beginning): int(facts["size"])
            for path, facts in sorted(found.items())
            if path.startswith(beginning)
        }

    def sha256(self, name: str) -> str:
        """The hash of a file's content; FileNotFoundError when it is not there."""
        digest = hashlib.sha256()
        with self._explained(name, InputError, "read"), self._files.open(self._at(name), "rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    @contextmanager
    def appearing(self, name: str) -> Iterator[io.BufferedWriter]:
        """A file to be written, which is in its place when the block is left, and is not when it fails."""
        with self._explained(name, OutputError, "written"):
            self._files.makedirs(self._at(name).rpartition("/")[0], exist_ok=True)
            with self._files.transaction, self._files.open(self._at(name), "wb") as file:
                yield file

    def _at(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}".rstrip("/")

    @contextmanager
    def _explained(self, name: str, kind: type[InputError], done: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            where = f"{self.url.rstrip('/')}/{name}"
            reason = error.strerror or error
            raise kind(f"{where} cannot be {done} ({reason}): {remedy(error)}") from error


def place_of(url: str) -> tuple[Place, str]:
    """The folder that a file is in, and the name of the file there."""
    folder, slash, name = url.rstrip("/").rpartition("/")
    return Place(folder + slash if folder.endswith(("/", ":")) else folder or slash or "."), name


def stamp_of(url: str) -> str:
    """What changes whenever the file at a path or URL does, or one in a folder; empty when it is not there.

    Size and date where the store tells them, otherwise its own tag of the content.
    """
    files, path = _file_system(url)
    try:
        facts = files.info(path)
        inside = files.find(path, detail=True) if facts["type"] == "directory" else {path: facts}
    except (OSError, ValueError):
        return ""
    beginning = path.rstrip("/") + "/"
    told = [(name.removeprefix(beginning), _stamp(files, each)) for name, each in sorted(inside.items())]
    return repr(told if facts["type"] == "directory" else told[0][1])


def is_url(text: str) -> bool:
    """Whether a text is a URL and no path."""
    return "://" in text


def joined(base: str, name: str) -> str:
    """A path or URL as seen from a folder, unless it says by itself where it is."""
    if is_url(name) or Path(name).is_absolute():
        return name
    return f"{base.rstrip('/')}/{name}" if is_url(base) else str(Path(base, name))


def fetch(url: str, folder: Path) -> Path:
    """What is at a path or URL as a file or folder of this machine; copied into a folder if it is elsewhere.

    Raises:
        InputError: it is not there, or cannot be read.
    """
    files, path = _file_system(url)
    if isinstance(files, LocalFileSystem):
        return Path(path)
    target = folder / path.rstrip("/").rpartition("/")[2]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files.get(path, str(target), recursive=bool(files.isdir(path)))
    except FileNotFoundError as error:
        raise InputError(f"{url} does not exist: check the address") from error
    except OSError as error:
        raise InputError(f"{url} cannot be read ({error.strerror or error}): {remedy(error)}") from error
    return target


def _stamp(files: fsspec.AbstractFileSystem, facts: dict[str, Any]) -> list[tuple[str, Any]]:
    """What of a file's facts changes with it; when a local one came here is none of it."""
    kept = ["size", "mtime", "ETag", "etag", "LastModified", "last_modified"]
    kept += [] if isinstance(files, LocalFileSystem) else ["created"]
    return [(name, facts[name]) for name in kept if name in facts]


def _file_system(url: str) -> tuple[fsspec.AbstractFileSystem, str]:
    try:
        files, path = fsspec.core.url_to_fs(url)
    except ValueError as error:
        raise InputError(f"{url} cannot be used ({error}): give a path, or a URL such as s3://...") from error
    except ImportError as error:
        raise InputError(f"{url} needs a package that is not here ({error})") from error
    return files, str(path)
