"""A project: a folder with the video's description, the journal of edits and the masks they wrote."""

from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from track_anything.closing import Closing
from track_anything.description import Description
from track_anything.edits import AddObject, Edit, GiveMask, Propagate
from track_anything.errors import InputError, ProjectError
from track_anything.history import History
from track_anything.journal import Journal, Record
from track_anything.layers import Layers
from track_anything.state import KnownMasks, State
from track_anything.types import MAX_OBJECT_ID, FrameIndex, LabelMap, Mask, ObjectId
from track_anything.video.video import check_frame


class Project(Closing):
    """The durable state: video + edits + masks. Opens without loading a model or decoding a frame.

    The mask of an object on a frame is the known one, if a person gave one; otherwise the one that the last
    applied propagation wrote. One process edits a project at a time; any number may read it.

    Attributes:
        folder: where it lies.
        description: the video it is about.
    """

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        """Open an existing project.

        Raises:
            ProjectError: not a project, of a newer version, damaged, or open for editing in another process.
        """
        self.folder = folder
        self.description = Description.read(folder)
        self._read_only = read_only
        self._lock = FileLock(folder / "lock")
        if not read_only:
            self._acquire_lock()
        try:
            self._history = History(Journal(folder / "journal.log", read_only=read_only))
            self._layers = Layers(folder / "masks")
        except ProjectError:
            self.close()
            raise
        if not read_only:
            self._layers.remove_after(self._history.next_number - 1)
        self._state = State.of(self._history.applied())
        self._pass_journals: dict[int, Journal] = {}

    @classmethod
    def create(cls, folder: Path, description: Description) -> "Project":
        """Make a new project in a folder that is empty or not there yet, or raise ProjectError."""
        description.write(folder)
        return cls(folder)

    def close(self) -> None:
        """Let other processes edit the project; closing twice does no harm."""
        self._lock.release()

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
        """The objects, known masks and passes as of the last applied edit."""
        return self._state

    @property
    def known(self) -> KnownMasks:
        """The known masks per frame and object, read from disk when asked for."""
        return KnownMasks(self._layers, self._state.known)

    def add_object(self, name: str | None = None) -> ObjectId:
        """Add an object under the lowest free id; it is named ``object 3`` unless told otherwise."""
        free = (
            candidate for candidate in range(1, MAX_OBJECT_ID + 1) if candidate not in self._state.objects
        )
        object_id = next(free, None)
        if object_id is None:
            raise InputError(f"a project holds at most {MAX_OBJECT_ID} objects: use a second project")
        self._apply(AddObject(object_id, name or f"object {object_id}"))
        return object_id

    def give_mask(self, edit: GiveMask, mask: Mask) -> None:
        """Make a mask known: written first, acknowledged in the journal after it.

        Raises:
            InputError: no such object or frame, or the mask has another size than the video.
            ProjectError: it could not be written; the project is as it was before.
        """
        self.check_frame(edit.frame)
        self.check_object(edit.object_id)
        self._check_size(mask)
        number = self._history.next_number
        self._layers.write(edit.frame, number, np.where(mask, edit.object_id, 0).astype(np.uint8))
        try:
            self._apply(edit)
        except ProjectError:
            self._layers.remove(number)
            raise

    def given(self, frame: FrameIndex, object_id: ObjectId) -> GiveMask | None:
        """What a person said about an object on a frame, or None."""
        number = self._state.known.get((frame, object_id))
        edit = self._history[number] if number is not None else None
        return edit if isinstance(edit, GiveMask) else None

    def begin_pass(self, edit: Propagate) -> int:
        """Record that a propagation pass begins; returns the number of its edit."""
        return self._apply(edit)

    def write_pass(self, number: int, frame: FrameIndex, label_map: LabelMap, record: Record) -> None:
        """Write what a pass found on one frame, for the objects of the pass alone.

        Args:
            number: the edit's number from ``begin_pass``.
            frame: the frame.
            label_map: (H, W) uint8; ids that are not of the pass are left out, and so are pixels that
                objects outside the pass hold already.
            record: what else is remembered about the frame (confidence, refinements), as JSON values.
        """
        self._check_size(label_map)
        object_ids = self._state.passes[number].object_ids
        layer = np.where(np.isin(label_map, object_ids), label_map, 0).astype(np.uint8)
        for other in self._state.objects.keys() - set(object_ids):
            layer[self.mask(frame, other)] = 0
        self._pass_journal(number).append({"frame": frame, **record})
        self._layers.write(frame, number, layer)

    def pass_records(self, number: int) -> dict[FrameIndex, Record]:
        """What a pass recorded per frame; the last record counts where a frame was done again."""
        return {record["frame"]: record for record in self._pass_journal(number).records}

    def frames_left(self, number: int) -> list[FrameIndex]:
        """Frames of a pass that have no mask yet, in the order of the pass."""
        done = self._layers.frames_of(number)
        return [frame for frame in self._state.passes[number].frames if frame not in done]

    def unfinished_passes(self) -> list[int]:
        """The passes of the newest track step that have frames left, in the order in which to do them."""
        return [number for number in self._state.last_step if self.frames_left(number)]

    def mask(self, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) mask of one object; empty where nothing is known or propagated."""
        number = self._state.mask_edit(frame, object_id, self._layers.edits_of(frame))
        if number is None:
            return np.zeros(self.size, np.bool_)
        mask: Mask = self._layers.read(frame, number) == object_id
        return mask

    def label_map(self, frame: FrameIndex) -> LabelMap:
        """All masks of a frame in one (H, W) label map.

        Where masks overlap, a known one lies above a propagated one, and a later one above an earlier one.
        """
        self.check_frame(frame)
        written = self._layers.edits_of(frame)
        sources = [
            ((frame, object_id) in self._state.known, number, object_id)
            for object_id in self._state.objects
            if (number := self._state.mask_edit(frame, object_id, written)) is not None
        ]
        layers = {number: self._layers.read(frame, number) for number in {number for _, number, _ in sources}}
        label_map = np.zeros(self.size, np.uint8)  # (H, W)
        for _, number, object_id in sorted(sources):
            label_map[layers[number] == object_id] = object_id
        return label_map

    def undo(self) -> bool:
        """Take back the last step; False when there is none."""
        moved = self._history.undo()
        self._state = State.of(self._history.applied())
        return moved

    def redo(self) -> bool:
        """Apply the step that was taken back last; False when there is none."""
        moved = self._history.redo()
        self._state = State.of(self._history.applied())
        return moved

    def check_frame(self, frame: FrameIndex) -> None:
        """Raise InputError when the video has no such frame."""
        check_frame(frame, self.frame_count)

    def check_object(self, object_id: ObjectId) -> None:
        """Raise InputError when the project has no such object."""
        if object_id not in self._state.objects:
            objects = ", ".join(f"{known} ({name})" for known, name in self._state.objects.items())
            raise InputError(
                f"there is no object {object_id}; the project has {objects or 'none yet: add one'}"
            )

    def _apply(self, edit: Edit) -> int:
        number = self._history.append(edit)
        self._state = State.of(self._history.applied())
        return number

    def _check_size(self, mask: Mask | LabelMap) -> None:
        if mask.shape != self.size:
            raise InputError(
                f"the mask has shape {mask.shape} but the frames have {self.size}: resize it first"
            )

    def _pass_journal(self, number: int) -> Journal:
        if number not in self._pass_journals:
            path = self.folder / "passes" / f"{number:04d}.log"
            if not self._read_only:
                path.parent.mkdir(exist_ok=True)
            self._pass_journals[number] = Journal(path, read_only=self._read_only)
        return self._pass_journals[number]

    def _acquire_lock(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise ProjectError(
                f"{self.folder} is open in another process: close it there, or wait until it is done"
            ) from None
