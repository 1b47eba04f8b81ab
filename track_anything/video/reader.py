"""Where the frames of a source are decoded: in this process, or in one that may crash."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from track_anything.types import OnProgress
from track_anything.video.child.worker import Worker
from track_anything.video.info import VideoInfo
from track_anything.video.open import open_video, store_video, stored_video
from track_anything.video.video import Video


class Reader(Protocol):
    """Opens the sources of a project."""

    def __hash__(self) -> int: ...

    def store(self, source: Path, folder: Path, progress: OnProgress | None) -> Video:
        """Frames with fast random access; see ``store_video``."""
        ...

    def stored(self, source: Path, folder: Path, info: VideoInfo) -> Video:
        """The same without writing anything; see ``stored_video``."""
        ...

    def open(self, source: Path, info: VideoInfo) -> Video:
        """Frames as they are in the source, for exports; see ``open_video``."""
        ...

    def child(self, duty: str, remedy: str) -> Callable[[Path], Worker] | None:
        """How to begin a child that reads something else of a file; None = read it in this process.

        Args:
            duty: of the child, see ``Worker``.
            remedy: what to do about a file that cannot be read.
        """
        ...


class InProcess:
    """Decodes where it is called: for files that are one's own."""

    def store(self, source: Path, folder: Path, progress: OnProgress | None) -> Video:
        """See ``Reader``."""
        return store_video(source, folder, progress=progress)

    def stored(self, source: Path, folder: Path, info: VideoInfo) -> Video:
        """See ``Reader``."""
        return stored_video(source, folder, info)

    def open(self, source: Path, info: VideoInfo) -> Video:
        """See ``Reader``."""
        return open_video(source, info=info)

    def child(self, duty: str, remedy: str) -> None:  # noqa: ARG002 - a ``Reader``
        """See ``Reader``."""
        return
