"""What an exporter is told: where to, of which video, and which masks."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from track_anything.types import FrameIndex, Mask, ObjectId
from track_anything.video import VideoInfo


class MaskSource(Protocol):
    """Where masks of single objects come from; a ``Project`` is one."""

    def mask(self, frame: FrameIndex, object_id: ObjectId) -> Mask:
        """The (H, W) mask of an object."""
        ...

    def probability(self, frame: FrameIndex, object_id: ObjectId) -> NDArray[np.float32]:
        """How sure the tracker was of each pixel, (H, W) float32 from 0 to 1."""
        ...

    def confidence(self, frame: FrameIndex, object_id: ObjectId) -> float | None:
        """That the mask can be trusted, 0 to 1; None when there is none."""
        ...


@dataclass(frozen=True, eq=False)
class Order:
    """What an exporter is told.

    Attributes:
        path: the file or folder to be made.
        info: facts about the source.
        source: the file or folder that sound and colour tags come from.
        objects: names of the objects to export, by id.
        masks: where masks of single objects come from.
        palette: (256, 3) uint8 RGB colour of every object id, for forms that paint.
        overwrite: replace an earlier export.
    """

    path: Path
    info: VideoInfo
    source: Path
    objects: Mapping[ObjectId, str]
    masks: MaskSource
    palette: NDArray[np.uint8]
    overwrite: bool = False

    def alpha(self, frame: FrameIndex) -> NDArray[np.float32]:
        """How sure it is of each pixel that it belongs to any of the objects, (H, W) float32 from 0 to 1."""
        alpha = np.zeros((self.info.height, self.info.width), np.float32)  # (H, W)
        for object_id in self.objects:
            np.maximum(alpha, self.masks.probability(frame, object_id), out=alpha)
        return alpha
