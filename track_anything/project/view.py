"""What a project says: the questions it answers without being changed."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.project.claims import NO_CLAIM, Claim, Statements, statements
from track_anything.project.clean_up import CleanUp
from track_anything.project.content import Content
from track_anything.project.description import Description
from track_anything.project.edits import GiveMask, Propagate
from track_anything.project.journal import Record
from track_anything.project.state import KnownMasks, State
from track_anything.types import FrameIndex, LabelMap, Mask, ObjectId
from track_anything.video.video import check_frame


class ProjectView:
    """A project to be looked at; ``Project`` is one that can be changed.

    Args:
        folder: where it lies.
        description: the video it is about.
        content: what lies in the folder.

    Attributes:
        folder: where it lies.
        description: the video it is about.
    """

    def __init__(self, folder: Path, description: Description, content: Content) -> None:
        self.folder = folder
        self.description = description
        self._content = content

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
    def notes(self) -> list[str]:
        """What was found to be damaged, and what that costs, one line each."""
        return self._content.notes

    @property
    def state(self) -> State:
        """The objects, known masks and passes as of the last applied edit; without masks that are lost."""
        return self._content.state

    @property
    def known(self) -> KnownMasks:
        """The known masks per frame and object, read from disk when asked for."""
        return self.known_of(self.state.objects)

    def known_of(self, object_ids: Iterable[ObjectId]) -> KnownMasks:
        """The known masks of some objects only, as they were given: memory knows no clean-up."""
        return KnownMasks(self.stored_mask, {o: self.state.frames_known(o) for o in object_ids})

    def given(self, frame: FrameIndex, object_id: ObjectId) -> GiveMask | None:
        """What a person said about an object on a frame, or None."""
        edit = self._content.history[number] if (number := self.given_number(frame, object_id)) else None
        return edit if isinstance(edit, GiveMask) else None

    def given_number(self, frame: FrameIndex, object_id: ObjectId) -> int | None:
        """Number of the edit by which a person gave an object's mask on a frame, or None."""
        number = self.claim(frame, object_id).newest_edit
        return number if number and isinstance(self._content.history[number], GiveMask) else None

    def pass_records(self, number: int) -> Mapping[FrameIndex, Record]:
        """What a pass recorded per frame; the last record counts where a frame was done again."""
        return self._content.passes.records(number)

    def origins(self, number: int) -> list[dict[str, str]]:
        """What a pass was computed by: tracker, engine and precision, each combination once."""
        told = {
            (record.get("tracker", ""), record.get("engine", "torch"), record["precision"])
            for record in self.pass_records(number).values()
            if record.get("precision")
        }
        return [dict(zip(("tracker", "engine", "precision"), each, strict=True)) for each in sorted(told)]

    def has_pass_mask(self, number: int, frame: FrameIndex) -> bool:
        """Whether a pass has done a frame, and all it wrote is there."""
        return self._content.passes.is_done(number, frame)

    def pass_mask(self, number: int, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) mask of an object, under the id it had then, that a pass wrote for a frame."""
        return self._content.passes.mask(number, frame, object_id)

    def pass_probability(self, number: int, frame: FrameIndex, object_id: ObjectId) -> NDArray[np.float32]:
        """The (H, W) probability behind ``pass_mask``, 0 to 1; 0 or 1 where it is no longer there."""
        return self._content.passes.probability(number, frame, object_id)

    def frames_left(self, number: int) -> list[FrameIndex]:
        """Frames of a pass that have no mask yet, in the order of the pass."""
        return self._content.passes.frames_left(number, self.state.passes[number])

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
        for number, edit in self._content.history.applied():
            if isinstance(edit, Propagate):
                self._content.passes.look_through(number, edit)
            elif isinstance(edit, GiveMask):
                self._content.masks.stored_mask(self.state, edit.frame, edit.object_id)
        return self.notes

    def mask(self, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) mask of one object, cleaned as ``SetCleanUp`` says; empty where there is none."""
        return self._content.masks.mask(self.state, frame, object_id)

    def stored_mask(self, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) mask of one object as it was given or tracked, before any clean-up."""
        return self._content.masks.stored_mask(self.state, frame, object_id)

    def probability(self, frame: FrameIndex, object_id: ObjectId) -> NDArray[np.float32]:
        """How sure the tracker was of each pixel, (H, W) float32 from 0 to 1; above 0.5 just inside the mask.

        A mask that a person gave, and one put together from several, is 0 or 1. It follows a clean-up.
        """
        return self._content.masks.probability(self.state, frame, object_id)

    def claim(self, frame: FrameIndex, object_id: ObjectId) -> Claim:
        """Where the mask of an object on a frame comes from, and whether a person vouches for it."""
        return self.claims(frame).get(object_id, NO_CLAIM)

    def statements(self, frame: FrameIndex, object_id: ObjectId) -> Statements:
        """What a person said by clicks and boxes about an object on a frame, and what was there before."""
        claim, edits = self.claim(frame, object_id), self.state.edits
        return statements(edits, frame, self._content.layers.edits_of(frame), claim)

    def claimed_mask(self, frame: FrameIndex, claim: Claim) -> Mask:
        """The (H, W) mask that a claim on a frame stands for, as it was given or tracked."""
        return self._content.masks.stored(frame, claim)

    def claimed_probability(self, frame: FrameIndex, claim: Claim) -> NDArray[np.float32]:
        """How sure the tracker was of ``claimed_mask``, (H, W) float32 from 0 to 1."""
        return self._content.masks.stored_probability(self.state, frame, claim)

    def claims(self, frame: FrameIndex) -> Mapping[ObjectId, Claim]:
        """``claim`` of every object that has one on a frame."""
        return self._content.masks.claims(self.state, frame)

    def written(self, frame: FrameIndex) -> frozenset[int]:
        """Numbers of the edits that wrote masks for a frame, as far as passes have come."""
        return self._content.layers.edits_of(frame)

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
        return self._content.masks.label_map(self.state, frame, clean_ups)

    def label_map_before(self, frame: FrameIndex) -> LabelMap:
        """The label map that the frame had before the last step, to be compared with the present one."""
        self.check_frame(frame)
        return self._content.masks.label_map(self._content.state_before_last_step(), frame)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._content.history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to apply again."""
        return self._content.history.can_redo

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

    def check_size(self, mask: Mask | LabelMap) -> None:
        """Raise InputError when a mask has another size than the frames of the video."""
        if mask.shape != self.size:
            raise InputError(
                f"the mask has shape {mask.shape} but the frames have {self.size}: resize it first"
            )

    def _lost_and_missed(self, number: int) -> bool:
        """Whether a pass has lost a mask that would show: no later one, and nobody, has said otherwise."""
        edit = self.state.passes[number]
        return any(
            not claim.is_known and claim.newest_edit <= number
            for frame in self._content.passes.frames_lost(number, edit)
            for claim in (self.claim(frame, object_id) for object_id in edit.followed_on(frame))
        )
