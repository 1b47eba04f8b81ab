"""Weights in the user's cache: fetched once, and hashed anew whenever the file may be another one.

A file is written beside its final name, hashed while it is written, and renamed only when it is the one the
table names; whatever goes wrong, nothing half-made is left.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from subprocess import SubprocessError
from typing import IO
from zipfile import BadZipFile

from platformdirs import user_cache_dir
from pydantic import BaseModel, ValidationError

from track_anything.errors import WeightsError
from track_anything.models.weights.sources import Source
from track_anything.models.weights.table import WeightsEntry, entry_of
from track_anything.system.files import put_in_place, stamp
from track_anything.types import OnProgress

CACHE_VARIABLE = "TRACK_ANYTHING_CACHE"
_CHUNK_BYTES = 1 << 20


class _Seen(BaseModel):
    """What is noted beside a file that was hashed: what it is, and how it looked then."""

    sha256: str
    stamp: tuple[int, int, int, int]


def cache_folder(cache: Path | None = None) -> Path:
    """Where weights are kept: the argument, else ``$TRACK_ANYTHING_CACHE``, else the user's cache folder."""
    chosen = cache or os.environ.get(CACHE_VARIABLE) or user_cache_dir("track-anything", appauthor=False)
    return Path(chosen).expanduser()


def cached_path(name: str, *, cache: Path | None = None) -> Path | None:
    """The verified file of these weights, or None when it has yet to be fetched; never touches the network.

    Raises:
        WeightsError: the table has no such name.
    """
    entry = entry_of(name)
    path = cache_folder(cache) / entry.file_name
    return path if _was_verified(path, entry) else None


def fetch(name: str, *, cache: Path | None = None, progress: OnProgress | None = None) -> Path:
    """The verified file of these weights, from the cache or else from the first source that delivers it.

    A file put into the cache by hand is hashed when it is first seen. Two processes may fetch at once: each
    writes a file of its own and the renames are atomic.

    Args:
        name: a name in ``known_weights()``.
        cache: folder to use instead of the usual one, see ``cache_folder``.
        progress: called with ``(bytes done, bytes expected)`` while a file is written.

    Raises:
        WeightsError: no such name, an unwritable cache, or no source delivered the right file. The message
            says what each source answered and which file may be put where instead.
    """
    entry = entry_of(name)
    path = cache_folder(cache) / entry.file_name
    if _was_verified(path, entry):
        return path
    failures = []
    if path.is_file():
        try:
            _note(path, verify(path, entry))
            return path
        except WeightsError as error:
            failures.append(f"already there: {error}")
    _make_folder(path.parent)
    for source in entry.sources:
        try:
            _note(path, _download(source, entry, path, progress))
            return path
        except (OSError, HTTPException, BadZipFile, SubprocessError, WeightsError) as error:
            failures.append(f"{source}: {_one_line(error)}")
    raise WeightsError(
        f"weights {name!r} could not be fetched ({'; '.join(failures)}): put {entry} into {path.parent}"
    )


def verify(path: Path, entry: WeightsEntry) -> str:
    """Read a whole file and check that it is the one an entry describes.

    Returns:
        The file's sha256 in hexadecimal.

    Raises:
        WeightsError: the file cannot be read, or has another length or digest.
    """
    hashes = _Hashes()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                hashes.update(chunk)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror}): give the path of {entry}") from error
    hashes.check(entry)
    return hashes.sha256


class _Hashes:
    """Length and digests of the bytes seen so far."""

    def __init__(self) -> None:
        self.bytes = 0
        self._sha256 = hashlib.sha256()

    def update(self, chunk: bytes) -> None:
        self.bytes += len(chunk)
        self._sha256.update(chunk)

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()

    def check(self, entry: WeightsEntry) -> None:
        if entry.bytes is not None and self.bytes != entry.bytes:
            raise WeightsError(f"the file has {self.bytes:,} bytes, expected {entry.bytes:,}")
        if entry.sha256 is not None and self.sha256 != entry.sha256:
            raise WeightsError(f"the file has sha256 {self.sha256}, expected {entry.sha256}")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeightsError(
            f"the weights folder {folder} cannot be made ({error.strerror}): "
            f"set {CACHE_VARIABLE} to a folder you may write to"
        ) from error


def _download(source: Source, entry: WeightsEntry, path: Path, progress: OnProgress | None) -> str:
    """Write the source beside ``path``, check it and rename it; returns its sha256."""
    hashes = _Hashes()
    with source.open() as (stream, announced), _written_beside(path) as file:
        expected = entry.bytes or announced or 0
        while chunk := stream.read(_CHUNK_BYTES):
            file.write(chunk)
            hashes.update(chunk)
            if progress is not None:
                progress(hashes.bytes, expected)
            if expected and hashes.bytes > expected:
                raise WeightsError(f"the file is longer than the {expected:,} bytes expected")
        if announced is not None and hashes.bytes != announced:
            raise WeightsError(f"the transfer ended after {hashes.bytes:,} of {announced:,} bytes")
        if not hashes.bytes:
            raise WeightsError("the file is empty")
        hashes.check(entry)
    return hashes.sha256


@contextmanager
def _written_beside(path: Path) -> Iterator[IO[bytes]]:
    """A temporary file, renamed to ``path`` when the block ends well, removed when it does not."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        put_in_place(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _note_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.seen.json")


def _note(path: Path, sha256: str) -> None:
    """Note beside a file what it is; where no note can be kept, the file is hashed again."""
    with suppress(OSError), _written_beside(_note_path(path)) as file:
        file.write(_Seen(sha256=sha256, stamp=stamp(path)).model_dump_json().encode())


def _was_verified(path: Path, entry: WeightsEntry) -> bool:
    """The cheap check: hashed before, the file of the table, and of the same size, dates and place."""
    try:
        seen = _Seen.model_validate_json(_note_path(path).read_bytes())
        return seen.stamp == stamp(path) and entry.sha256 in (None, seen.sha256)
    except (OSError, ValidationError):
        return False


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
