"""Object proposals: what may be an object, the likeliest first.

Kirillov et al., ICCV 2023, section 7.3 "Zero-shot object proposals" and appendix D.3.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from sam.as_seen import as_seen
from sam.automatic import AutomaticMasks
from sam.automatic_mask import AutomaticMask, FoundMask
from sam.canvas import CANVAS_SIZE
from sam.crop import Crop
from sam.errors import SamError
from sam.mask_filters import box_of, suppress
from sam.mask_prompt import logits_from_mask
from sam.prompt import Prompt
from sam.segmenter import Segmenter

E = TypeVar("E")

# Hardly anything is left out and nested things stay, for recall is what counts.
_LENIENT = AutomaticMasks(min_predicted_iou=0.5, min_stability=0.5, max_overlap=0.9)
_UNCHANGED = 0.95  # IoU of two answers, from which on the second says nothing new


@dataclass(frozen=True)
class Proposals:
    """How proposals are found; ``find`` finds them.

    Attributes:
        points_per_side: n for n x n clicks on the image, at least 1.
        most: so many are handed out at most, at least 1.
        passes: 2 to ask about each of them again, with its box and its mask; answers that differ and are
            steadier follow behind. At least 1, and more than 2 is no more.

    Raises:
        SamError: a number is outside its limits.
    """

    points_per_side: int = 64
    most: int = 1000
    passes: int = 1

    def __post_init__(self) -> None:
        """Refuse numbers below 1."""
        for name in ("points_per_side", "most", "passes"):
            if getattr(self, name) < 1:
                raise SamError(f"{name} cannot be {getattr(self, name)}: give at least 1")

    def find(
        self,
        segmenter: Segmenter[E],
        image: NDArray[np.uint8],
        embedding: E | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[AutomaticMask]:
        """Find what may be an object.

        Memory does not grow with the image beyond a mask of it: masks are kept packed, at no more than the
        1024 pixels that the network sees, and brought to the size of the image one after the other.

        Args:
            segmenter: any; a ``PointSegmenter`` is faster than others.
            image: (H, W, 3) uint8 RGB.
            embedding: of the image, where the caller has it and neither side has more than 1024 pixels.
            progress: called with (batches done, batches in all); an error raised in it ends the search.

        Yields:
            The masks, (H, W), by the mean of predicted IoU and stability, best first; those of a second pass
            behind those of the first.
        """
        size = image.shape[0], image.shape[1]
        if max(size) > CANVAS_SIZE:
            image, embedding = as_seen(image), None
        seen = image.shape[0], image.shape[1]
        features = segmenter.embed(image) if embedding is None else embedding
        found = self.first_pass(segmenter, image, features, progress)
        if self.passes > 1:
            found = asked_again(segmenter, features, found, seen, self.most)
        for each in found:
            yield _at_size(each, seen, size)

    def first_pass(
        self,
        segmenter: Segmenter[E],
        image: NDArray[np.uint8],
        embedding: E,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[FoundMask]:
        """What the grid of clicks finds, packed; as ``find``, but the image is never made smaller."""
        lenient = replace(_LENIENT, points_per_side=self.points_per_side)
        steps = lenient.packed_steps(segmenter, image, embedding)
        while True:
            try:
                done, total = next(steps)
            except StopIteration as end:
                found: list[FoundMask] = end.value
                return sorted(found, key=_rank)[: self.most]
            if progress is not None:
                progress(done, total)


def asked_again(
    segmenter: Segmenter[E], embedding: E, found: Sequence[FoundMask], size: tuple[int, int], most: int
) -> list[FoundMask]:
    """Proposals, and behind them what a second look at each says otherwise and more steadily.

    Those of the first look stay as they are and where they are, so that whatever number of the list is looked
    at shows no less than without a second look.

    Args:
        segmenter: that found them.
        embedding: of the image of (H, W).
        found: on the image, best first.
        size: (H, W) of the image.
        most: so many are in the list at most, those of the first look before all.
    """
    if len(found) >= most:
        return [*found]
    answers = (_otherwise(segmenter, embedding, each, size) for each in found)
    second = sorted((answer for answer in answers if answer is not None), key=_rank)
    boxes = np.array([each.box for each in second], np.float64).reshape(-1, 4)
    ranks = -np.arange(len(second), dtype=np.float64)
    kept = [second[place] for place in suppress(boxes, ranks, _LENIENT.max_overlap)]
    return [*found, *kept[: most - len(found)]]


def _otherwise(
    segmenter: Segmenter[E], embedding: E, found: FoundMask, size: tuple[int, int]
) -> FoundMask | None:
    """The answer to the box and the mask of a proposal; None where it is the same, or less steady."""
    first = found.unpack(size)
    prompt = Prompt(box=np.array(found.box, np.float32), logits=logits_from_mask(first))
    answer = segmenter.predict(embedding, prompt)
    mask, stability = answer.masks[answer.best], float(answer.stability[answer.best])
    shared, union = np.count_nonzero(mask & first), np.count_nonzero(mask | first)
    if stability <= found.stability or not mask.any() or shared >= _UNCHANGED * union:
        return None
    score, whole = float(answer.scores[answer.best]), Crop(0, (0, 0, size[1], size[0]))
    return FoundMask.pack(mask, whole, predicted_iou=score, stability=stability, point=found.point)


def _rank(found: FoundMask) -> float:
    """Less for a likelier one."""
    return -(found.predicted_iou + found.stability)


def _at_size(found: FoundMask, seen: tuple[int, int], size: tuple[int, int]) -> AutomaticMask:
    """A mask found on an image of (h, w), for the same image at (H, W)."""
    mask, point = found.unpack(seen), found.point
    if seen != size:
        larger = cv2.resize(mask.astype(np.uint8) * 255, size[::-1], interpolation=cv2.INTER_LINEAR)
        mask = larger > 127  # an image is only ever made larger here, so that no mask is lost
        point = point[0] * size[1] / seen[1], point[1] * size[0] / seen[0]
    return AutomaticMask(
        mask, box_of(mask), int(np.count_nonzero(mask)), found.predicted_iou, found.stability, point
    )
