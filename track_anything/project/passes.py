"""What propagation passes left on disk: layers, probabilities, and a journal of records per pass."""

from collections.abc import Mapping
from pathlib import Path
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from track_anything.project.journal import Journal, Record
from track_anything.project.layers import Layers
from track_anything.project.soft_masks import SoftMasks
from track_anything.types import FrameIndex, LabelMap, Mask, ObjectId


class Passes:
    """The files of the passes; knows nothing of which of them are applied.

    Args:
        folder: of the journals.
        layers: what edits wrote.
        soft_masks: the probabilities behind it.
        read_only: no file is made or changed.
    """

    def __init__(self, folder: Path, layers: Layers, soft_masks: SoftMasks, *, read_only: bool) -> None:
        self._folder = folder
        self._layers = layers
        self._soft_masks = soft_masks
        self._read_only = read_only
        self._journals: dict[int, Journal] = {}
        self._records: dict[int, dict[FrameIndex, Record]] = {}
        self._changing = RLock()

    def records(self, number: int) -> dict[FrameIndex, Record]:
        """What a pass recorded per frame; the last record counts where a frame was done again."""
        with self._changing:
            if number not in self._records:
                self._records[number] = {r["frame"]: r for r in self._journal(number).records}
            return self._records[number]

    def mask(self, number: int, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) mask of an object, under the id it had then, that a pass wrote for a frame."""
        return np.asarray(self._layers.read(frame, number) == object_id)

    def probability(self, number: int, frame: FrameIndex, object_id: ObjectId) -> NDArray[np.float32]:
        """The (H, W) probability behind ``mask``, 0 to 1; 0 or 1 where it is no longer there."""
        kept = self._soft_masks.read(frame, number, object_id)
        return self.mask(number, frame, object_id).astype(np.float32) if kept is None else kept

    def write(
        self,
        number: int,
        frame: FrameIndex,
        layer: LabelMap,
        record: Record,
        probabilities: Mapping[ObjectId, NDArray[np.float32]],
    ) -> None:
        """Write what a pass found on one frame; the (H, W) layer comes last and says that it is done."""
        entry = {"frame": frame, **record}
        self._journal(number).append(entry)
        self.records(number)[frame] = entry
        for object_id, probability in probabilities.items():
            self._soft_masks.write(frame, number, object_id, probability)
        self._layers.write(frame, number, layer)

    def _journal(self, number: int) -> Journal:
        with self._changing:
            if number not in self._journals:
                path = self._folder / f"{number:04d}.log"
                if not self._read_only:
                    path.parent.mkdir(exist_ok=True)
                self._journals[number] = Journal(path, read_only=self._read_only)
            return self._journals[number]
