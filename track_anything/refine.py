"""Re-prompting the segmenter with a propagated mask, and taking its answer only where it earned its place."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sam.mask_prompt import logits_from_mask
from sam.prompt import Prompt
from sam.segmenter import Segmenter
from track_anything.errors import InputError
from track_anything.masks import box_of, iou
from track_anything.types import FrameIndex, Image, LabelMap, Mask, ObjectId
from tracker.propagator import Propagated


@dataclass(frozen=True)
class RefinePolicy:
    """When the segmenter's answer replaces a propagated mask.

    Attributes:
        min_agreement: least IoU, 0 to 1, of the answer with the propagated mask. Below it the segmenter has
            most likely taken hold of something else, and the propagated mask stays.
        min_predicted_iou: least IoU, 0 to 1, that the segmenter predicts for its own answer.
        every: the segmenter is asked on frames whose index is a multiple of this; 1 = on each.
    """

    min_agreement: float = 0.75
    min_predicted_iou: float = 0.5
    every: int = 1

    def __post_init__(self) -> None:
        """Refuse an interval that no frame is a multiple of."""
        if self.every < 1:
            raise InputError(f"refinement every {self.every} frames is not possible: give at least 1")


@dataclass(frozen=True)
class Firing:
    """One time the segmenter was asked to mend a propagated mask.

    Attributes:
        frame: where.
        object_id: whose mask.
        agreement: IoU of the answer with the propagated mask, 0 to 1.
        before: confidence of the propagated mask, 0 to 1.
        after: IoU that the segmenter predicts for its answer, about 0 to 1.
        accepted: whether the answer replaced the propagated mask.
    """

    frame: FrameIndex
    object_id: ObjectId
    agreement: float
    before: float
    after: float
    accepted: bool


@dataclass(frozen=True, eq=False)
class Refined:
    """A frame after refinement.

    Attributes:
        label_map: (H, W) uint8.
        firings: every attempt, accepted or not.
    """

    label_map: LabelMap
    firings: tuple[Firing, ...]

    @property
    def is_mended(self) -> bool:
        """Whether any mask was replaced."""
        return any(firing.accepted for firing in self.firings)


class Refiner:
    """Asks the segmenter about each propagated mask: logits and box are the prompt, one decode the answer.

    Args:
        segmenter: should keep embeddings, since the frame may have been embedded already.
        policy: when an answer is accepted.
    """

    def __init__(self, segmenter: Segmenter[Any], policy: RefinePolicy | None = None) -> None:
        self._segmenter = segmenter
        self._policy = policy or RefinePolicy()

    def refine(
        self, frame: FrameIndex, image: Image, propagated: Propagated, *, skip: Collection[ObjectId] = ()
    ) -> Refined:
        """Mend the masks of one frame.

        Args:
            frame: index of the frame, for the record.
            image: (H, W, 3) uint8 RGB.
            propagated: what the propagator says about it.
            skip: objects whose masks are known here and stay as they are.
        """
        claims = {o: propagated.label_map == o for o in propagated.object_ids}
        is_due = frame % self._policy.every == 0
        asked = [o for o in propagated.object_ids if is_due and o not in skip and claims[o].any()]
        if not asked:
            return Refined(propagated.label_map, ())
        embedding = self._segmenter.embed(image)
        firings: list[Firing] = []
        for object_id in asked:
            probability = propagated.probabilities[propagated.object_ids.index(object_id) + 1]  # (H, W)
            answer = self._segmenter.predict(embedding, _prompt_from(claims[object_id], probability))
            agreement = iou(answer.masks[answer.best], claims[object_id])
            predicted_iou = float(answer.scores[answer.best])
            is_better = (
                agreement >= self._policy.min_agreement and predicted_iou >= self._policy.min_predicted_iou
            )
            if is_better:
                claims[object_id] = answer.masks[answer.best]
            before = float(propagated.confidence[object_id])
            firings.append(Firing(frame, object_id, agreement, before, predicted_iou, is_better))
        return Refined(_settle(claims, propagated), tuple(firings))


def _prompt_from(mask: Mask, probability: NDArray[np.float32]) -> Prompt:
    """The propagated mask as SAM takes it best: soft logits on its canvas, and a box."""
    return Prompt(box=np.array(box_of(mask), np.float32), logits=logits_from_mask(probability))


def _settle(claims: dict[ObjectId, Mask], propagated: Propagated) -> LabelMap:
    """Masks that may overlap as one (H, W) label map: the most probable claimant wins a pixel."""
    label_map = np.zeros_like(propagated.label_map)  # (H, W)
    highest = np.zeros(label_map.shape, np.float32)  # (H, W)
    for probability, object_id in zip(propagated.probabilities[1:], propagated.object_ids, strict=True):
        wins = claims[object_id] & (probability >= highest)
        label_map[wins] = object_id
        highest[wins] = probability[wins]
    return label_map
