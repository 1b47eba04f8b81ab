"""One sequence through the loop with the drift monitor watching, and the truth about every frame."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.davis_sequence import DavisSequence
from benchmarks.metrics import boundary_accuracy, region_similarity
from track_anything.models import Models
from track_anything.tracking import FrameResult, propagate
from track_anything.types import Mask

_OBJECT_ID = 1


@dataclass(frozen=True, eq=False)
class Watched:
    """One propagated frame.

    Attributes:
        index: the frame.
        mask: (H, W) as it was kept.
        truth: (H, W).
        propagated: (H, W) as it was before the segmenter mended it.
        confidence: of the mask that was kept, 0 to 1.
        result: everything else.
    """

    index: int
    mask: Mask
    truth: Mask
    propagated: Mask
    confidence: float
    result: FrameResult

    @property
    def region(self) -> float:
        """J of the mask that was kept."""
        return region_similarity(self.mask, self.truth)

    @property
    def boundary(self) -> float:
        """F of the mask that was kept."""
        return boundary_accuracy(self.mask, self.truth)

    @property
    def is_accepted(self) -> bool:
        """Whether the segmenter's answer was taken."""
        return any(firing.accepted for firing in self.result.firings)

    @property
    def is_harmed(self) -> bool:
        """Whether the answer that was taken overlaps the truth less than the propagated mask did."""
        return self.is_accepted and self.region < region_similarity(self.propagated, self.truth)


def watch(sequence: DavisSequence, models: Models) -> Iterator[Watched]:
    """Propagate the true mask of the first frame; yields the frames that DAVIS scores."""
    known = {0: {_OBJECT_ID: sequence.truth(0)}}
    results = propagate(
        enumerate(sequence.video.frames()),
        known,
        models.new_propagator(),
        models.new_refiner(),
        monitor=models.new_monitor(),
    )
    for result in results:
        if result.index in sequence.scored:
            yield Watched(
                index=result.index,
                mask=result.label_map == _OBJECT_ID,
                truth=sequence.truth(result.index),
                propagated=result.probabilities[_OBJECT_ID] > 0.5,
                confidence=result.confidence[_OBJECT_ID],
                result=result,
            )
