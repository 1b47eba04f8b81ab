"""Fixtures that reach outside the repository; everything else in the suite runs without them."""

import faulthandler
import os
import shutil
from pathlib import Path

import hypothesis
import pytest

# The gate must answer the same twice about the same code; exploring is for the desk. A slow machine is no
# failure.
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.register_profile("gate", derandomize=True, deadline=None)
hypothesis.settings.load_profile("gate" if os.environ.get("CI") else "desk")

# One thread, set before torch is loaded: small networks lose more by waiting for each other than they gain,
# and label maps do not depend on the machine's number of cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Children that tests start would compile the whole product each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_SECONDS_TO_END = 300

_SHARED = Path(__file__).resolve().parents[2] / "shared"


_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder there that is the user's alone
_ROOM = 8 << 30  # bytes


def pytest_configure() -> None:
    """Keep what tests write in memory where there is room: projects wait for the disk at every mask."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


_LONG = ("/ui/browser/", "/ui/agents/", "/collection/", "/sam/", "/tracker/", "/examples")
"""Where files of tests take longest: they begin, so that no worker is left alone with one of them at last."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; the order is the same for all workers."""
    items.sort(key=lambda item: not any(place in item.path.as_posix() for place in _LONG))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """Let a run whose tests are done but which does not end fail too, and show where every thread is."""
    faulthandler.dump_traceback_later(_SECONDS_TO_END, exit=True)


def _folder_or_skip(path: Path, what: str, variable: str) -> Path:
    if not path.is_dir():
        pytest.skip(f"{what} not found at {path}: set {variable} to the folder that holds them")
    return path


@pytest.fixture(scope="session")
def parity() -> Path:
    """Folder of the reference numbers computed by the published implementations."""
    path = Path(os.environ.get("TRACK_ANYTHING_PARITY", _SHARED / "parity"))
    return _folder_or_skip(path, "reference numbers", "TRACK_ANYTHING_PARITY")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real clips and benchmark sequences."""
    path = Path(os.environ.get("TRACK_ANYTHING_DATA", _SHARED / "data"))
    return _folder_or_skip(path, "real clips", "TRACK_ANYTHING_DATA")


@pytest.fixture(scope="session")
def mobile_sam_weights() -> Path:
    """The verified MobileSAM checkpoint, fetched once into the user's cache."""
    from track_anything.errors import WeightsError
    from track_anything.models.weights import fetch

    try:
        return fetch("mobile-sam")
    except WeightsError as error:
        pytest.skip(f"MobileSAM weights cannot be had here: {error}")
