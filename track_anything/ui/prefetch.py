"""Embeddings computed ahead, so that the first click on a frame answers as fast as the second."""

import threading
import time
from collections.abc import Callable, Sequence

from track_anything.types import FrameIndex
from track_anything.ui.open_project import OpenProject

_GRACE = 0.5  # seconds after a preview: the next one is likely, and an embedding would slow it
_PATIENCE = 0.2  # seconds between two looks whether people and jobs leave the machine some time


class Prefetcher:
    """One thread of low priority: it works only while no job runs and nobody waits for an answer.

    Args:
        is_quiet: whether the machine has time.
        clock: tells seconds that only grow.
    """

    def __init__(self, is_quiet: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._is_quiet = is_quiet
        self._clock = clock
        self._wanted: list[tuple[OpenProject, FrameIndex]] = []
        self._changed = threading.Condition()
        self._is_closed = False
        self._not_before = clock()
        self._thread = threading.Thread(target=self._run, name="prefetch", daemon=True)
        self._thread.start()

    def want(self, project: OpenProject, frames: Sequence[FrameIndex]) -> None:
        """Frames of a project that a person may click next, the likeliest first; replaces what was wanted."""
        with self._changed:
            others = [wish for wish in self._wanted if wish[0] is not project]
            self._wanted = [(project, frame) for frame in frames] + others
            self._changed.notify()

    def make_way(self) -> None:
        """Begin no embedding for a moment: somebody asks for what is known already, and for more of it."""
        self._not_before = self._clock() + _GRACE

    def close(self) -> None:
        """End the thread after the embedding in hand."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while (wish := self._next()) is not None:
            project, frame = wish
            try:
                session = project.session
                session.models.segmenter.embed(session.video.frame(frame))
            except Exception:  # noqa: BLE001, S112 - who clicks there is told; other frames are still wanted
                continue

    def _next(self) -> tuple[OpenProject, FrameIndex] | None:
        """The next wish, when there is one and time for it; None when it is time to end."""
        with self._changed:
            while not self._is_closed:
                has_time = self._is_quiet() and self._clock() >= self._not_before
                if self._wanted and has_time:
                    return self._wanted.pop(0)
                self._changed.wait(_PATIENCE if self._wanted else None)
            return None
