"""A saved memory: numpy arrays in one file, without pickle."""

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tracker.errors import SnapshotError, TrackerError

_MADE_BY = "made_by"


def write_snapshot(path: Path, made_by: str, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write arrays to ``path``.

    Args:
        path: the file, replaced if there.
        made_by: what may load it: the kind of propagator and its sizes.
        arrays: any but ``made_by``.
    """
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **{_MADE_BY: np.array(made_by), **arrays})


def read_snapshot(path: Path, made_by: str) -> dict[str, NDArray[np.generic]]:
    """Read what ``write_snapshot`` wrote.

    Raises:
        SnapshotError: there is no such file, or it is damaged.
        TrackerError: it was made by another propagator.
    """
    try:
        with path.open("rb") as file:
            arrays = dict(np.lib.npyio.NpzFile(file, allow_pickle=False))
    except FileNotFoundError as error:
        raise SnapshotError(f"no saved memory at {path}: give the path that save wrote") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise SnapshotError(f"{path} is no saved memory, or damaged: start from the known frames") from error
    writer = str(arrays.pop(_MADE_BY, "another program"))
    if writer != made_by:
        raise TrackerError(f"{path} was made by {writer}, not by {made_by}: load it there")
    return arrays
