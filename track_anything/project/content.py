"""What lies in a project's folder, as of where its history stands."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from track_anything.project.description import Description
from track_anything.project.edit_reach import frames_touched
from track_anything.project.edit_records import check_values
from track_anything.project.edits import DeleteObject, Edit, GiveMask
from track_anything.project.frame_masks import FrameMasks
from track_anything.project.history import History
from track_anything.project.journal import Journal, Record
from track_anything.project.layers import Layers
from track_anything.project.passes import Passes
from track_anything.project.soft_masks import SoftMasks
from track_anything.project.state import State
from track_anything.types import FrameIndex, LabelMap, ObjectId


class Content:
    """The history of a project and what its edits wrote, kept in step: the masks follow every move.

    Args:
        folder: where the project lies.
        description: the video it is about.
        read_only: leave what a crash left, which another process may be writing.

    Attributes:
        history: the edits.
        layers: the masks that they wrote.
        passes: what the propagation passes wrote.
        masks: the masks of any state.
        changing: held while the history moves.

    Raises:
        ProjectError: something in it is damaged or cannot be read.
    """

    def __init__(self, folder: Path, description: Description, *, read_only: bool) -> None:
        journal = Journal(folder / "journal.log", read_only=read_only)
        size = description.video.height, description.video.width
        self.changing = RLock()
        self.history = History(journal, description.video.frame_count)
        self.layers = Layers(folder / "masks", size)
        soft_masks = SoftMasks(folder / "soft", size)
        if not read_only:
            self.layers.sweep_after(self.history.next_number - 1)
            soft_masks.sweep()
        self.passes = Passes(folder / "passes", self.layers, soft_masks)
        self._journal_notes = tuple(journal.notes)
        self._losses_seen = 0
        self._state = self._fold(self.history.applied())
        self.masks = FrameMasks(self.layers, soft_masks, size, self._state)

    @property
    def notes(self) -> list[str]:
        """What was found to be damaged, and what that costs, one line each."""
        lost = [
            f"{path} is damaged, and frame {frame} is without it: "
            + ("give that mask again" if self._was_given(edit) else "`track-anything resume` makes it again")
            for (frame, edit), path in sorted(self.layers.lost.items())
        ]
        return [*self._journal_notes, *lost]

    @property
    def state(self) -> State:
        """What the project says as of the last applied edit; without masks that are lost."""
        if self._losses_seen != len(self.layers.lost):
            with self.changing:
                self._follow_history()
        return self._state

    def state_before_last_step(self) -> State:
        """What the project would say after an undo."""
        with self.changing:
            return self._fold(self.history.before_last_step())

    def apply(self, edit: Edit) -> int:
        """Apply an edit whose values can be kept; returns its number."""
        check_values(edit)
        with self.changing:
            number = self.history.append(edit)
            self._follow_history()
        return number

    def write_pass(
        self,
        number: int,
        frame: FrameIndex,
        layer: LabelMap,
        record: Record,
        probabilities: Mapping[ObjectId, NDArray[np.float32]],
    ) -> None:
        """Write what a pass found on a frame; see ``Passes.write``."""
        self.passes.write(number, frame, layer, record, probabilities)
        if self._state.is_exchanged_after(number, frame):  # what comes to be there is known
            with self.changing:
                self._follow_history()

    def undo(self) -> bool:
        """Take back the last step; False when there is none."""
        with self.changing:
            moved = self.history.undo()
            self._follow_history()
        return moved

    def redo(self) -> bool:
        """Apply the step that was taken back last; False when there is none."""
        with self.changing:
            moved = self.history.redo()
            self._follow_history()
        return moved

    def _follow_history(self) -> None:
        """Take over where the history stands now, and drop the claims on frames that this is about."""
        before, after = self._state, self._fold(self.history.applied())
        moved = [edit for _, edit in {*before.edits} ^ {*after.edits}]
        is_about_all = any(isinstance(edit, DeleteObject) for edit in moved)
        frames = None if is_about_all else {frame for edit in moved for frame in frames_touched(edit)}
        self.masks.follow(after, frames)
        self._state = after

    def _fold(self, applied: Iterable[tuple[int, Edit]]) -> State:
        """The state after some edits; a mask that was given and is lost is as if it had not been given."""
        self._losses_seen = len(self.layers.lost)
        kept = ((number, edit) for number, edit in applied if not self._is_lost(number, edit))
        return State.of(kept, self.layers.frames_of)

    def _was_given(self, number: int) -> bool:
        return number < self.history.next_number and isinstance(self.history[number], GiveMask)

    def _is_lost(self, number: int, edit: Edit) -> bool:
        return isinstance(edit, GiveMask) and edit.frame not in self.layers.frames_of(number)
