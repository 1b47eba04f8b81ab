"""The contract of memory-based propagation: remember what is known, step through what is not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
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
        familiarity: (H, W) float32 in (0, 1]: how much each pixel resembles what was made known, wherever
            that lay and whichever object it was; it falls when the picture leaves what memory can vouch for.
        is_embedded: whether the segmenter's embedding of the frame was looked at; None where the tracker
            sees all frames alike.
    """

    label_map: NDArray[np.uint8]
    probabilities: NDArray[np.float32]
    object_ids: tuple[int, ...]
    confidence: Mapping[int, float]
    familiarity: NDArray[np.float32]
    is_embedded: bool | None = None

    def without(self, object_ids: Collection[int]) -> "Propagated":
        """The same frame with some objects seen nowhere: what they had is background."""
        channels = [channel for channel, own in enumerate(self.object_ids, start=1) if own in object_ids]
        probabilities = self.probabilities.copy()
        probabilities[0] += probabilities[channels].sum(axis=0)
        probabilities[channels] = 0
        return replace(
            self,
            label_map=np.where(np.isin(self.label_map, list(object_ids)), 0, self.label_map).astype(np.uint8),
            probabilities=probabilities,
            confidence={own: 0.0 if own in object_ids else value for own, value in self.confidence.items()},
        )


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

    def withhold(self, object_ids: Collection[int]) -> None:
        """Keep what the last ``step`` found of some objects out of memory.

        They are remembered as absent from that frame; when no object was seen, the frame is not remembered.
        For masks that are most likely of something else. Does nothing before a step.
        """
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
