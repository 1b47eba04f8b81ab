"""One sequence through the product's own loop, scored frame by frame."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from time import perf_counter

import numpy as np

from benchmarks.clicks import click_mask
from benchmarks.davis_sequence import DavisSequence
from benchmarks.metrics import boundary_accuracy, region_similarity
from benchmarks.process import peak_resident_mib
from track_anything.masks import write_label_map
from track_anything.models import Models
from track_anything.tracking import propagate

_OBJECT_ID = 1  # of a mask made from clicks


@dataclass(frozen=True)
class SequenceScore:
    """What came of one sequence.

    Attributes:
        name: of the sequence.
        region: J, mean over the scored frames and objects, 0 to 1.
        boundary: F, likewise.
        frames: how many it has, scored or not.
        seconds: spent on the first mask and in the loop, decoding included; scoring and writing are not.
        fired: how often the segmenter was asked to mend a mask.
        accepted: how often its answer was taken.
        clicks: made on the first frame; 0 when its mask was given.
        peak_rss_mib: of the process, up to the end of this sequence.
    """

    name: str
    region: float
    boundary: float
    frames: int
    seconds: float
    fired: int
    accepted: int
    clicks: int
    peak_rss_mib: float

    @property
    def mean(self) -> float:
        """J&F: the mean of the two, 0 to 1."""
        return (self.region + self.boundary) / 2

    @property
    def frames_per_second(self) -> float:
        """Speed of the whole sequence."""
        return self.frames / self.seconds


def evaluate(
    sequence: DavisSequence,
    models: Models,
    *,
    clicks: int = 0,
    predictions: Path | None = None,
    on_frame: Callable[[], None] = lambda: None,
) -> SequenceScore:
    """Track the objects that a sequence's first frame shows and score them on the rest.

    Args:
        sequence: frames and true masks.
        models: the networks to track with.
        clicks: most simulated clicks to make the first mask from; 0 starts from the true ones. With clicks
            the sequence has one object.
        predictions: folder for the predicted masks as PNG files, named as the annotations are.
        on_frame: called after each frame.

    Raises:
        InputError: clicks are wanted and the first true mask is empty.
    """
    first_masks = sequence.truths(0)
    regions, boundaries = [], []
    fired = accepted = clicks_made = 0
    seconds, started = 0.0, perf_counter()
    if clicks:
        clicked = click_mask(models.segmenter, sequence.video.frame(0), sequence.truth(0), clicks)
        first_masks, clicks_made = {_OBJECT_ID: clicked.mask}, len(clicked.clicks)
    known = {0: first_masks}
    frames = enumerate(sequence.video.frames())
    results = propagate(
        frames, known, models.new_propagator(), models.new_refiner(), monitor=models.new_monitor()
    )
    for result in results:
        seconds += perf_counter() - started
        fired += len(result.firings)
        accepted += sum(firing.accepted for firing in result.firings)
        if result.index in sequence.scored:
            wanted, counts = sequence.truths(result.index), sequence.known(result.index)
            nothing = np.zeros_like(counts)
            for object_id in first_masks:
                predicted, truth = (result.label_map == object_id) & counts, wanted.get(object_id, nothing)
                regions.append(region_similarity(predicted, truth))
                boundaries.append(boundary_accuracy(predicted, truth))
        if predictions is not None:
            write_label_map(predictions / sequence.annotations[result.index].name, result.label_map)
        on_frame()
        started = perf_counter()
    return SequenceScore(
        name=sequence.name,
        region=fmean(regions),
        boundary=fmean(boundaries),
        frames=len(sequence),
        seconds=seconds,
        fired=fired,
        accepted=accepted,
        clicks=clicks_made,
        peak_rss_mib=peak_resident_mib(),
    )
