"""The loop: from known masks to a mask on every frame."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from track_anything.errors import InputError
from track_anything.refine import Firing, Refiner
from track_anything.types import FrameIndex, Image, Known, LabelMap, Mask, ObjectId
from tracker.errors import MemoryFullError
from tracker.propagator import Propagator


@dataclass(frozen=True, eq=False)
class FrameResult:
    """What the loop found on one frame.

    Attributes:
        index: the frame.
        label_map: (H, W) uint8; known masks as they were given.
        confidence: 0 to 1 per object that was propagated to this frame; 1 for known ones.
        firings: each time the segmenter was asked to mend a mask here, accepted or not.
        notes: what could not be done as usual, one line each.
    """

    index: FrameIndex
    label_map: LabelMap
    confidence: Mapping[ObjectId, float]
    firings: tuple[Firing, ...] = ()
    notes: tuple[str, ...] = ()


def propagate(
    frames: Iterable[tuple[FrameIndex, Image]],
    known: Known,
    propagator: Propagator,
    refiner: Refiner | None = None,
    *,
    tracked: Collection[ObjectId] = (),
) -> Iterator[FrameResult]:
    """Carry known masks along a stream of frames; stop iterating to pause.

    Args:
        frames: (index, image) pairs in the order of the pass, forward or backward.
        known: the masks a person gave; returned as they are, and permanent memory.
        propagator: its memory is gone on with, so hand in a fresh or a loaded one.
        refiner: mends propagated masks, or None.
        tracked: the objects a loaded propagator already follows.

    Yields:
        One result per frame, in order.

    Raises:
        InputError: the first frame has no known mask and nothing is tracked yet.
    """
    following = set(tracked)
    for index, image in frames:
        given = known.get(index, {})
        arriving = {object_id for object_id, mask in given.items() if mask.any()} - following
        must_step = bool(following - given.keys())
        must_remember = bool(given) and bool(following or arriving)
        if not following and not arriving:
            raise InputError(
                f"nothing is known on frame {index} or before it: click an object on a frame first"
            )

        label_map = np.zeros(image.shape[:2], np.uint8)  # (H, W)
        confidence: dict[ObjectId, float] = {}
        firings: tuple[Firing, ...] = ()
        notes: tuple[str, ...] = ()
        if must_step:
            propagated = propagator.step(image)
            label_map, confidence = propagated.label_map, dict(propagated.confidence)
            if refiner is not None:
                refined = refiner.refine(index, image, propagated, skip=given.keys())
                label_map, firings = refined.label_map, refined.firings
                if refined.is_mended and not must_remember:
                    propagator.remember(image, label_map, permanent=False)
        if must_remember:
            label_map = paste(label_map, given)
            notes = _remember_known(propagator, index, image, label_map)
            following |= arriving
        yield FrameResult(index, label_map, confidence | dict.fromkeys(given, 1.0), firings, notes)


def _remember_known(
    propagator: Propagator, index: FrameIndex, image: Image, label_map: LabelMap
) -> tuple[str, ...]:
    """Make a known frame permanent memory, or memory that ages when the cap is reached; says so if it is."""
    try:
        propagator.remember(image, label_map, permanent=True)
    except MemoryFullError as error:
        propagator.remember(image, label_map, permanent=False)
        return (f"the known masks of frame {index} will be forgotten in time: {error}",)
    return ()


def paste(label_map: LabelMap, given: Mapping[ObjectId, Mask]) -> LabelMap:
    """The (H, W) label map with the given masks in place of what their objects had; higher ids lie above."""
    pasted = np.where(np.isin(label_map, list(given)), 0, label_map).astype(np.uint8)  # (H, W)
    for object_id, mask in sorted(given.items()):
        pasted[mask] = object_id
    return pasted
