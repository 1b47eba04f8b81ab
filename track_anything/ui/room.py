"""Room on the disk, asked for while it is used."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from track_anything.ui.limits import Limits, nearest_folder

_LEAST_INTERVAL = 1.0  # seconds between two counts of all files
_SHARE = 20  # a count that takes a second is made every twenty


class Room:
    """What the workspace takes and may take. Asking is cheap: between two counts the disk's free space tells.

    Args:
        folder: the workspace.
        limits: what may be used, asked each time.
    """

    def __init__(self, folder: Path, limits: Callable[[], Limits]) -> None:
        self._folder = folder
        self._limits = limits
        self._lock = threading.Lock()
        self._promised = 0  # bytes of uploads on their way
        self._used = 0  # at the last count
        self._free = 0  # likewise
        self._next_count = 0.0

    def check(self, wanted: int = 0) -> None:
        """Raise LimitError when so many more bytes do not fit."""
        limits = self._limits()
        with self._lock:
            free = shutil.disk_usage(nearest_folder(self._folder)).free
            wanted += self._promised
            grown = max(0, self._free - free)
            is_short = self._used + grown + wanted > limits.disk or free - wanted < limits.spare_disk
            if is_short or time.monotonic() >= self._next_count:
                self._count(limits, wanted)

    def promise(self, size: int) -> None:
        """Keep room for an upload; LimitError when it does not fit. ``release`` it in the end."""
        self.check(size)
        with self._lock:
            self._promised += size

    def release(self, size: int) -> None:
        """An upload is on the disk, or is not coming any more."""
        with self._lock:
            self._promised -= size

    def _count(self, limits: Limits, wanted: int) -> None:
        began = time.monotonic()
        self._used = limits.check_room(self._folder, wanted)
        self._free = shutil.disk_usage(nearest_folder(self._folder)).free
        took = time.monotonic() - began
        self._next_count = began + max(_LEAST_INTERVAL, _SHARE * took)
