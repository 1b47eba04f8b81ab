"""The reader for files of strangers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from track_anything.types import OnProgress
from track_anything.video.child.child_video import ChildVideo
from track_anything.video.child.worker import PATIENCE, Worker
from track_anything.video.frame_store import FrameStore
from track_anything.video.info import VideoInfo
from track_anything.video.stills import are_stills
from track_anything.video.video import Video

_MOST_FRAMES = 1 << 31  # a year at 60 per second


@dataclass(frozen=True)
class InChild:
    """Decodes in child processes, with limits of time and memory: a ``Reader``.

    Attributes:
        patience: seconds that one frame may take.
        start: starts a child for a source.
    """

    patience: float = PATIENCE
    start: Callable[..., Worker] = Worker

    def store(self, source: Path, folder: Path, progress: OnProgress | None) -> Video:
        """See ``Reader``; a video file's store is filled by a child, which ends then."""
        if are_stills(source):
            return ChildVideo(source, patience=self.patience, start=self.start)
        if (found := FrameStore.found(source, folder)) is not None:
            return found
        with self.start(source, self.patience) as worker:
            worker.send(do="store", source=str(source), folder=str(folder))
            count = _Count()
            while "end" not in (told := worker.answer()):
                if not count.goes_on_to(told.get("done")):
                    raise worker.nonsense()
                if progress is not None:
                    progress(count.done, _expected(told.get("total")))
                worker.send(go=True)
        return FrameStore(folder)

    def stored(self, source: Path, folder: Path, info: VideoInfo) -> Video:
        """See ``Reader``."""
        return (None if are_stills(source) else FrameStore.found(source, folder)) or self.open(source, info)

    def open(self, source: Path, info: VideoInfo) -> Video:
        """See ``Reader``."""
        return ChildVideo(source, info, patience=self.patience, start=self.start)

    def child(self, duty: str, remedy: str) -> Callable[[Path], Worker]:
        """See ``Reader``."""
        return lambda source: self.start(source, self.patience, duty=duty, remedy=remedy)


class _Count:
    """Frames that a child says are done, one after the other; at last once more for each that it scaled."""

    def __init__(self) -> None:
        self.done = 0
        self._repeats = 0

    def goes_on_to(self, done: object) -> bool:
        """Count on; False when it cannot be so many now."""
        is_next = done == self.done + 1
        is_repeated = done == self.done and self._repeats < self.done
        self._repeats += is_repeated
        self.done += is_next
        return is_next or is_repeated


def _expected(total: object) -> int | None:
    """By the word of the file, which is for bars alone."""
    return total if isinstance(total, int) and 0 < total <= _MOST_FRAMES else None
