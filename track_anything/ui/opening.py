"""Opening what an entry of the workspace is about."""

import threading
from collections.abc import Callable
from pathlib import Path

from track_anything.models import Models
from track_anything.project import Description, is_project
from track_anything.session import Session
from track_anything.types import OnProgress
from track_anything.ui.limits import LimitError
from track_anything.ui.recent import keep_picture
from track_anything.ui.workspace import Entry
from track_anything.video import Reader

_LOOK_INTERVAL = 0.1  # seconds between two looks at what has to end first


class Opening:
    """How a project is opened, or made of a video.

    Args:
        entry: what and where it is.
        models: the networks, when they are needed.
        reader: decodes the video; None = this process does.
        check_room: asked after every frame that was written; raises to end it.
        after: set when an earlier use of the same project has ended; None = there is none.
    """

    def __init__(
        self,
        entry: Entry,
        models: Callable[[], Models],
        reader: Reader | None,
        check_room: Callable[[], None],
        after: threading.Event | None,
    ) -> None:
        self._entry = entry
        self._models = models
        self._reader = reader
        self._check_room = check_room
        self._after = after

    def open(self, progress: OnProgress) -> Session:
        """The session; whatever ``progress`` raises ends it."""
        while self._after is not None and not self._after.wait(_LOOK_INTERVAL):
            progress(0, None)

        def report(done: int, total: int | None) -> None:
            self._check_room()
            progress(done, total)

        try:
            session = self._session(report)
        except LimitError:
            self._entry.forget_frames()  # they would hold the room that others need
            raise
        keep_picture(self._entry, session)
        return session

    def _session(self, report: OnProgress) -> Session:
        source, folder = self._entry.source, self._entry.project
        if is_project(folder):
            return Session.open(folder, self._models, source=source, progress=report, reader=self._reader)
        return Session.create(source, folder, self._models, progress=report, reader=self._reader)


def source_of(path: Path) -> Path:
    """The video of a project; of anything else the path itself."""
    return Description.read(path).source if is_project(path) else path
