"""Re-prompting the segmenter with a propagated mask, and taking its answer only where it earned its place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sam.canvas import CANVAS_SIZE
from sam.segmenter import Segmenter
from track_anything.drift.confidence import Calibration, load_calibration
from track_anything.drift.monitor import Assessment
from track_anything.drift.reprompt import Answer, prompt_from
from track_anything.drift.signals import Signals
from track_anything.drift.thin import grid_cell, thin_part
from track_anything.errors import InputError
from track_anything.types import FrameIndex, Image, LabelMap, Mask, ObjectId
from tracker.propagator import Propagated

SCHEDULED = "scheduled"  # the reason of a firing that no drift called for


@dataclass(frozen=True)
class RefinePolicy:
    """When the segmenter is asked about a propagated mask, and when its answer replaces the mask.

    It does when it agrees with the mask and predicts well of itself, and either confidence does not fall by
    hearing it or the mask was doubtful anyway: of low confidence, or in pieces. One that makes a mask smaller
    has to be very steady unless the mask has drifted, since the segmenter mostly drops parts, where it is
    not; what is thin and confident it may not take at all, since its grid is too coarse to draw that. One
    that makes a mask of thin parts larger has to be steady, too: what is not fills the gaps between them. One
    that makes any mask larger and thinks little of itself takes what lies beside it.

    Attributes:
        min_agreement: least IoU, 0 to 1, of the answer with the propagated mask. Below it the segmenter has
            most likely taken hold of something else, and the propagated mask stays.
        min_predicted_iou: least IoU, 0 to 1, that the segmenter predicts for its own answer.
        sure_predicted_iou: likewise where the mask was not doubtful.
        growing_predicted_iou: likewise of an answer that makes the mask larger.
        shrinking_stability: least IoU, 0 to 1, of an answer that makes the mask smaller at a strict and at a
            lenient threshold, unless the mask has drifted.
        filling_stability: likewise of an answer that makes a mask of thin parts larger.
        thinness: area of the band along a mask's boundary over its own, from which it is one of thin parts.
        drifted_below: confidence, 0 to 1, under which a mask has drifted.
        doubtful_below: confidence, 0 to 1, under which a propagated mask was doubtful anyway.
        fragmented_above: share of it outside its largest piece, 0 to 1, over which it was.
        every: the segmenter is asked on frames whose index is a multiple of this, drift or no drift; 1 = on
            each, 0 = only on drift. Of a tracker that looks at the segmenter's embedding of some frames it is
            asked on those, which costs no second one.
        on_drift: whether it is asked, too, when a mask has drifted.
        cooldown: frames after a drift that was asked about before it is asked about again, at least 1.
        most_enlarged: frames that the segmenter sees larger than so many times their size are too blurred for
            its answers to be worth more than the masks: about them it is not asked.
        points: points inside the mask that go into the prompt, beside box and logits.
        thin_below: what is thinner than so many cells of the segmenter's mask grid is thin; 0 = nothing is.
        thin_confidence: probability, 0 to 1, from which a pixel of what is thin is kept.
    """

    min_agreement: float = 0.6
    min_predicted_iou: float = 0.5
    sure_predicted_iou: float = 0.97
    growing_predicted_iou: float = 0.78
    shrinking_stability: float = 0.965
    filling_stability: float = 0.84
    thinness: float = 1.4
    drifted_below: float = 0.5
    doubtful_below: float = 0.7
    fragmented_above: float = 0.2
    every: int = 1
    on_drift: bool = True
    cooldown: int = 5
    most_enlarged: float = float("inf")
    points: int = 2
    thin_below: float = 3.0
    thin_confidence: float = 0.7

    def __post_init__(self) -> None:
        """Refuse intervals that no frame is a multiple of."""
        if self.every < 0:
            raise InputError(f"refinement every {self.every} frames is not possible: give at least 0")
        if self.cooldown < 1:
            raise InputError(f"a cool-down of {self.cooldown} frames is not possible: give at least 1")

    def reason_to_ask(
        self, frame: FrameIndex, assessment: Assessment | None, *, is_embedded: bool | None = None
    ) -> str:
        """Why the segmenter should be asked about a mask: drift, the schedule, or "" for no reason."""
        drifted_for = assessment.drifted_for if assessment else 0
        is_drift_due = self.on_drift and drifted_for % self.cooldown == 1 % self.cooldown and drifted_for > 0
        if assessment is not None and is_drift_due:
            return assessment.reason
        is_due = frame % max(self.every, 1) == 0 if is_embedded is None else is_embedded
        is_scheduled = self.every > 0 and is_due
        return SCHEDULED if is_scheduled else ""

    def accepts(self, answer: Answer, signals: Signals | None, before: float, after: float) -> bool:
        """Whether an answer takes the place of the propagated mask.

        Args:
            answer: the segmenter's.
            signals: seen on the propagated mask; None where there is no monitor, and the rest does not count.
            before: confidence of the propagated mask, 0 to 1.
            after: the same, now that the segmenter was heard.
        """
        is_plausible = (
            answer.agreement >= self.min_agreement and answer.predicted_iou >= self.min_predicted_iou
        )
        has_drifted = signals is not None and before < self.drifted_below
        has_thin_parts = signals is not None and signals.thinness >= self.thinness
        drops_parts = answer.growth < 0 and answer.stability < self.shrinking_stability and not has_drifted
        fills_gaps = answer.growth >= 0 and answer.stability < self.filling_stability and has_thin_parts
        was_doubtful = signals is not None and (
            before < self.doubtful_below or signals.fragments > self.fragmented_above
        )
        is_sure = after >= before and answer.predicted_iou >= self.sure_predicted_iou
        takes_more = answer.growth > 0 and answer.predicted_iou < self.growing_predicted_iou
        is_harmful = drops_parts or fills_gaps or takes_more
        return is_plausible and not is_harmful and (signals is None or was_doubtful or is_sure)


@dataclass(frozen=True)
class Firing:
    """One time the segmenter was asked to mend a propagated mask.

    Attributes:
        frame: where.
        object_id: whose mask.
        reason: the signal that called for it, or ``scheduled``.
        agreement: IoU of the answer with the propagated mask, 0 to 1.
        before: confidence of the propagated mask, 0 to 1.
        after: confidence of the mask that was kept, now that the segmenter was heard, 0 to 1.
        accepted: whether the answer replaced the propagated mask.
    """

    frame: FrameIndex
    object_id: ObjectId
    reason: str
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
    """Asks the segmenter about propagated masks: logits, box and points are the prompt of one decode.

    Args:
        segmenter: should keep embeddings, since the frame may have been embedded already.
        policy: when it is asked, and when an answer is accepted.
        calibration: from evidence to confidence; None = the one that comes with the package.
    """

    def __init__(
        self,
        segmenter: Segmenter[Any],
        policy: RefinePolicy | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        self._segmenter = segmenter
        self._policy = policy or RefinePolicy()
        self._calibration = calibration or load_calibration()

    def refine(
        self,
        frame: FrameIndex,
        image: Image,
        propagated: Propagated,
        assessments: Mapping[ObjectId, Assessment] | None = None,
        *,
        skip: Collection[ObjectId] = (),
    ) -> Refined:
        """Mend the masks of one frame.

        Args:
            frame: index of the frame, for the schedule and the record.
            image: (H, W, 3) uint8 RGB.
            propagated: what the propagator says about it.
            assessments: what the drift monitor says; without it only the schedule asks.
            skip: objects whose masks are known here and stay as they are.
        """
        known_signs = assessments or {}
        masks = {o: propagated.label_map == o for o in propagated.object_ids}
        reasons = {
            object_id: reason
            for object_id, mask in masks.items()
            if object_id not in skip
            and mask.any()
            and (
                reason := self._policy.reason_to_ask(
                    frame, known_signs.get(object_id), is_embedded=propagated.is_embedded
                )
            )
        }
        is_too_small = max(image.shape[:2]) * self._policy.most_enlarged < CANVAS_SIZE
        if is_too_small or not reasons:
            return Refined(propagated.label_map, ())
        embedding = self._segmenter.embed(image)
        firings: list[Firing] = []
        for object_id, reason in reasons.items():
            prompt = prompt_from(propagated, object_id, points=self._policy.points)
            candidates = self._segmenter.predict(embedding, prompt)
            answer = Answer.of(candidates, masks[object_id])
            assessment = known_signs.get(object_id)
            before, after = self._confidence(answer, assessment, propagated.confidence[object_id])
            signals = assessment.signals if assessment else None
            is_accepted = self._policy.accepts(answer, signals, before, after)
            if is_accepted:
                taken = candidates.masks[candidates.best]
                masks[object_id] = taken | self._protected(masks[object_id], propagated, object_id)
            firings.append(Firing(frame, object_id, reason, answer.agreement, before, after, is_accepted))
        probabilities = dict(zip(propagated.object_ids, propagated.probabilities[1:], strict=True))
        return Refined(resolve_overlaps(masks, probabilities), tuple(firings))

    def _protected(self, mask: Mask, propagated: Propagated, object_id: ObjectId) -> Mask:
        """What an answer may not take of a propagated (H, W) mask."""
        probability = propagated.probabilities[propagated.object_ids.index(object_id) + 1]  # (H, W)
        is_confident = mask & (probability >= self._policy.thin_confidence)
        height, width = mask.shape
        is_thin = thin_part(mask, self._policy.thin_below * grid_cell((height, width)))
        return np.asarray(is_thin & is_confident, np.bool_)

    def _confidence(self, answer: Answer, assessment: Assessment | None, own: float) -> tuple[float, float]:
        """Before and after the segmenter was heard; the networks' own words where there is no monitor."""
        if assessment is None or assessment.signals is None:
            return own, answer.predicted_iou
        evidence = np.concatenate((assessment.signals.values, answer.values))
        return assessment.confidence, self._calibration.checked(evidence)


def resolve_overlaps(
    masks: Mapping[ObjectId, Mask], probabilities: Mapping[ObjectId, NDArray[np.float32]]
) -> LabelMap:
    """Masks that may overlap as one (H, W) label map: the most probable claimant wins a pixel.

    Args:
        masks: (H, W) per object, at least one.
        probabilities: (H, W) of the same objects.
    """
    size = next(iter(masks.values())).shape
    label_map, highest = np.zeros(size, np.uint8), np.zeros(size, np.float32)  # (H, W)
    for object_id, mask in sorted(masks.items()):
        wins = mask & (probabilities[object_id] >= highest)
        label_map[wins] = object_id
        highest[wins] = probabilities[object_id][wins]
    return label_map
