"""The contract of memory-based propagation: remember what is known, step through what is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Propagated:
    """What one step says about one frame.

    Attributes:
        label_map: (H, W) uint8 object ids at source size, 0 = background.
        probabilities: (K + 1, H, W) float32 in [0, 1], sums to 1 over the first axis; channel 0 is the
            background, channel i + 1 belongs to ``object_ids[i]``.
        object_ids: the K remembered objects, ascending.
        confidence: per object, 0 to 1: the mean probability inside the object's mask; 0 when it has none.
    """

    label_map: NDArray[np.uint8]
    probabilities: NDArray[np.float32]
    object_ids: tuple[int, ...]
    confidence: Mapping[int, float]


class Propagator(Protocol):
    """Carries masks through a video, one frame after the other; weights shared, memory its own.

    The clock moves with each *new* frame: a ``step``, or a ``remember`` of an image that was not the one
    just stepped or remembered. ``remember`` after ``step`` with the same array object therefore corrects
    what that step wrote to memory instead of adding a second copy (and reuses its features).
    """

    def remember(
        self, image: NDArray[np.uint8], label_map: NDArray[np.uint8], *, permanent: bool = True
    ) -> None:
        """Write a frame and its masks to memory; new ids in ``label_map`` become objects.

        Args:
            image: (H, W, 3) uint8 RGB.
            label_map: (H, W) uint8 with *all* objects of that frame; an object known already and missing
                here is remembered as absent from this frame.
            permanent: a known frame, never evicted. False for a mended prediction: it ages as others do.

        Raises:
            TrackerError: sizes disagree or no object was ever given.
            MemoryFullError: the cap of permanent frames is reached.
        """
        ...

    def step(self, image: NDArray[np.uint8]) -> Propagated:
        """Predict the masks of the next frame and update the memory; TrackerError before any ``remember``."""
        ...

    def forget(self, object_id: int) -> None:
        """Drop one object and its memory; TrackerError when it is not remembered."""
        ...

    def reset(self) -> None:
        """Drop every object and all memory."""
        ...

    def save(self, path: Path) -> None:
        """Write the memory to a file, so that ``load`` continues exactly where this left off."""
        ...

    def load(self, path: Path) -> None:
        """Replace the memory by a saved one; TrackerError when it was made by another kind of propagator."""
        ...
