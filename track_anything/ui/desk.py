"""The projects that visitors have open, and who may see which."""

import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from track_anything.errors import InputError
from track_anything.project import Description, is_project
from track_anything.ui.containment import contained, safe_name, unpack_images
from track_anything.ui.limits import LimitError, Limits
from track_anything.ui.model_loader import ModelLoader
from track_anything.ui.open_project import OpenProject
from track_anything.ui.prefetch import Prefetcher
from track_anything.ui.wire import sendable
from track_anything.ui.workspace import UNPACKED_SUFFIX, Entry, Workspace
from track_anything.video.sample import sample_clip

COOKIE_PREFIX = "track-anything-"
_SWEEP_INTERVAL = 5.0  # seconds between two looks for idle projects
_UNREAD_PATIENCE = 15.0  # seconds that a page has to hear why a video could not be read


class Desk:
    """Opens projects for visitors and closes those that nobody uses any more; they are kept.

    A visitor is whoever shows the token that a project was opened with; there are no accounts.

    Args:
        workspace: where projects are kept.
        loader: the networks, shared by all projects.
        limits: what visitors may ask for.
        roots: folders of the server's machine from which visitors may open videos and projects.
    """

    def __init__(
        self, workspace: Workspace, loader: ModelLoader, limits: Limits, roots: tuple[Path, ...]
    ) -> None:
        self.workspace = workspace
        self.loader = loader
        self.limits = limits
        self.roots = roots
        self._open: dict[str, OpenProject] = {}
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self.prefetcher = Prefetcher(self._is_quiet)
        self._sweeper = threading.Thread(target=self._sweep, name="sweeper", daemon=True)
        self._sweeper.start()

    def find(self, project_id: str, cookies: Mapping[str, str]) -> OpenProject | None:
        """The project with an id, opened again if need be, for who shows its token; None for others."""
        entry = self.entry_of(project_id, cookies)
        if entry is None:
            return None
        with self._lock:
            project = self._open.get(project_id) or self._open_entry(entry)
            project.last_asked = time.monotonic()
            return project

    def frame_size(self, project_id: str, cookies: Mapping[str, str]) -> tuple[int, int] | None:
        """(height, width) of a visitor's project that is open; nothing is opened to find out."""
        is_own = self.entry_of(project_id, cookies) is not None
        project = self._open.get(project_id) if is_own else None
        return project.session.project.size if project is not None and project.is_ready else None

    def entries_of(self, cookies: Mapping[str, str]) -> Iterator[Entry]:
        """The projects whose tokens a visitor shows, the newest first, but for those that were never read."""
        for entry in self.workspace:
            if self.entry_of(entry.id, cookies) is not None and not self._is_stillborn(entry.id):
                yield entry

    def entry_of(self, project_id: str, cookies: Mapping[str, str]) -> Entry | None:
        """The project with an id, as the workspace keeps it, for who shows its token; None for others."""
        token = cookies.get(COOKIE_PREFIX + project_id)
        entry = self.workspace.find(project_id) if token else None
        return entry if entry is not None and token and entry.is_opened_by(token) else None

    def open_path(self, path: Path, *, is_trusted: bool = False) -> tuple[Entry, str]:
        """A project for a video, image folder or project of this machine, and the token for it.

        Args:
            path: what to open.
            is_trusted: it was named by who started the server: it may lie anywhere, and goes on with the
                project made of it before.

        Raises:
            InputError: it is not there, or outside of the roots.
            LimitError: too many projects are open, or the disk is full.
        """
        allowed = path.expanduser().resolve() if is_trusted else contained(path, self.roots)
        is_private = allowed.is_relative_to(self.workspace.folder.resolve()) and not is_trusted
        if is_private or not _is_there(allowed):
            raise InputError(f"there is no file or folder {path}: give the full path on the server's machine")
        earlier = next((e for e in self.workspace if allowed in (e.source, e.project)), None)
        if earlier is not None and is_trusted:
            return self._admit(earlier)
        self._check_room()
        project = allowed if is_project(allowed) else None
        source = Description.read(allowed).source if project else allowed
        project_id, _ = self.workspace.reserve()
        return self._add(project_id, sendable(allowed.stem), source, project)

    def open_sample(self) -> tuple[Entry, str]:
        """A project for the sample clip."""
        self._check_room()
        project_id, _ = self.workspace.reserve()
        return self._add(project_id, "sample", sample_clip())

    def reserve_upload(self, name: str, size: int) -> tuple[str, Path]:
        """An id, and the file that an upload of so many bytes goes to.

        Raises:
            LimitError: it is too big, too many projects are open, or the disk is full.
        """
        self._check_size(size)
        self._check_seats()
        project_id, folder = self.workspace.reserve()
        place = folder / "upload"  # of its own: the file may be called like one of the workspace's
        place.mkdir()
        return project_id, place / safe_name(name)

    def open_upload(self, project_id: str, path: Path) -> tuple[Entry, str]:
        """A project for an uploaded video, or zip file of images.

        Raises:
            InputError: a zip file without images; nothing is left of it.
        """
        try:
            source = path
            if path.suffix.lower() == ".zip":
                source = unpack_images(path, path.with_suffix(UNPACKED_SUFFIX), self._check_size)
            return self._add(project_id, path.stem, source)
        except BaseException:
            self.workspace.discard(project_id)
            raise

    def discard(self, project_id: str) -> None:
        """Close a project and delete what the workspace has of it."""
        with self._lock:
            self._close(project_id)
            self.workspace.discard(project_id)

    def close(self) -> None:
        """End all jobs after the item in hand and close all projects."""
        self._closed.set()
        self.prefetcher.close()
        with self._lock:
            for project_id in list(self._open):
                self._close(project_id)

    def _admit(self, entry: Entry) -> tuple[Entry, str]:
        admitted, token = self.workspace.admit(entry)
        if (project := self._open.get(entry.id)) is not None:
            project.entry = admitted
        return admitted, token

    def _add(
        self, project_id: str, name: str, source: Path, project: Path | None = None
    ) -> tuple[Entry, str]:
        entry, token = self.workspace.add(project_id, name, source, project)
        with self._lock:
            self._open_entry(entry)
        return entry, token

    def _open_entry(self, entry: Entry) -> OpenProject:
        self._check_seats()
        project = self._open[entry.id] = OpenProject(entry, self.loader)
        project.open()
        return project

    def _check_room(self) -> None:
        self._check_seats()
        self.limits.check_room(self.workspace.folder)

    def _check_size(self, size: int) -> None:
        self.limits.check_upload(size)
        self.limits.check_room(self.workspace.folder, size)

    def _check_seats(self) -> None:
        """Make a seat free by closing the project that was used least lately, if it has no work to do."""
        with self._lock:
            if len(self._open) < self.limits.open_projects:
                return
            unused = [p for p in self._open.values() if self._seconds_unused(p) > _SWEEP_INTERVAL]
            idle = [project for project in unused if not project.is_busy]
            if not idle:
                raise LimitError(
                    f"{len(self._open)} projects are in use, as many as this server serves at a time: try "
                    "again later, or start it with a higher --open-limit"
                )
            self._close(max(idle, key=self._seconds_unused).entry.id)

    def _close(self, project_id: str) -> None:
        if (project := self._open.pop(project_id, None)) is not None:
            project.close()

    def _is_stillborn(self, project_id: str) -> bool:
        """Whether a project is open that could not be read the first time: nothing is lost with it."""
        project = self._open.get(project_id)
        return project is not None and project.is_stillborn

    def _is_quiet(self) -> bool:
        projects = list(self._open.values())
        return self.loader.ready is not None and not any(p.is_busy or p.waiting for p in projects)

    def _seconds_unused(self, project: OpenProject) -> float:
        return time.monotonic() - project.last_asked

    def _sweep(self) -> None:
        while not self._closed.wait(_SWEEP_INTERVAL):
            with self._lock:
                for project_id, project in list(self._open.items()):
                    # What could not be read is tried again when somebody comes back to it.
                    patience = self.limits.idle if project.is_ready else _UNREAD_PATIENCE
                    if not project.is_busy and self._seconds_unused(project) > patience:
                        self._close(project_id)
                        if project.is_stillborn:
                            self.workspace.discard(project_id)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name longer than the file system takes, a folder that may not be entered
        return False
