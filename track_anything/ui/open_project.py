"""One project that somebody has open: its session, the job it does, and what changed."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from track_anything.errors import InputError
from track_anything.export import Extract
from track_anything.inpaint import FlowInpainter
from track_anything.project import edits, is_project
from track_anything.project.edit_reach import objects_touched
from track_anything.session import Session
from track_anything.system.lifecycle import Job
from track_anything.tracking import AtCut, CutQuestion, Direction, Track
from track_anything.types import FrameIndex, ObjectId, OnProgress
from track_anything.ui.changes import Changes
from track_anything.ui.everything import Everything
from track_anything.ui.exports import Delivery, RemovalDelivery
from track_anything.ui.incoming_masks import IncomingMasks, TakingMasks
from track_anything.ui.lanes import Lanes
from track_anything.ui.model_loader import ModelLoader
from track_anything.ui.opening import Opening
from track_anything.ui.stages import finding, suggesting, taking
from track_anything.ui.task import NotReadyError, Task
from track_anything.ui.tracking_work import TrackingWork
from track_anything.ui.work import Stage, Work, checked, number_after, steps
from track_anything.ui.workspace import Entry
from track_anything.video import Reader


class OpenProject:
    """A project in use. Requests come from many threads: edits go one at a time, a job runs beside them.

    Args:
        entry: what and where it is.
        loader: the networks.
        check_room: asked after every item of work that may have written something; raises to end it.
        reader: decodes the video; None = this process does.
        visitor: who opened it.

    Attributes:
        loader: the networks that it thinks with.
        task: what it does, or did last.
        cuts: first frames of shots; None until they are looked for.
        everything: the automatic masks asked for last.
        removal: the removal asked for last.
        tracking: the newest run of tracking; None = there was none.
        incoming: masks of other programs that were sent last.
        editing: held while something is changed.
    """

    def __init__(
        self,
        entry: Entry,
        loader: ModelLoader,
        *,
        check_room: Callable[[], None] = lambda: None,
        reader: Reader | None = None,
        visitor: str | None = None,
    ) -> None:
        self.entry = entry
        self.visitor = visitor
        self.task: Task | None = None
        self.cuts: tuple[FrameIndex, ...] | None = None
        self.everything: Everything | None = None
        self.removal: RemovalDelivery | None = None
        self.tracking: TrackingWork | None = None
        self.editing = threading.RLock()
        self.incoming = IncomingMasks(entry)
        self.last_asked = time.monotonic()
        self.waiting = 0  # people's requests in hand; background work makes way for them
        self.loader = loader
        self._check_room = check_room
        self._reader = reader
        self._session: Session | None = None
        self._changes: Changes | None = None
        self._lanes: Lanes | None = None

    @property
    def job(self) -> Job | None:
        """The job of the task."""
        return self.task.job if self.task is not None else None

    @property
    def session(self) -> Session:
        """The live project; NotReadyError while the video is being read, its error when that failed."""
        if self._session is None:
            if self.job is not None and self.job.has_ended:
                cut_off = NotReadyError("the video was not read to its end: go back and open it again")
                raise self.job.error or cut_off
            raise NotReadyError("the video is still being read: wait for it, or cancel and open another one")
        return self._session

    @property
    def is_ready(self) -> bool:
        """Whether the session is there."""
        return self._session is not None

    @property
    def changes(self) -> Changes:
        """What changed, by revision."""
        if self._changes is None:
            raise NotReadyError("the video is still being read: nothing has changed yet")
        return self._changes

    @property
    def lanes(self) -> Lanes:
        """How every mask stands, for the timeline."""
        if self._lanes is None:
            self._lanes = Lanes(self.session, self.changes)
        return self._lanes

    @property
    def is_stillborn(self) -> bool:
        """Whether the video could not be read, or was not to its end, and there is no project of it yet."""
        is_over = self.task is not None and not self.is_busy
        return is_over and self._session is None and not is_project(self.entry.project)

    @property
    def is_busy(self) -> bool:
        """Whether a job is on its way, paused ones included."""
        return self.job is not None and not self.job.has_ended

    def open(self, after: threading.Event | None = None) -> None:
        """Begin to read the video in, or to open what was read ``after`` an earlier use of it has ended."""
        how = Opening(self.entry, self.loader.get, self._reader, self._check_room, after)
        self._start("open", Work(self._opening(how)))
        self.loader.begin()

    def track(
        self, objects: Collection[ObjectId] | None, direction: Direction,
        *, anew: bool = False, at_cut: AtCut = "go-on",
    ) -> None:  # fmt: skip
        """Begin to carry masks through the video."""
        with self.changing(None, None):
            self.check_idle()
            self._run(self.session.track(objects, direction=direction, anew=anew, at_cut=at_cut))

    def track_one_frame(
        self, frame: FrameIndex, objects: Collection[ObjectId] | None, *, backward: bool
    ) -> None:
        """Begin to carry the masks of a frame to the next one."""
        with self.changing(None, None):
            self.check_idle()
            self._run(self.session.track_one_frame(frame, objects, backward=backward))

    def resume_track(self, at_cut: AtCut = "go-on") -> None:
        """Go on with the newest track step, which was cancelled, cut off, or stopped at a cut."""
        with self.editing:
            self.check_idle()
            track = self.session.unfinished(at_cut=at_cut)
            if not len(track):
                raise InputError("there is nothing to go on with: all tracking is done")
            self._run(track)

    @property
    def cut_question(self) -> CutQuestion | None:
        """Where tracking waits to be told which objects are in the next shot; None = nowhere."""
        return self.tracking.open_question if self.tracking is not None else None

    def find_everything(self, everything: Everything) -> None:
        """Begin to look for what a pick list is of."""
        with self.editing:
            self.check_idle()
            self.everything = everything.checked(self.session)
            self._tell()
            self._start("everything", Work(finding(self.everything, self.session, self.loader)))

    def export(self, form: str, extract: Extract | None = None) -> None:
        """Begin to export some of the masks in one form."""
        with self.editing:
            self.check_idle()
            delivery = Delivery(self.session, form, self.entry, extract)
            self._start("export", Work(delivery.stages()), delivery)

    def remove(self, inpainter: FlowInpainter, extract: Extract | None = None) -> None:
        """Begin to make a video without some of the objects."""
        with self.editing:
            self.check_idle()
            self.removal = RemovalDelivery(self.session, inpainter, self.entry, extract, tell=self._tell)
            self._start("removal", Work(self.removal.stages()), self.removal)
            self._tell()

    def take_masks(self, masks: TakingMasks) -> None:
        """Begin to make masks of another program known."""
        self._begin("import", lambda: taking(masks, self.incoming, self.changes.add))

    def suggest_shadow(self, object_id: ObjectId, frames: range | None) -> None:
        """Begin to look for the shadow of an object."""
        look = self.session.suggest_shadows
        self._begin("shadow", lambda: suggesting(look(object_id=object_id, frames=frames), self.changes.add))

    def undo(self) -> None:
        """Take back the last step; tracking that is on its way is ended first if it is that step."""
        with self.editing:
            newest = self.session.project.state.edits[-1:]
            if self.task and self.task.is_tracking and isinstance(newest[0][1], edits.Propagate):
                self.task.end()
            self._step(self.session.undo, "undo")

    def redo(self) -> None:
        """Apply again what was taken back last."""
        self._step(self.session.redo, "redo")

    def edit(self, edit: edits.ObjectEdit | edits.RangeEdit | edits.ExchangeEdit | edits.SetRange) -> None:
        """Apply an edit."""
        with self.changing(None, objects_touched(edit)):
            self.session.edit(edit)

    @contextmanager
    def changing(self, frames: range | None, objects: Collection[ObjectId] | None) -> Iterator[None]:
        """One change at a time, noted when made: on these frames and objects (may grow), None = all."""
        self.waiting += 1
        try:
            with self.editing:
                yield
                self.changes.add(frames, objects)
        finally:
            self.waiting -= 1

    def use(self, loader: ModelLoader) -> None:
        """Think with other networks; NotReadyError while a job is on its way."""
        with self.editing:
            self.check_idle()
            self.session.switch_models(loader.get)
            self.loader = loader
            loader.begin()

    def close(self) -> None:
        """End the job after the item in hand and close the project; it is kept."""
        if self.job is not None:
            self.job.cancel()
            self.job.wait()
        if self._session is not None:
            self._session.close()

    def describe_job(self) -> dict[str, Any] | None:
        """How far the job is, as JSON values; None when there never was one."""
        if (task := self.task) is None:
            return None
        work = self.tracking if task.kind == "track" else None
        told = {"frame": work and work.frame, "memory": work and work.track.memory}
        return task.describe(self._notes(task), self.entry.without_paths) | told

    def _begin(self, kind: str, make: Callable[[], Iterator[Stage]]) -> None:
        """Begin a job without a file; its stages are made once no other job is on its way."""
        with self.editing:
            self.check_idle()
            self._start(kind, Work(make()))

    def _start(self, kind: str, work: Work, delivery: Delivery | RemovalDelivery | None = None) -> None:
        self.check_idle()
        items = work if kind == "open" else checked(work, self._check_room)  # opening asks while it reads
        number = number_after(self.task.number if self.task else 0)
        self.task = Task(number, kind, work, Job(items, total=0, name=kind).start(), delivery)

    def check_idle(self) -> None:
        """Raise NotReadyError while a job is on its way."""
        if self.task:
            self.task.check_ended()

    def _run(self, track: Track) -> None:
        """Begin to track; the caller has checked that nothing else is on its way."""
        find_cuts = self._find_cuts if self.cuts is None else None
        self.tracking = TrackingWork(self.session, track, self.loader, self.changes, find_cuts)
        self._start("track", Work(self.tracking.stages()))

    def _step(self, move: Callable[[], bool], name: str) -> None:
        """Go one step through the history, and note what it is about."""
        with self.changing(None, touched := set[ObjectId]()):
            before = {*self.session.project.state.edits}
            if not move():
                raise InputError(f"there is nothing to {name}")
            moved = before ^ {*self.session.project.state.edits}
            touched.update(*(objects_touched(edit) for _, edit in moved))

    def _opening(self, opening: Opening) -> Iterator[Stage]:
        def read(progress: OnProgress) -> None:
            session = opening.open(progress)
            self._changes = Changes(session.project.frame_count)
            self._session = session

        yield Stage("reading", steps(read))
        yield Stage("cuts", steps(self._find_cuts))

    def _find_cuts(self, progress: OnProgress) -> None:
        self.cuts = self.session.find_cuts(progress)
        self._tell()

    def _tell(self) -> None:
        """Note that what is told of the project changed, and no mask did."""
        self.changes.add(range(0), ())

    def _notes(self, task: Task) -> Sequence[str]:
        if task.delivery is not None:
            return task.delivery.notes
        return self.session.notes() if task.kind == "track" else ()
