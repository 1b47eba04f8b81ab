"""How far every video of a collection is, looked at again only where something changed."""

import threading
from collections.abc import Callable
from pathlib import Path

from track_anything.collection.desk import Collection, CollectionVideo, Standing, VideoState
from track_anything.collection.desk.standing import standing_of
from track_anything.errors import TrackAnythingError
from track_anything.project import Project, is_project
from track_anything.ui.open_project import OpenProject


class KeptStandings:
    """Answers from memory for videos that nothing happened to; safe to use from several threads.

    Args:
        collection: the videos.
        opened: the project of a video if it is open here.
    """

    def __init__(
        self, collection: Collection, opened: Callable[[CollectionVideo], OpenProject | None]
    ) -> None:
        self._collection = collection
        self._opened = opened
        self._kept: dict[str, tuple[object, Standing]] = {}
        self._lock = threading.Lock()
        self.faults: dict[str, str] = {}

    def all(self) -> list[tuple[CollectionVideo, Standing]]:
        """Every video with its standing; one that cannot be read has none, and its fault is kept."""
        with self._lock:
            done = self._collection.done
            return [(video, self._of(video, done)) for video in self._collection.videos.values()]

    def _of(self, video: CollectionVideo, done: frozenset[str]) -> Standing:
        live = self._opened(video)
        is_done = video.name in done
        stamp = (is_done, live.changes.revision if live is not None else _stamp(video.project))
        known = self._kept.get(video.name)
        if known is not None and known[0] == stamp:
            return known[1]
        try:
            standing = self._look(video, live, is_done=is_done)
            self.faults.pop(video.name, None)
        except TrackAnythingError as error:
            standing = Standing(VideoState.UNTOUCHED)
            self.faults[video.name] = str(error)
        self._kept[video.name] = stamp, standing
        return standing

    def _look(self, video: CollectionVideo, live: OpenProject | None, *, is_done: bool) -> Standing:
        if live is not None:
            return standing_of(video.name, live.session.project, is_done=is_done)
        if not is_project(video.project):
            return Standing(VideoState.UNTOUCHED)
        with Project(video.project, read_only=True) as project:
            return standing_of(video.name, project, is_done=is_done)


def _stamp(project: Path) -> tuple[tuple[str, int, int], ...]:
    """What changes with the files of a project that say how far it is."""
    told = []
    for path in (project / "journal.log", *sorted(project.glob("passes/*.log"))):
        try:
            status = path.stat()
        except OSError:
            continue
        told.append((path.name, status.st_mtime_ns, status.st_size))
    return tuple(told)
