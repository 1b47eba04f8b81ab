"""Propagated masks with the evidence seen on each and the truth about it: what confidence is fitted on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.corruptions import corrupt
from benchmarks.davis_sequence import DavisSequence
from track_anything.drift import RefinePolicy
from track_anything.drift.look import Contest, Look, Scene, look_at_mask, look_at_propagated
from track_anything.drift.reprompt import Answer, prompt_from
from track_anything.drift.signals import Signals, compare
from track_anything.masks import iou
from track_anything.models import Models
from track_anything.types import Image, Mask
from tracker.propagator import Propagated

_OBJECT_ID = 1
_RECENT = 5


@dataclass(frozen=True)
class Row:
    """One propagated mask.

    Attributes:
        name: of the sequence and the run.
        signals: what was seen on it.
        overlap: its IoU with the truth.
        answer: what the segmenter says to it.
    """

    name: str
    signals: Signals
    overlap: float
    answer: Answer


def strided(sequence: DavisSequence, stride: int) -> list[tuple[Image, Mask]]:
    """Every ``stride``-th frame with its true mask."""
    return [(sequence.video.frame(i), sequence.truth(i)) for i in range(0, len(sequence), stride)]


def spliced(
    clip: Sequence[tuple[Image, Mask]], other: Sequence[tuple[Image, Mask]], start: int, count: int
) -> list[tuple[Image, Mask]]:
    """The clip with ``count`` frames of another one put in, where its object is not to be seen."""
    height, width = clip[0][0].shape[:2]
    foreign = [
        (_fitted(image, height, width), np.zeros((height, width), np.bool_)) for image, _ in other[:count]
    ]
    return [*clip[:start], *foreign, *clip[start:]]


def collect(
    name: str, clip: Sequence[tuple[Image, Mask]], models: Models, generator: np.random.Generator | None
) -> Iterator[Row]:
    """Propagate the first mask of a clip and look at what becomes of it.

    Args:
        name: of the run.
        clip: frames and true masks; the first is given.
        models: the networks; masks are not mended.
        generator: now and then puts a wrong mask into memory; None = never.
    """
    propagator = models.new_propagator()
    image, truth = clip[0]
    propagator.remember(image, truth.astype(np.uint8) * _OBJECT_ID)
    known = [look_at_mask(Scene.of(image), truth)]
    recent: list[Look] = []
    for image, truth in clip[1:]:
        propagated = propagator.step(image)
        look = look_at_propagated(Scene.of(image), Contest.of(propagated), _OBJECT_ID)
        if look.is_empty:
            continue
        yield _row(name, image, truth, propagated, compare(look, recent, known), models)
        recent = [*recent, look][-_RECENT:]
        if generator is not None and truth.any() and generator.random() < 1 / 7:
            propagator.remember(image, corrupt(truth, generator).astype(np.uint8), permanent=False)


def _row(
    name: str, image: Image, truth: Mask, propagated: Propagated, signals: Signals, models: Models
) -> Row:
    mask = propagated.label_map == _OBJECT_ID
    segmenter: Any = models.segmenter
    prompt = prompt_from(propagated, _OBJECT_ID, points=RefinePolicy().points)
    candidates = segmenter.predict(segmenter.embed(image), prompt)
    return Row(
        name=name,
        signals=signals,
        overlap=iou(mask, truth),
        answer=Answer.of(candidates, mask),
    )


def _fitted(image: Image, height: int, width: int) -> Image:
    """Cut out and, where it is too small, mirror a picture to a size."""
    cut = image[:height, :width]
    padding = (0, height - cut.shape[0]), (0, width - cut.shape[1]), (0, 0)
    return np.asarray(np.pad(cut, padding, mode="symmetric"))
