"""What runs ahead of a labeller in the background: objects are proposed, and what is left is tracked."""

import threading
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

from track_anything.errors import InputError, TrackAnythingError
from track_anything.models.locators import TextLocator
from track_anything.system.lifecycle import Job
from track_anything.tracking.plan import has_open_frames
from track_anything.ui.everything import ALL, Everything, Sought
from track_anything.ui.labelling.likeness import Likeness
from track_anything.ui.labelling.proposals import proposed
from track_anything.ui.open_project import OpenProject

_TICK = 0.05  # seconds between two looks at a project's job


class Wish(NamedTuple):
    """What is to be done with a video.

    Attributes:
        name: of the video.
        sought: what is proposed if it has no objects yet; None = nothing.
        like: an object of another video, what is proposed is to be like it.
    """

    name: str
    sought: Sought | None = None
    like: Likeness | None = None


class RunAhead:
    """Goes through videos one by one; what fails is noted and does not stop the rest.

    Args:
        borrow: gives the project of a video, opened if need be, for as long as the block lasts.
        locator: gives what understands words; called when there are some.

    Attributes:
        faults: by video, what went wrong the last time.
    """

    def __init__(
        self,
        borrow: Callable[[str], AbstractContextManager[OpenProject]],
        locator: Callable[[], TextLocator],
    ) -> None:
        self.faults: dict[str, str] = {}
        self._borrow = borrow
        self._locator = locator
        self._wishes: deque[Wish] = deque()
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._is_running = False
        self._done = 0
        self._name = ""
        self._project: OpenProject | None = None

    def ask(self, wishes: Collection[Wish]) -> None:
        """Do this behind what is asked for already; what waits there for the same video is replaced."""
        names = {wish.name for wish in wishes}
        with self._lock:
            kept = [wish for wish in self._wishes if wish.name not in names]
            self._wishes = deque([*kept, *wishes])
            for name in names:
                self.faults.pop(name, None)
            if not self._is_running and self._wishes:
                self._is_running, self._done = True, 0
                self._job = Job(self._work(), total=0, name="run ahead").start()

    def stop(self) -> None:
        """End after the item in hand; what is done is kept."""
        with self._lock:
            self._wishes.clear()
        if self._job is not None:
            self._job.cancel()

    def wait(self, seconds: float) -> bool:
        """Whether nothing is in hand any more after at most so many seconds."""
        return self._job is None or self._job.wait(seconds)

    def describe(self) -> dict[str, Any] | None:
        """How far it is, as JSON values; None when nothing is in hand."""
        with self._lock:
            if not self._is_running:
                return None
            left, done, name, project = len(self._wishes), self._done, self._name, self._project
        work = project.task.work if project is not None and project.task is not None else None
        return {
            "video": name,
            "done": done,
            "total": done + left + bool(name),
            "stage": work.stage if work is not None else "",
            "frames": work.done if work is not None else 0,
            "of": work.total if work is not None else None,
        }

    def _work(self) -> Iterator[None]:
        try:
            while (wish := self._next()) is not None:
                try:
                    yield from self._do(wish)
                except TrackAnythingError as error:
                    self.faults[wish.name] = str(error)
                self._done += 1
        finally:
            with self._lock:
                self._is_running, self._name, self._project = False, "", None

    def _next(self) -> Wish | None:
        with self._lock:
            wish = self._wishes.popleft() if self._wishes else None
            self._name = wish.name if wish is not None else ""
            self._is_running = wish is not None
            return wish

    def _do(self, wish: Wish) -> Iterator[None]:
        sought = wish.sought
        if wish.like is not None:
            sought = Sought(example=(yield from wish.like.look(self._borrow, _until_ended)))
        with self._borrow(wish.name) as project, self._working_on(project):
            if project.task is not None and project.task.kind == "open":
                yield from _until_ended(project)
            project.check_idle()
            if sought is not None and not project.session.project.state.objects:
                yield from _propose(project, sought, self._locator)
            yield from _track(project)

    @contextmanager
    def _working_on(self, project: OpenProject) -> Iterator[None]:
        self._project = project
        try:
            yield
        finally:
            self._project = None


def _propose(project: OpenProject, sought: Sought, locator: Callable[[], TextLocator]) -> Iterator[None]:
    held = project.session.project
    frame = held.state.chosen_range.start if held.state.chosen_range is not None else 0
    everything = Everything(frame, sought, locator)
    project.find_everything(everything)
    yield from _until_ended(project)
    found = everything.found
    places = proposed(found) if sought == ALL else range(len(found))
    if not places:
        raise InputError(
            f"nothing was found on frame {frame}: open the video and click what is to be labelled"
        )
    with project.changing(None, None):
        if not held.state.objects:  # nobody was faster
            everything.pick(project.session, places)


def _track(project: OpenProject) -> Iterator[None]:
    held = project.session.project
    if held.unfinished_passes():
        project.resume_track()
        yield from _until_ended(project)
    if held.state.objects and has_open_frames(held):
        project.track(None, "both")
        yield from _until_ended(project)


def _until_ended(project: OpenProject) -> Generator[None, None, None]:
    """Wait for the job of a project; it is cancelled when that is given up. Raises what the job raised."""
    if (job := project.job) is None:
        return
    try:
        while not job.wait(_TICK):
            yield
    except GeneratorExit:
        job.cancel()
        job.wait()
        raise
    if isinstance(job.error, TrackAnythingError):
        raise job.error
