"""A project: a folder with the video's description, the journal of edits and the masks they wrote."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from track_anything.errors import InputError, ProjectError
from track_anything.lifecycle import Closing
from track_anything.project.claims import NO_CLAIM, Claim, Statements, statements
from track_anything.project.clean_up import CleanUp
from track_anything.project.description import Description
from track_anything.project.edits import (
    AddObject,
    DeleteObject,
    Edit,
    ExchangeEdit,
    GiveMask,
    ObjectEdit,
    Propagate,
    RangeEdit,
    SetRange,
    check_values,
    frames_touched,
)
from track_anything.project.frame_masks import FrameMasks
from track_anything.project.history import History
from track_anything.project.journal import Journal, Record
from track_anything.project.layers import Layers
from track_anything.project.lock import lock_project
from track_anything.project.passes import Passes
from track_anything.project.soft_masks import SoftMasks
from track_anything.project.state import KnownMasks, State
from track_anything.project.whereabouts import find_source
from track_anything.types import MAX_OBJECT_ID, FrameIndex, LabelMap, Mask, ObjectId
from track_anything.video.video import check_frame


class Project(Closing):
    """The durable state: video + edits + masks. Opens without loading a model or decoding a frame.

    The mask of an object on a frame is the known one, if a person gave one; otherwise the one that the last
    applied propagation wrote. One process edits a project at a time; any number may read it. Within that
    process several threads may: a person goes on editing while a propagation writes.

    Attributes:
        folder: where it lies.
        description: the video it is about.
    """

    def __init__(self, folder: Path, *, read_only: bool = False, lock: FileLock | None = None) -> None:
        """Open an existing project.

        Args:
            folder: where it lies.
            read_only: change nothing; works while another process edits it, and where nothing can be written.
            lock: from ``lock_project``, by a caller that has it already.

        Raises:
            ProjectError: not a project, of a newer version, damaged, or open for editing in another process.
        """
        self.folder = folder
        self.description = Description.read(folder)
        self._read_only = read_only
        self._changing = RLock()
        self._lock = lock if read_only or lock is not None else lock_project(folder)
        try:
            journal = Journal(folder / "journal.log", read_only=read_only)
            self._history = History(journal, self.frame_count)
            self._layers = Layers(folder / "masks", self.size)
        except ProjectError:
            self.close()
            raise
        self._journal_notes = tuple(journal.notes)
        soft_masks = SoftMasks(folder / "soft", self.size)
        if not read_only:
            self._layers.sweep_after(self._history.next_number - 1)
            soft_masks.sweep()
        self._passes = Passes(folder / "passes", self._layers, soft_masks)
        self._losses_seen = 0
        self._state = self._fold(self._history.applied())
        self._masks = FrameMasks(self._layers, soft_masks, self.size, self._state)

    @classmethod
    def create(cls, folder: Path, description: Description, lock: FileLock | None = None) -> "Project":
        """Make a new project in a folder that is empty or not there yet, or raise ProjectError."""
        description.write(folder)
        return cls(folder, lock=lock)

    def close(self) -> None:
        """Let other processes edit the project; closing twice does no harm."""
        if self._lock is not None:
            self._lock.release()

    @property
    def notes(self) -> list[str]:
        """What was found to be damaged, and what that costs, one line each."""
        lost = [
            f"{path} is damaged, and frame {frame} is without it: "
            + ("give that mask again" if self._was_given(edit) else "`track-anything resume` makes it again")
            for (frame, edit), path in sorted(self._layers.lost.items())
        ]
        return [*self._journal_notes, *lost]

    def locate_source(self, told: Path | None = None) -> Path:
        """Where the video is now; see ``find_source``. A new place is remembered.

        Raises:
            VideoError: it cannot be found, or what was told is another video.
        """
        place = find_source(self.description, self.folder, told)
        is_to_be_kept = told is not None or not self._read_only
        if is_to_be_kept and place.resolve() != self.description.source:
            self.description = self.description.moved(self.folder, place)
        return place

    @property
    def cache(self) -> Path:
        """Folder of what can be deleted at any time and is made again when needed."""
        return self.folder / "cache"

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of every frame and mask."""
        return self.description.video.height, self.description.video.width

    @property
    def frame_count(self) -> int:
        """Number of frames of the video."""
        return self.description.video.frame_count

    @property
    def state(self) -> State:
        """The objects, known masks and passes as of the last applied edit; without masks that are lost."""
        if self._losses_seen != len(self._layers.lost):
            with self._changing:
                self._read_history()
        return self._state

    @property
    def known(self) -> KnownMasks:
        """The known masks per frame and object, read from disk when asked for."""
        return self.known_of(self.state.objects)

    def known_of(self, object_ids: Iterable[ObjectId]) -> KnownMasks:
        """The known masks of some objects only, as they were given: memory knows no clean-up."""
        return KnownMasks(self.stored_mask, {o: self.state.frames_known(o) for o in object_ids})

    def add_object(self, name: str | None = None) -> ObjectId:
        """Add an object under the lowest free id; it is named ``object 3`` unless told otherwise."""
        with self._changing:
            taken = self.state.objects
            object_id = next((free for free in range(1, MAX_OBJECT_ID + 1) if free not in taken), None)
            if object_id is None:
                raise InputError(f"a project holds at most {MAX_OBJECT_ID} objects: use a second project")
            self._apply(AddObject(object_id, name or f"object {object_id}"))
        return object_id

    @contextmanager
    def one_step(self) -> Iterator[None]:
        """What is edited in the block is undone and redone together."""
        with self._changing, self._history.one_step():
            yield

    def give_mask(self, edit: GiveMask, mask: Mask) -> int:
        """Make a mask known: written first, acknowledged in the journal after it. Returns the edit's number.

        Raises:
            InputError: no such object or frame, or the mask has another size than the video.
            ProjectError: it could not be written; the project is as it was before.
        """
        self.check_frame(edit.frame)
        self.check_object(edit.object_id)
        self._check_size(mask)
        with self._changing:
            number = self._history.next_number
            self._layers.write(edit.frame, number, np.where(mask, edit.object_id, 0).astype(np.uint8))
            try:
                return self._apply(edit)
            except ProjectError:
                self._layers.remove(number)
                raise

    def given(self, frame: FrameIndex, object_id: ObjectId) -> GiveMask | None:
        """What a person said about an object on a frame, or None."""
        edit = self._history[number] if (number := self.given_number(frame, object_id)) else None
        return edit if isinstance(edit, GiveMask) else None

    def given_number(self, frame: FrameIndex, object_id: ObjectId) -> int | None:
        """Number of the edit by which a person gave an object's mask on a frame, or None."""
        number = self.claim(frame, object_id).newest_edit
        return number if number and isinstance(self._history[number], GiveMask) else None

    def edit(self, edit: ObjectEdit | RangeEdit | ExchangeEdit | SetRange) -> None:
        """Apply an edit that writes no mask.

        Raises:
            InputError: it is about an object or frames that the project does not have, or a name or colour
                that cannot be.
        """
        if isinstance(edit, RangeEdit | ExchangeEdit | SetRange):
            self.check_range(edit.start, edit.stop)
        if not isinstance(edit, SetRange | AddObject):
            self.check_object(edit.object_id)
        if isinstance(edit, ExchangeEdit):
            self.check_object(edit.other_id)
            if edit.object_id == edit.other_id:
                raise InputError(f"object {edit.object_id} was named twice: name two objects")
        self._apply(edit)

    def begin_pass(self, edit: Propagate) -> int:
        """Record that a propagation pass begins; returns the number of its edit."""
        return self._apply(edit)

    def write_pass(
        self,
        number: int,
        frame: FrameIndex,
        label_map: LabelMap,
        record: Record,
        probabilities: Mapping[ObjectId, NDArray[np.float32]] | None = None,
    ) -> None:
        """Write what a pass found on one frame, for the objects of the pass alone.

        Args:
            number: the edit's number from ``begin_pass``.
            frame: the frame.
            label_map: (H, W) uint8; ids that are not of the pass are left out, and so are pixels that
                objects outside the pass hold already.
            record: what else is remembered about the frame (confidence, refinements), as JSON values.
            probabilities: (H, W) per object, 0 to 1, to be kept beside the masks.
        """
        self._check_size(label_map)
        object_ids = self.state.passes[number].followed_on(frame)
        layer = np.where(np.isin(label_map, list(object_ids)), label_map, 0).astype(np.uint8)
        layer[self._masks.without(self.state, frame, object_ids) > 0] = 0
        kept = {o: probability for o, probability in (probabilities or {}).items() if o in object_ids}
        self._passes.write(number, frame, layer, record, kept)

    def pass_records(self, number: int) -> Mapping[FrameIndex, Record]:
        """What a pass recorded per frame; the last record counts where a frame was done again."""
        return self._passes.records(number)

    def has_pass_mask(self, number: int, frame: FrameIndex) -> bool:
        """Whether a pass has done a frame, and all it wrote is there."""
        return self._passes.is_done(number, frame)

    def pass_mask(self, number: int, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) mask of an object, under the id it had then, that a pass wrote for a frame."""
        return self._passes.mask(number, frame, object_id)

    def pass_probability(self, number: int, frame: FrameIndex, object_id: ObjectId) -> NDArray[np.float32]:
        """The (H, W) probability behind ``pass_mask``, 0 to 1; 0 or 1 where it is no longer there."""
        return self._passes.probability(number, frame, object_id)

    def frames_left(self, number: int) -> list[FrameIndex]:
        """Frames of a pass that have no mask yet, in the order of the pass."""
        return self._passes.frames_left(number, self.state.passes[number])

    def unfinished_passes(self) -> list[int]:
        """The passes with frames left to do, in the order in which to do them.

        Those are the passes of the newest track step, and earlier ones that have lost what still shows.
        """
        newest = self.state.last_step
        return [
            number
            for number in self.state.passes
            if (self.frames_left(number) if number in newest else self._lost_and_missed(number))
        ]

    def look_through(self) -> list[str]:
        """Read every mask that was written, and say which are damaged; resuming finds those anew."""
        for number, edit in self._history.applied():
            if isinstance(edit, Propagate):
                self._passes.look_through(number, edit)
            elif isinstance(edit, GiveMask):
                self._masks.stored_mask(self.state, edit.frame, edit.object_id)
        return self.notes

    def mask(self, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) mask of one object, cleaned as ``SetCleanUp`` says; empty where there is none."""
        return self._masks.mask(self.state, frame, object_id)

    def stored_mask(self, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) mask of one object as it was given or tracked, before any clean-up."""
        return self._masks.stored_mask(self.state, frame, object_id)

    def probability(self, frame: FrameIndex, object_id: ObjectId) -> NDArray[np.float32]:
        """How sure the tracker was of each pixel, (H, W) float32 from 0 to 1; above 0.5 just inside the mask.

        A mask that a person gave, and one put together from several, is 0 or 1. It follows a clean-up.
        """
        return self._masks.probability(self.state, frame, object_id)

    def claim(self, frame: FrameIndex, object_id: ObjectId) -> Claim:
        """Where the mask of an object on a frame comes from, and whether a person vouches for it."""
        return self.claims(frame).get(object_id, NO_CLAIM)

    def statements(self, frame: FrameIndex, object_id: ObjectId) -> Statements:
        """What a person said by clicks and boxes about an object on a frame, and what was there before."""
        claim, edits = self.claim(frame, object_id), self._state.edits
        return statements(edits, frame, self._layers.edits_of(frame), claim)

    def claimed_mask(self, frame: FrameIndex, claim: Claim) -> Mask:
        """The (H, W) mask that a claim on a frame stands for, as it was given or tracked."""
        return self._masks.stored(frame, claim)

    def claimed_probability(self, frame: FrameIndex, claim: Claim) -> NDArray[np.float32]:
        """How sure the tracker was of ``claimed_mask``, (H, W) float32 from 0 to 1."""
        return self._masks.stored_probability(self._state, frame, claim)

    def claims(self, frame: FrameIndex) -> Mapping[ObjectId, Claim]:
        """``claim`` of every object that has one on a frame."""
        return self._masks.claims(self.state, frame)

    def written(self, frame: FrameIndex) -> frozenset[int]:
        """Numbers of the edits that wrote masks for a frame, as far as passes have come."""
        return self._layers.edits_of(frame)

    def is_stale(self, frame: FrameIndex, object_id: ObjectId) -> bool:
        """Whether the mask of an object on a frame should be propagated anew, or was never propagated."""
        return self.state.is_stale(frame, object_id, self.claim(frame, object_id), self.written(frame))

    def label_map(
        self, frame: FrameIndex, *, clean_ups: Mapping[ObjectId, CleanUp] | None = None
    ) -> LabelMap:
        """All masks of a frame in one (H, W) label map, cleaned.

        Where masks overlap, a known one lies above a propagated one, and a later one above an earlier one.

        Args:
            frame: the frame.
            clean_ups: instead of those that were chosen, to see what they would do.
        """
        self.check_frame(frame)
        return self._masks.label_map(self.state, frame, clean_ups)

    def label_map_before(self, frame: FrameIndex) -> LabelMap:
        """The label map that the frame had before the last step, to be compared with the present one."""
        self.check_frame(frame)
        with self._changing:
            earlier = self._fold(self._history.before_last_step())
        return self._masks.label_map(earlier, frame)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to apply again."""
        return self._history.can_redo

    def undo(self) -> bool:
        """Take back the last step; False when there is none."""
        with self._changing:
            moved = self._history.undo()
            self._read_history()
        return moved

    def redo(self) -> bool:
        """Apply the step that was taken back last; False when there is none."""
        with self._changing:
            moved = self._history.redo()
            self._read_history()
        return moved

    def check_frame(self, frame: FrameIndex) -> None:
        """Raise InputError when the video has no such frame."""
        check_frame(frame, self.frame_count)

    def check_range(self, start: FrameIndex, stop: FrameIndex) -> None:
        """Raise InputError when the video has no such frames, or there are none between the two."""
        if not 0 <= start < stop <= self.frame_count:
            raise InputError(
                f"frames {start} to {stop - 1} are no range of this video: give two frames in order, "
                f"from 0 to {self.frame_count - 1}"
            )

    def check_object(self, object_id: ObjectId) -> None:
        """Raise InputError when the project has no such object."""
        if object_id not in self.state.objects:
            objects = ", ".join(f"{known} ({name})" for known, name in self.state.objects.items())
            raise InputError(
                f"there is no object {object_id}; the project has {objects or 'none yet: add one'}"
            )

    def _lost_and_missed(self, number: int) -> bool:
        """Whether a pass has lost a mask that would show: no later one, and nobody, has said otherwise."""
        edit = self.state.passes[number]
        return any(
            not claim.is_known and claim.newest_edit <= number
            for frame in self._passes.frames_lost(number, edit)
            for claim in (self.claim(frame, object_id) for object_id in edit.followed_on(frame))
        )

    def _apply(self, edit: Edit) -> int:
        check_values(edit)
        with self._changing:
            number = self._history.append(edit)
            self._read_history()
        return number

    def _read_history(self) -> None:
        """Take over where the history stands now, and drop the claims on frames that this is about."""
        before, after = self._state, self._fold(self._history.applied())
        moved = [edit for _, edit in {*before.edits} ^ {*after.edits}]
        is_about_all = any(isinstance(edit, DeleteObject) for edit in moved)
        frames = None if is_about_all else {frame for edit in moved for frame in frames_touched(edit)}
        self._masks.follow(after, frames)
        self._state = after

    def _fold(self, applied: Iterable[tuple[int, Edit]]) -> State:
        """The state after some edits; a mask that was given and is lost is as if it had not been given."""
        self._losses_seen = len(self._layers.lost)
        return State.of((number, edit) for number, edit in applied if not self._is_lost(number, edit))

    def _was_given(self, number: int) -> bool:
        return number < self._history.next_number and isinstance(self._history[number], GiveMask)

    def _is_lost(self, number: int, edit: Edit) -> bool:
        return isinstance(edit, GiveMask) and edit.frame not in self._layers.frames_of(number)

    def _check_size(self, mask: Mask | LabelMap) -> None:
        if mask.shape != self.size:
            raise InputError(
                f"the mask has shape {mask.shape} but the frames have {self.size}: resize it first"
            )
