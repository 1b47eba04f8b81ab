"""What propagation passes wrote: per frame a layer, how sure they were, and a record of what happened."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import RLock

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field, ValidationError

from track_anything.project.edits import Propagate
from track_anything.project.journal import Log, Record
from track_anything.project.layers import Layers, LostLayerError
from track_anything.project.soft_masks import SoftMasks
from track_anything.types import FrameIndex, LabelMap, Mask, ObjectId

_WRITERS = 2  # threads that compress probabilities


class _Firing(BaseModel):
    """What the rest of the product reads of one refinement."""

    object_id: int
    accepted: bool


class _PassRecord(BaseModel):
    """What the rest of the product reads of the record of a frame; there may be more."""

    frame: int = Field(ge=0)
    confidence: dict[str, float] = {}
    absent: list[int] = []
    reasons: dict[str, str] = {}
    firings: list[_Firing] = []
    notes: list[str] = []
    precision: str = ""
    engine: str = ""
    tracker: str = ""
    memory: dict[str, int] = {}


class Passes:
    """The files of a project's passes, by number of their edit; knows nothing of the state of the project.

    A record, layer or probability that is damaged costs its frame alone: that is left to do again.

    Args:
        folder: of the records, ``0007.log`` being those of pass 7.
        layers: where the masks go.
        soft_masks: where the probabilities go.
    """

    def __init__(self, folder: Path, layers: Layers, soft_masks: SoftMasks) -> None:
        self._folder = folder
        self._layers = layers
        self._soft_masks = soft_masks
        self._logs: dict[int, Log] = {}
        self._records: dict[int, dict[FrameIndex, Record]] = {}
        self._changing = RLock()
        self._without_probability: set[tuple[int, FrameIndex]] = set()

    def records(self, number: int) -> Mapping[FrameIndex, Record]:
        """What a pass recorded per frame; the last record counts where a frame was done again.

        Raises:
            ProjectError: the file cannot be read.
        """
        return self._records_of(number)

    def write(
        self,
        number: int,
        frame: FrameIndex,
        layer: LabelMap,
        record: Record,
        probabilities: Mapping[ObjectId, NDArray[np.float32]],
    ) -> None:
        """Write what a pass found on a frame: its (H, W) layer last, when all else is there."""
        entry = {"frame": frame, **record}
        with ThreadPoolExecutor(_WRITERS, "soft masks") as writers:
            written = [
                writers.submit(self._soft_masks.write, frame, number, object_id, probability)
                for object_id, probability in probabilities.items()
            ]
            self._log(number).append(entry)  # waits for the disk, while the others compress
        for each in written:
            each.result()
        self._records_of(number)[frame] = entry
        self._layers.write(frame, number, layer)
        self._without_probability.discard((number, frame))

    def mask(self, number: int, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) mask of an object, under the id it had then; LostLayerError when it is not there."""
        return np.asarray(self._layers.read(frame, number) == object_id)

    def probability(self, number: int, frame: FrameIndex, object_id: ObjectId) -> NDArray[np.float32]:
        """The (H, W) probability behind ``mask``, 0 to 1; 0 or 1 where it is no longer there."""
        kept = self._soft_masks.read(frame, number, object_id)
        return self.mask(number, frame, object_id).astype(np.float32) if kept is None else kept

    def is_done(self, number: int, frame: FrameIndex) -> bool:
        """Whether a frame has all that a pass writes for it, as far as has been seen."""
        is_complete = frame in self._records_of(number) and frame in self._layers.frames_of(number)
        return is_complete and (number, frame) not in self._without_probability

    def frames_left(self, number: int, edit: Propagate) -> list[FrameIndex]:
        """Frames of a pass that are not done, in the order of the pass."""
        return [frame for frame in edit.frames if not self.is_done(number, frame)]

    def frames_lost(self, number: int, edit: Propagate) -> list[FrameIndex]:
        """Frames of a pass that were done once and are not any more, in the order of the pass."""
        recorded, written = self._records_of(number).keys(), self._layers.frames_of(number)
        return [f for f in self.frames_left(number, edit) if f in recorded or f in written]

    def look_through(self, number: int, edit: Propagate) -> None:
        """Read everything that a pass wrote, so that what is damaged is known."""
        for frame in self._layers.frames_of(number):
            try:
                self._layers.read(frame, number)
            except LostLayerError:
                continue
            if any(self._soft_masks.is_damaged(frame, number, o) for o in edit.followed_on(frame)):
                self._without_probability.add((number, frame))

    def _log(self, number: int) -> Log:
        with self._changing:
            if number not in self._logs:
                self._logs[number] = Log(self._folder / f"{number:04d}.log")
            return self._logs[number]

    def _records_of(self, number: int) -> dict[FrameIndex, Record]:
        with self._changing:
            if number not in self._records:
                intact = [record for record in self._log(number).records if _is_record(record)]
                self._records[number] = {record["frame"]: record for record in intact}
            return self._records[number]


def _is_record(record: Record) -> bool:
    try:
        _PassRecord.model_validate(record)
    except ValidationError:
        return False
    return True
