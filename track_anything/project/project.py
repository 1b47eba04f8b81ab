"""A project: a folder with the video's description, the journal of edits and the masks they wrote."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from track_anything.errors import InputError, ProjectError
from track_anything.project.content import Content
from track_anything.project.description import Description
from track_anything.project.edits import (
    AddObject,
    DeleteObject,
    ExchangeEdit,
    GiveMask,
    ObjectEdit,
    Propagate,
    RangeEdit,
    SetOwner,
    SetRange,
)
from track_anything.project.journal import Record
from track_anything.project.lock import lock_project
from track_anything.project.state import default_name
from track_anything.project.view import ProjectView
from track_anything.project.whereabouts import find_source
from track_anything.system.lifecycle import Closing
from track_anything.types import MAX_OBJECT_ID, FrameIndex, LabelMap, Mask, ObjectId


class Project(ProjectView, Closing):
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
        description = Description.read(folder)
        self._read_only = read_only
        self._lock = lock if read_only or lock is not None else lock_project(folder)
        try:
            content = Content(folder, description, read_only=read_only)
        except ProjectError:
            self.close()
            raise
        super().__init__(folder, description, content)

    @classmethod
    def create(cls, folder: Path, description: Description, lock: FileLock | None = None) -> "Project":
        """Make a new project in a folder that is empty or not there yet, or raise ProjectError."""
        description.write(folder)
        return cls(folder, lock=lock)

    def close(self) -> None:
        """Let other processes edit the project; closing twice does no harm."""
        if self._lock is not None:
            self._lock.release()

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

    def add_object(self, name: str | None = None) -> ObjectId:
        """Add an object under the lowest free id; it is named ``object 3`` by default."""
        with self._content.changing:
            taken = self.state.objects
            object_id = next((free for free in range(1, MAX_OBJECT_ID + 1) if free not in taken), None)
            if object_id is None:
                raise InputError(f"a project holds at most {MAX_OBJECT_ID} objects: use a second project")
            self._content.apply(AddObject(object_id, name or default_name(object_id)))
        return object_id

    @contextmanager
    def one_step(self) -> Iterator[None]:
        """What is edited in the block is undone and redone together."""
        with self._content.changing, self._content.history.one_step():
            yield

    def give_mask(self, edit: GiveMask, mask: Mask) -> int:
        """Make a mask known: written first, acknowledged in the journal after it. Returns the edit's number.

        Raises:
            InputError: no such object or frame, or the mask has another size than the video.
            ProjectError: it could not be written; the project is as it was before.
        """
        self.check_frame(edit.frame)
        self.check_object(edit.object_id)
        self.check_size(mask)
        with self._content.changing:
            number = self._content.history.next_number
            self._content.layers.write(edit.frame, number, np.where(mask, edit.object_id, 0).astype(np.uint8))
            try:
                return self._content.apply(edit)
            except ProjectError:
                self._content.layers.remove(number)
                raise

    def edit(self, edit: ObjectEdit | RangeEdit | ExchangeEdit | SetRange) -> None:
        """Apply an edit that writes no mask. What goes with an object is deleted with it, as one step.

        Raises:
            InputError: it is about an object or frames that the project does not have, a name or colour that
                cannot be, or it would have an object go with one that goes with another one itself.
        """
        if isinstance(edit, RangeEdit | ExchangeEdit | SetRange):
            self.check_range(edit.start, edit.stop)
        if not isinstance(edit, SetRange | AddObject):
            self.check_object(edit.object_id)
        if isinstance(edit, ExchangeEdit):
            self.check_object(edit.other_id)
            if edit.object_id == edit.other_id:
                raise InputError(f"object {edit.object_id} was named twice: name two objects")
        if isinstance(edit, SetOwner) and edit.owner_id is not None:
            self._check_owner(edit.object_id, edit.owner_id)
        going = self.state.going_with({edit.object_id}) if isinstance(edit, DeleteObject) else ()
        with self.one_step():
            for object_id in going:
                self._content.apply(DeleteObject(object_id))
            self._content.apply(edit)

    def _check_owner(self, object_id: ObjectId, owner_id: ObjectId) -> None:
        self.check_object(owner_id)
        state = self.state
        if object_id == owner_id:
            raise InputError(f"object {object_id} cannot go with itself: name another owner")
        if owner_id in state.owners:
            raise InputError(
                f"object {owner_id} goes with object {state.owners[owner_id]}: name that one as the owner"
            )
        if state.going_with({object_id}):
            raise InputError(f"other objects go with object {object_id}: let them stand for themselves first")

    def begin_pass(self, edit: Propagate) -> int:
        """Record that a propagation pass begins; returns the number of its edit."""
        return self._content.apply(edit)

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
        self.check_size(label_map)
        object_ids = self.state.passes[number].followed_on(frame)
        layer = np.where(np.isin(label_map, list(object_ids)), label_map, 0).astype(np.uint8)
        layer[self._content.masks.without(self.state, frame, object_ids) > 0] = 0
        kept = {o: probability for o, probability in (probabilities or {}).items() if o in object_ids}
        self._content.write_pass(number, frame, layer, record, kept)

    def undo(self) -> bool:
        """Take back the last step; False when there is none."""
        return self._content.undo()

    def redo(self) -> bool:
        """Apply the step that was taken back last; False when there is none."""
        return self._content.redo()
