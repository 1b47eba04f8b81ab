"""What looks like an example: masks from clicks where an image looks like it, and from a detector's boxes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sam.box_masks import masks_in_boxes
from sam.point_segmenter import predict_points
from sam.segmenter import Segmenter
from track_anything.prompting.finding.likeness import Appearance, Likeness, Looks, best_of, peaks
from track_anything.prompting.finding.scoring import EVIDENCE
from track_anything.prompting.finding.sightings import Classes, Sightings
from track_anything.types import Image, Mask

_CLICKS = 48  # on an image
_LEAST_IOU = 0.6  # predicted, of an answer to such a click
_LEAST_STABILITY = 0.8
_LEAST_CLASS = 0.015  # of an example, below which the detector has not recognised it at all


@dataclass(frozen=True, eq=False)
class Example:
    """Something that others are to be like, or are not.

    Attributes:
        looks: what it looks like.
        classes: (C,) what the detector takes it for.
    """

    looks: Looks
    classes: Classes

    @property
    def class_shares(self) -> Classes:
        """(C,) what each class counts for others like it, 1 in all; nothing where it is hardly recognised."""
        is_recognised = float(self.classes.max(initial=0)) >= _LEAST_CLASS
        return self.classes / self.classes.sum() if is_recognised else np.zeros_like(self.classes)


@dataclass(frozen=True, eq=False)
class Alike:
    """A mask that may be like the examples.

    Attributes:
        mask: (H, W), never empty.
        likeness: to the examples.
        predicted_iou: about 0 to 1.
        stability: 0 to 1.
        class_score: how sure the detector is that it is of the class of an example, 0 to 1.
        refused: how much more it is like something that was refused, at least 0.
    """

    mask: Mask
    likeness: Likeness
    predicted_iou: float
    stability: float
    class_score: float
    refused: float = 0.0

    @property
    def evidence(self) -> NDArray[np.float64]:
        """All that its score is made of, (E,) in the order of ``EVIDENCE``."""
        like = self.likeness
        told = {
            "inside": like.inside, "covered": like.covered, "rim": like.rim, "contrast": like.contrast,
            "size": like.size, "sure": self.predicted_iou, "stable": self.stability,
            "class_score": self.class_score,
        }  # fmt: skip
        return np.array([told[name] for name in EVIDENCE], np.float64)


def evidence_of(found: Sequence[Alike]) -> NDArray[np.float64]:
    """(N, E) of all that was found on an image."""
    return np.array([each.evidence for each in found], np.float64).reshape(-1, len(EVIDENCE))


def example_of(appearance: Appearance, mask: Mask, sightings: Sightings) -> Example:
    """Describe a marked mask (H, W), with what the detector says of its image."""
    return Example(appearance.looks_of(mask), sightings.classes_of(mask))


def alike(
    segmenter: Segmenter[Any],
    image: Image,
    embedding: Any,  # noqa: ANN401 - each segmenter has one of its own
    appearance: Appearance,
    examples: Sequence[Example],
    refused: Sequence[Example] = (),
    sightings: Sightings | None = None,
) -> Iterator[Alike]:
    """Find masks that may be like examples; the same thing may be found many times.

    Args:
        segmenter: any.
        image: (H, W, 3) RGB.
        embedding: of the image.
        appearance: of the image, around the centre of the examples.
        examples: at least one.
        refused: what is not meant.
        sightings: what the detector says of the image; None = nothing.
    """
    seen = sightings or Sightings.none()
    shares = [each.class_shares for each in examples]
    for mask, predicted_iou, stability in _masks(segmenter, image, embedding, appearance, examples, seen):
        likeness = best_of([appearance.likeness(mask, each.looks) for each in examples])
        against = [appearance.likeness(mask, each.looks) for each in refused]
        closer = max((_closeness(each) for each in against), default=-np.inf) - _closeness(likeness)
        classes = seen.classes_of(mask)
        class_score = max(float(share @ classes) for share in shares)
        yield Alike(mask, likeness, predicted_iou, stability, class_score, max(0.0, float(closer)))


def _masks(
    segmenter: Segmenter[Any],
    image: Image,
    embedding: Any,  # noqa: ANN401 - likewise
    appearance: Appearance,
    examples: Sequence[Example],
    sightings: Sightings,
) -> Iterator[tuple[Mask, float, float]]:
    """Masks (H, W), predicted IoU, stability: of clicks where an image looks like examples, and of boxes."""
    height, width = image.shape[:2]
    rows, columns = appearance.size
    similar = np.max([appearance.map_of(each.looks) for each in examples], axis=0)  # (h, w)
    cells = peaks(similar, _CLICKS)
    points = (cells[:, ::-1] + 0.5) * (width / columns, height / rows)
    points = np.minimum(points, (width - 1, height - 1)).astype(np.float32)  # (N, 2)
    for answer in predict_points(segmenter, embedding, points, min_predicted_iou=_LEAST_IOU):
        for mask, score, stability in zip(answer.masks, answer.scores, answer.stability, strict=True):
            if stability >= _LEAST_STABILITY and mask.any():
                yield mask, float(score), float(stability)
    likeliest = np.max([each.class_shares for each in examples], axis=0)  # (C,)
    for answer in masks_in_boxes(segmenter, embedding, sightings.boxes_of(likeliest), passes=1):
        best = answer.best
        if answer.masks[best].any():
            yield answer.masks[best], float(answer.scores[best]), float(answer.stability[best])


def _closeness(likeness: Likeness) -> float:
    return likeness.inside + likeness.covered
