"""Saved memories of unfinished passes: a cache that spares a resumed pass the way back to its start."""

import re
import zipfile
import zlib
from pathlib import Path

from track_anything.drift import DriftMonitor
from track_anything.system.files import put_in_place, unwritable
from track_anything.types import FrameIndex
from tracker.errors import SnapshotError, TrackerError
from tracker.propagator import Propagator

_DAMAGED = (SnapshotError, OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)
_NAME = re.compile(r"(\d+)\.(\d+)\.npz")


class Checkpoints:
    """The newest saved memory of each unfinished pass, ``0007.000012.npz``: pass 7 after frame 12.

    What the drift monitor remembers lies beside it (``0007.000012.drift``). Losing the folder costs time and
    nothing else: a pass without a checkpoint is replayed from its start.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(
        self, number: int, frame: FrameIndex, propagator: Propagator, monitor: DriftMonitor | None = None
    ) -> None:
        """Keep the memory after a frame in place of any earlier one of that pass.

        Raises:
            ProjectError: the disk is full; the earlier checkpoint is still there.
        """
        path = self._path(number, frame)
        temporary = path.with_name(f".{path.name}.partial")
        earlier = [old for old in self._saved(number) if old != frame]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            propagator.save(temporary)
            (monitor or DriftMonitor()).save(_beside(path))
            put_in_place(temporary, path)  # last: a checkpoint that has its name is complete
        except OSError as error:
            temporary.unlink(missing_ok=True)
            _beside(path).unlink(missing_ok=True)
            raise unwritable(path, error) from error
        for old in earlier:
            self._remove(number, old)

    def load(self, number: int, propagator: Propagator, monitor: DriftMonitor | None = None) -> bool:
        """Load the newest saved memory of a pass into both; False if it was never saved, or is damaged.

        What is damaged is deleted, and both are to be made anew.
        """
        frame = self.newest(number)
        if frame is None:
            return False
        path = self._path(number, frame)
        try:
            propagator.load(path)
            if monitor is not None:
                monitor.load(_beside(path))
        except _DAMAGED as error:
            if isinstance(error, TrackerError) and not isinstance(error, SnapshotError):
                raise  # intact, but of another tracker
            self.discard(number)
            return False
        return True

    def newest(self, number: int) -> FrameIndex | None:
        """The frame after which the memory of a pass was saved last; None if it never was."""
        saved = self._saved(number)
        return max(saved, key=lambda frame: self._path(number, frame).stat().st_mtime_ns, default=None)

    def discard(self, number: int) -> None:
        """Delete what was saved for a pass."""
        for frame in self._saved(number):
            self._remove(number, frame)

    def _remove(self, number: int, frame: FrameIndex) -> None:
        path = self._path(number, frame)
        path.unlink(missing_ok=True)
        _beside(path).unlink(missing_ok=True)

    def _saved(self, number: int) -> list[FrameIndex]:
        matches = (_NAME.fullmatch(path.name) for path in self._folder.glob(f"{number:04d}.*.npz"))
        return [int(match[2]) for match in matches if match and _beside(self._folder / match[0]).exists()]

    def _path(self, number: int, frame: FrameIndex) -> Path:
        return self._folder / f"{number:04d}.{frame:06d}.npz"


def _beside(path: Path) -> Path:
    return path.with_suffix(".drift")
