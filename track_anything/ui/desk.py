"""The projects that visitors have open, and who may see which."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from track_anything.project import is_project
from track_anything.ui.archive import unpack_images
from track_anything.ui.closer import Closer
from track_anything.ui.containment import absent, contained, is_there
from track_anything.ui.limits import Limits
from track_anything.ui.links import Links
from track_anything.ui.model_choice import ModelChoice
from track_anything.ui.model_shelf import ModelShelf
from track_anything.ui.open_project import OpenProject
from track_anything.ui.opening import source_of
from track_anything.ui.prefetch import Prefetcher
from track_anything.ui.room import Room
from track_anything.ui.seats import seat_to_free, seconds_unused
from track_anything.ui.uploads import Uploads
from track_anything.ui.visitors import Visitors
from track_anything.ui.wire import json_safe
from track_anything.ui.workspace import UNPACKED_SUFFIX, Entry, Workspace
from track_anything.video import Reader
from track_anything.video.child import InChild
from track_anything.video.sample import sample_clip

COOKIE_PREFIX = "track-anything-"
_SWEEP_INTERVAL = 5.0  # seconds between two looks for idle projects
_UNREAD_PATIENCE = 15.0  # seconds that a page has to hear why a video could not be read
_SECONDS_TO_CLOSE = 30.0  # that the end of the server waits for jobs in hand
_SECONDS_TO_DELETE = 1.0  # that a visitor waits to see his project gone; the rest of it goes by itself


class Desk:
    """Opens projects for visitors and closes those that nobody uses any more; they are kept.

    A project is seen by whoever shows the token that it was opened with; there are no accounts. What visitors
    share, seats and uploads, is counted by the names of ``Visitors``; None = who started the server.

    Args:
        workspace: where projects are kept.
        shelf: the networks, shared by the projects that chose them.
        limits: what visitors may ask for.
        roots: folders of the server's machine from which visitors may open videos and projects.
        reader: decodes the videos of strangers; None = child processes do.

    Attributes:
        admits: whether somebody may see a project for another reason than its token.
    """

    def __init__(
        self,
        workspace: Workspace,
        shelf: ModelShelf,
        limits: Limits,
        roots: tuple[Path, ...],
        reader: Reader | None = None,
    ) -> None:
        self.workspace = workspace
        self.shelf = shelf
        self.limits = limits
        self.roots = roots
        self._reader = reader or InChild()
        self.room = Room(workspace.folder, lambda: self.limits)
        self.visitors = Visitors()
        self.links = Links()
        self.admits: Callable[[Entry, Mapping[str, str]], bool] = lambda *_: False
        self._open: dict[str, OpenProject] = {}
        self._uploads = Uploads(workspace, self.room)
        self._closer = Closer()
        self._lock = threading.RLock()  # never held while something ends
        self._closed = threading.Event()
        self.prefetcher = Prefetcher(self._is_quiet)
        self._sweeper = threading.Thread(target=self._sweep, name="sweeper", daemon=True)
        self._sweeper.start()

    def find(
        self, project_id: str, cookies: Mapping[str, str], visitor: str | None = None
    ) -> OpenProject | None:
        """The project with an id, opened again if need be, for who shows its token; None for others."""
        entry = self.entry_of(project_id, cookies)
        return self.use(entry, visitor) if entry is not None else None

    def use(self, entry: Entry, visitor: str | None = None) -> OpenProject:
        """A project, opened again if need be, whoever asks; LimitError when too many are open."""
        with self._lock:
            project = self._open.get(entry.id) or self._open_entry(entry, visitor)
            project.last_asked = time.monotonic()
            return project

    def leave(self, project: OpenProject, asked: float) -> None:
        """Close a project that was asked for last at ``asked``, unless others have asked for it since."""
        with self._lock:
            if project.last_asked == asked and not project.is_busy:
                self._close(project.entry.id)

    def opened(self, project_id: str) -> OpenProject | None:
        """A project if it is open and its video was read; nothing is opened to find out."""
        project = self._open.get(project_id)
        return project if project is not None and project.is_ready else None

    def frame_size(self, project_id: str, cookies: Mapping[str, str]) -> tuple[int, int] | None:
        """(height, width) of a visitor's project that is open; nothing is opened to find out."""
        is_own = self.entry_of(project_id, cookies) is not None
        project = self.opened(project_id) if is_own else None
        return project.session.project.size if project is not None else None

    def entries_of(self, cookies: Mapping[str, str]) -> Iterator[Entry]:
        """The projects whose tokens a visitor shows, the newest first, but for those that were never read."""
        for entry in self.workspace:
            if _is_own(entry, cookies) and not self._is_stillborn(entry.id):
                yield entry

    def entry_of(self, project_id: str, cookies: Mapping[str, str]) -> Entry | None:
        """The project with an id, as the workspace keeps it, for who shows its token; None for others."""
        entry = self.workspace.find(project_id) if cookies else None
        return entry if entry and (_is_own(entry, cookies) or self.admits(entry, cookies)) else None

    def choose_models(self, project: OpenProject, choice: ModelChoice) -> None:
        """Work with other networks in a project, from now on; NotReadyError while it is busy."""
        self.shelf.check(choice)
        with self._lock:
            project.use(self.shelf.of(choice))
            project.entry = self.workspace.keep_choice(project.entry, choice)
            self.shelf.keep(each.loader for each in self._open.values())

    def open_path(self, path: Path, visitor: str | None = None) -> tuple[Entry, str]:
        """A project for a video, image folder or project of this machine, and the token for it.

        Raises:
            InputError: it is not there, or outside of the roots.
            LimitError: too many projects are open, or the disk is full.
        """
        allowed = contained(path, self.roots)
        if allowed.is_relative_to(self.workspace.folder.resolve()) or not is_there(allowed):
            raise absent(path)
        if (source := source_of(allowed)) != allowed:
            source = contained(source, self.roots)  # whether it is there is nobody's business otherwise
        return self._open_new(allowed, source, visitor)

    def link_to(self, path: Path) -> str:
        """Where on the server the project of a video is that was named by who started it.

        It may lie anywhere. The project that was made of it before is gone on with. The link holds as long as
        the server runs, and is no token: who follows it gets one.

        Raises:
            InputError: it is not there.
            LimitError: the disk is full.
        """
        allowed = path.expanduser().resolve()
        if not is_there(allowed):
            raise absent(path)
        earlier = next((e for e in self.workspace if allowed in (e.source, e.project)), None)
        entry = earlier or self._open_new(allowed, source_of(allowed), None)[0]
        return self.links.issue(entry.id)

    def follow(self, project_id: str, token: str, cookies: Mapping[str, str]) -> str | None:
        """The token of a project for who follows a link to it: his own if he has one; None if it is wrong."""
        entry = self.workspace.find(project_id) if self.links.opens(project_id, token) else None
        if entry is None:
            return None
        shown = cookies.get(COOKIE_PREFIX + project_id)
        return shown if shown and entry.is_opened_by(shown) else self._admit(entry)

    def open_sample(self, visitor: str | None = None) -> tuple[Entry, str]:
        """A project for the sample clip."""
        self._check_room(visitor)
        project_id, _ = self.workspace.reserve()
        return self._add(project_id, "sample", sample_clip(), visitor=visitor)

    def reserve_upload(self, name: str, size: int, visitor: str | None = None) -> tuple[str, Path]:
        """An id, and the file that an upload of so many bytes goes to; ``end_upload`` in the end.

        Raises:
            LimitError: it is too big, too many projects are open, the visitor is sending too many files at
                once, or the disk is full.
        """
        self.limits.check_upload(size)
        with self._lock:
            self._check_seats(visitor)
            return self._uploads.reserve(name, size, visitor, self.limits.uploads)

    def end_upload(self, project_id: str) -> None:
        """The file of a reserved upload is here, or is not coming any more."""
        with self._lock:
            self._uploads.end(project_id)

    def open_upload(self, project_id: str, path: Path, visitor: str | None = None) -> tuple[Entry, str]:
        """A project for an uploaded video, or zip file of images.

        Raises:
            InputError: a zip file without images; nothing is left of it.
        """
        try:
            source = path
            if path.suffix.lower() == ".zip":
                source = unpack_images(path, path.with_suffix(UNPACKED_SUFFIX), self._check_size)
            return self._add(project_id, path.stem, source, visitor=visitor)
        except BaseException:
            self.workspace.discard(project_id)
            raise

    def discard(self, project_id: str) -> None:
        """Close a project and delete what the workspace has of it once its job has ended; none finds it."""
        with self._lock:
            self.workspace.forget(project_id)
            project = self._open.pop(project_id, None)
            gone = self._closer.close(project_id, project, partial(self.workspace.discard, project_id))
        gone.wait(_SECONDS_TO_DELETE)

    def close(self) -> None:
        """End all jobs after the item in hand and close all projects; what does not end in time is left."""
        self._closed.set()
        self.prefetcher.close()
        with self._lock:
            for project_id in list(self._open):
                self._close(project_id)
        self._closer.wait(_SECONDS_TO_CLOSE)

    def _admit(self, entry: Entry) -> str:
        with self._lock:
            admitted, token = self.workspace.admit(entry)
            if (project := self._open.get(entry.id)) is not None:
                project.entry = admitted
        return token

    def _open_new(self, path: Path, source: Path, visitor: str | None) -> tuple[Entry, str]:
        self._check_room(visitor)
        project_id, _ = self.workspace.reserve()
        project = path if is_project(path) else None
        return self._add(project_id, json_safe(path.stem), source, project, visitor)

    def _add(
        self,
        project_id: str,
        name: str,
        source: Path,
        project: Path | None = None,
        visitor: str | None = None,
    ) -> tuple[Entry, str]:
        entry, token = self.workspace.add(project_id, name, source, project)
        with self._lock:
            self._open_entry(entry, visitor)
        return entry, token

    def _open_entry(self, entry: Entry, visitor: str | None) -> OpenProject:
        self._check_seats(visitor)
        loader = self.shelf.of(entry.models)
        project = OpenProject(entry, loader, check_room=self.room.check, reader=self._reader, visitor=visitor)
        self._open[entry.id] = project
        project.open(after=self._closer.of(entry.id))
        return project

    def _check_room(self, visitor: str | None) -> None:
        self._check_seats(visitor)
        self.room.check()

    def _check_size(self, size: int) -> None:
        self.limits.check_upload(size)
        self.room.check(size)

    def _check_seats(self, visitor: str | None) -> None:
        """Make sure that there is a seat for one more project of a visitor."""
        with self._lock:
            out = seat_to_free(self._open.values(), self._closer.busy, self.limits, visitor)
            if out is not None:
                self._close(out.entry.id)

    def _close(self, project_id: str) -> None:
        """Begin to close a project; it is kept."""
        if (project := self._open.pop(project_id, None)) is not None:
            self._closer.close(project_id, project)

    def _is_stillborn(self, project_id: str) -> bool:
        """Whether a project is open that could not be read the first time: nothing is lost with it."""
        project = self._open.get(project_id)
        return project is not None and project.is_stillborn

    def _is_quiet(self) -> bool:
        projects = list(self._open.values())
        return all(p.loader.ready is not None and not (p.is_busy or p.waiting) for p in projects)

    def _sweep(self) -> None:
        while not self._closed.wait(_SWEEP_INTERVAL):
            with self._lock:
                for project_id, project in list(self._open.items()):
                    # What could not be read is tried again when somebody comes back to it.
                    patience = self.limits.idle if project.is_ready else _UNREAD_PATIENCE
                    if not project.is_busy and seconds_unused(project) > patience:
                        self._close(project_id)
                        if project.is_stillborn:
                            self.workspace.discard(project_id)


def _is_own(entry: Entry, cookies: Mapping[str, str]) -> bool:
    return entry.is_opened_by(cookies.get(COOKIE_PREFIX + entry.id, ""))
