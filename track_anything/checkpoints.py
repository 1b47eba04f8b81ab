"""Saved memories of unfinished passes: a cache that spares a resumed pass the way back to its start."""

import re
from pathlib import Path

from track_anything.files import unwritable
from track_anything.types import FrameIndex
from tracker.propagator import Propagator

_NAME = re.compile(r"(\d+)\.(\d+)\.npz")


class Checkpoints:
    """The newest saved memory of each unfinished pass, ``0007.000012.npz``: pass 7 after frame 12.

    Losing the folder costs time and nothing else: a pass without a checkpoint is replayed from its start.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, propagator: Propagator, number: int, frame: FrameIndex) -> None:
        """Keep the memory after a frame in place of any earlier one of that pass.

        Raises:
            ProjectError: the disk is full; the earlier checkpoint is still there.
        """
        path = self._folder / f"{number:04d}.{frame:06d}.npz"
        temporary = path.with_name(f".{path.name}.partial")
        earlier = [old for _, old in self._saved(number) if old != path]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            propagator.save(temporary)
            temporary.replace(path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise unwritable(path, error) from error
        for old in earlier:
            old.unlink(missing_ok=True)

    def newest(self, number: int) -> tuple[FrameIndex, Path] | None:
        """The frame after which the memory of a pass was saved last, and the file; None if it never was."""
        return max(self._saved(number), key=lambda saved: saved[1].stat().st_mtime_ns, default=None)

    def discard(self, number: int) -> None:
        """Delete what was saved for a pass."""
        for _, path in self._saved(number):
            path.unlink(missing_ok=True)

    def _saved(self, number: int) -> list[tuple[FrameIndex, Path]]:
        matches = (_NAME.fullmatch(path.name) for path in self._folder.glob(f"{number:04d}.*.npz"))
        return [(int(match[2]), self._folder / match[0]) for match in matches if match]
