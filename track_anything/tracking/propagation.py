"""The loop: from known masks to a mask on every frame."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from track_anything.drift import Assessment, DriftMonitor, Refiner
from track_anything.drift.refine import Firing
from track_anything.errors import InputError, WeightsError
from track_anything.types import FrameIndex, Image, Known, LabelMap, Mask, ObjectId
from tracker.errors import MemoryFullError
from tracker.propagator import Propagated, Propagator


class NoAnswerError(WeightsError):
    """The tracker answered with what is no number; its memory may hold the like from then on.

    Attributes:
        frame: for which it did.
    """

    def __init__(self, frame: FrameIndex) -> None:
        super().__init__(
            f"for frame {frame} the tracker answered with what is no number: get its weights again by "
            "`track-anything weights fetch NAME`, or compute in float32"
        )
        self.frame = frame


@dataclass(frozen=True, eq=False)
class FrameResult:
    """What the loop found on one frame.

    Attributes:
        index: the frame.
        label_map: (H, W) uint8; known masks as they were given.
        confidence: 0 to 1 per object that was propagated to this frame; 1 for known ones.
        probabilities: (H, W) float32 from 0 to 1 per propagated object, before it was mended.
        assessments: what the drift monitor made of each propagated object, before it was mended.
        firings: each time the segmenter was asked to mend a mask here, accepted or not.
        notes: what could not be done as usual, one line each.
    """

    index: FrameIndex
    label_map: LabelMap
    confidence: Mapping[ObjectId, float]
    probabilities: Mapping[ObjectId, NDArray[np.float32]] = field(default_factory=dict)
    assessments: Mapping[ObjectId, Assessment] = field(default_factory=dict)
    firings: tuple[Firing, ...] = ()
    notes: tuple[str, ...] = ()


def propagate(
    frames: Iterable[tuple[FrameIndex, Image]],
    known: Known,
    propagator: Propagator,
    refiner: Refiner | None = None,
    *,
    monitor: DriftMonitor | None = None,
    tracked: Collection[ObjectId] = (),
    primed: Collection[FrameIndex] = (),
    cuts: Collection[FrameIndex] = (),
    idle: Collection[FrameIndex] = (),
) -> Iterator[FrameResult]:
    """Carry known masks along a stream of frames; stop iterating to pause.

    Args:
        frames: (index, image) pairs in the order of the pass, forward or backward.
        known: the masks a person gave; returned as they are, and permanent memory.
        propagator: its memory is gone on with, so hand in a fresh, a primed or a loaded one.
        refiner: mends propagated masks, or None.
        monitor: assesses propagated masks and withholds those that are of something else, or None.
        tracked: the objects that the propagator already follows.
        primed: known frames that are in its permanent memory already.
        cuts: frames that begin another shot, seen in the order of the pass.
        idle: known frames that are not remembered: they say nothing that the one before has not said.

    Yields:
        One result per frame, in order.

    Raises:
        InputError: the first frame has no known mask and nothing is tracked yet.
        NoAnswerError: the propagator answered with what is no number.
    """
    following, is_begun = set(tracked), False
    for index, image in frames:
        given = known.get(index, {})
        arriving = {object_id for object_id, mask in given.items() if mask.any()} - following
        must_step = bool(following - given.keys())
        must_remember = bool(given) and bool(following or arriving) and index not in idle
        is_begun |= bool(given or following)
        if not is_begun:
            raise InputError(
                f"nothing is known on frame {index} or before it: click an object on a frame first"
            )

        result = FrameResult(index, np.zeros(image.shape[:2], np.uint8), {})
        if must_step:
            result = _step(
                index, image, propagator, monitor, refiner, skip=given.keys(), is_cut=index in cuts
            )
            is_mended = any(firing.accepted for firing in result.firings)
            if is_mended and not must_remember:
                propagator.remember(image, result.label_map, permanent=False)
        if given:
            label_map = paste(result.label_map, given)
            notes: tuple[str, ...] = ()
            if must_remember:
                notes = _remember_known(propagator, index, image, label_map, is_new=index not in primed)
            if monitor is not None and index not in idle:
                monitor.vouch(image, given)
            following |= arriving
            result = replace(on_known(result, given), notes=(*result.notes, *notes))
        yield result


def prime(
    propagator: Propagator,
    monitor: DriftMonitor | None,
    known_frames: Iterable[tuple[Image, Mapping[ObjectId, Mask]]],
    compressed: Iterable[tuple[Image, Mapping[ObjectId, Mask]]] = (),
) -> None:
    """Put known frames that lie elsewhere into memory before a pass begins.

    Args:
        propagator: without memory yet.
        monitor: learns from them what the objects look like; or None.
        known_frames: images with the masks of *all* objects of the pass, kept whole.
        compressed: likewise, for memory that ages: each is looked at first, so that what is of use in those
            before it is known when they become prototypes.
    """
    is_begun = False
    for image, masks in known_frames:
        label_map = paste(np.zeros(image.shape[:2], np.uint8), masks)
        if is_begun or label_map.any():  # a propagator cannot begin with nothing
            propagator.remember(image, label_map, permanent=True)
            is_begun = True
        if monitor is not None:
            monitor.vouch(image, masks, continues=False)
    for image, masks in compressed:
        propagator.step(image)
        propagator.remember(image, paste(np.zeros(image.shape[:2], np.uint8), masks), permanent=False)
        if monitor is not None:
            monitor.vouch(image, masks, continues=False)


def paste(label_map: LabelMap, given: Mapping[ObjectId, Mask]) -> LabelMap:
    """The (H, W) label map with the given masks in place of what their objects had; higher ids lie above."""
    pasted = np.where(np.isin(label_map, list(given)), 0, label_map).astype(np.uint8)  # (H, W)
    for object_id, mask in sorted(given.items()):
        pasted[mask] = object_id
    return pasted


def _step(
    index: FrameIndex,
    image: Image,
    propagator: Propagator,
    monitor: DriftMonitor | None,
    refiner: Refiner | None,
    *,
    skip: Collection[ObjectId],
    is_cut: bool,
) -> FrameResult:
    """Propagate to one frame: what is not believed is withheld, what has drifted is mended."""
    propagated = propagator.step(image)
    if not np.isfinite(propagated.probabilities.sum()):  # one that is no number makes the sum none
        raise NoAnswerError(index)
    assessments: Mapping[ObjectId, Assessment] = {}
    confidence = dict(propagated.confidence)
    if monitor is not None:
        assessments = monitor.check(image, propagated, skip=skip, is_cut=is_cut)
        confidence |= {object_id: assessment.confidence for object_id, assessment in assessments.items()}
        withheld = [object_id for object_id, assessment in assessments.items() if assessment.is_withheld]
        if withheld:
            propagator.withhold(withheld)
            propagated = propagated.without(withheld)
    label_map = propagated.label_map
    firings: tuple[Firing, ...] = ()
    notes: tuple[str, ...] = ()
    if refiner is not None:
        try:
            refined = refiner.refine(index, image, propagated, assessments, skip=skip)
        except WeightsError as error:  # what was found stands as it is
            notes = (f"frame {index} was not shown to the segmenter: {error}",)
        else:
            label_map, firings = refined.label_map, refined.firings
            confidence |= {firing.object_id: firing.after for firing in firings}
    return FrameResult(index, label_map, confidence, _by_object(propagated), assessments, firings, notes)


def _by_object(propagated: Propagated) -> dict[ObjectId, NDArray[np.float32]]:
    return dict(zip(propagated.object_ids, propagated.probabilities[1:], strict=True))


def on_known(result: FrameResult, given: Mapping[ObjectId, Mask]) -> FrameResult:
    """The result of a frame on which some objects are known, as they were given."""
    certain = {object_id: mask.astype(np.float32) for object_id, mask in given.items()}
    return replace(
        result,
        label_map=paste(result.label_map, given),
        confidence={**result.confidence, **dict.fromkeys(given, 1.0)},
        probabilities={**result.probabilities, **certain},
    )


def _remember_known(
    propagator: Propagator, index: FrameIndex, image: Image, label_map: LabelMap, *, is_new: bool
) -> tuple[str, ...]:
    """Make a known frame permanent memory, or memory that ages when the cap is reached; says so if it is."""
    try:
        propagator.remember(image, label_map, permanent=is_new)
    except MemoryFullError as error:
        propagator.remember(image, label_map, permanent=False)
        return (f"the known masks of frame {index} will be forgotten in time: {error}",)
    return ()
