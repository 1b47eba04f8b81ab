"""What looks like an example: masks from clicks where an image looks like it, and from a detector's boxes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sam.box_masks import masks_in_boxes
from sam.point_segmenter import predict_points
from sam.segmenter import Segmenter
from track_anything.masks import box_of
from track_anything.models.detector import Detection
from track_anything.prompting.finding.likeness import Appearance, Likeness, Looks, best_of, peaks
from track_anything.types import Image, Mask

_CLICKS = 48  # on an image
_LEAST_IOU = 0.6  # predicted, of an answer to such a click
_LEAST_STABILITY = 0.8
LEAST_DETECTION = 0.05
"""Score of a detector's box that is looked into."""

LEAST_LIKENESS = 0.25
"""Score from which on something is taken for another one like the examples."""

_BOXED = 0.5  # IoU of a mask's box with a detector's, from which on it is that thing

# Fitted by ``benchmarks/alike.py --every 3 --fit`` without classes, for many things have none; that of the
# class was chosen on the same pictures.
_BIAS = -3.9
_WEIGHTS = {
    "inside": 0.515, "covered": 0.0, "rim": 1.589, "contrast": 1.032, "size": 0.576, "sure": 1.774,
    "class_score": 5.0,
}  # fmt: skip
EVIDENCE = tuple(_WEIGHTS)
"""The names of what a score is made of."""


@dataclass(frozen=True, eq=False)
class Example:
    """Something that others are to be like, or are not.

    Attributes:
        looks: what it looks like.
        classes: class to score, 0 to 1, of the detector's boxes around it.
    """

    looks: Looks
    classes: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Alike:
    """A mask that may be like the examples.

    Attributes:
        mask: (H, W), never empty.
        likeness: to the examples.
        predicted_iou: about 0 to 1.
        class_score: how sure the detector is that it is of the class of an example, 0 to 1.
        refused: how much more it is like something that was refused, at least 0.
    """

    mask: Mask
    likeness: Likeness
    predicted_iou: float
    class_score: float
    refused: float = 0.0

    @property
    def evidence(self) -> dict[str, float]:
        """All that the score is made of."""
        like = self.likeness
        return {
            "inside": like.inside, "covered": like.covered, "rim": like.rim, "contrast": like.contrast,
            "size": like.size, "sure": self.predicted_iou, "class_score": self.class_score,
        }  # fmt: skip

    @property
    def score(self) -> float:
        """How likely it is another one like the examples, 0 to 1."""
        return score_of(self.evidence, self.refused)


def score_of(evidence: Mapping[str, float], refused: float = 0.0) -> float:
    """How likely a mask shows another one like the examples, 0 to 1; see ``Alike``."""
    logit = _BIAS + sum(_WEIGHTS[name] * value for name, value in evidence.items())
    return float(1 / (1 + np.exp(-np.clip(logit - 10 * refused, -30, 30))))


def example_of(appearance: Appearance, mask: Mask, detections: Sequence[Detection]) -> Example:
    """Describe a marked mask (H, W), with the detections on its image."""
    return Example(appearance.looks_of(mask), _classes_of(mask, detections))


def alike(
    segmenter: Segmenter[Any],
    image: Image,
    embedding: Any,  # noqa: ANN401 - each segmenter has one of its own
    appearance: Appearance,
    examples: Sequence[Example],
    refused: Sequence[Example] = (),
    detections: Sequence[Detection] = (),
) -> Iterator[Alike]:
    """Find masks that may be like examples; the same thing may be found many times.

    Args:
        segmenter: any.
        image: (H, W, 3) RGB.
        embedding: of the image.
        appearance: of the image, around the centre of the examples.
        examples: at least one.
        refused: what is not meant.
        detections: of the detector on the image.
    """
    for mask, predicted_iou in _masks(segmenter, image, embedding, appearance, examples, detections):
        likeness = best_of([appearance.likeness(mask, each.looks) for each in examples])
        against = [appearance.likeness(mask, each.looks) for each in refused]
        closer = max((_closeness(each) for each in against), default=-np.inf) - _closeness(likeness)
        classes = _classes_of(mask, detections)
        shared = (
            min(score * 2, 1.0) * classes.get(name, 0.0)
            for each in examples
            for name, score in each.classes.items()
        )
        yield Alike(mask, likeness, predicted_iou, max(shared, default=0.0), max(0.0, float(closer)))


def _masks(
    segmenter: Segmenter[Any],
    image: Image,
    embedding: Any,  # noqa: ANN401 - likewise
    appearance: Appearance,
    examples: Sequence[Example],
    detections: Sequence[Detection],
) -> Iterator[tuple[Mask, float]]:
    """Masks (H, W) and their predicted IoU: of clicks where an image looks like an example, and of boxes."""
    height, width = image.shape[:2]
    rows, columns = appearance.size
    similar = np.max([appearance.map_of(each.looks) for each in examples], axis=0)  # (h, w)
    cells = peaks(similar, _CLICKS)
    points = (cells[:, ::-1] + 0.5) * (width / columns, height / rows)
    points = np.minimum(points, (width - 1, height - 1)).astype(np.float32)  # (N, 2)
    for answer in predict_points(segmenter, embedding, points, min_predicted_iou=_LEAST_IOU):
        for mask, score, stability in zip(answer.masks, answer.scores, answer.stability, strict=True):
            if stability >= _LEAST_STABILITY and mask.any():
                yield mask, float(score)
    wanted = {name for each in examples for name in each.classes}
    boxes = [each.box for each in detections if each.name in wanted and each.score >= LEAST_DETECTION]
    for answer in masks_in_boxes(segmenter, embedding, np.array(boxes, np.float32).reshape(-1, 4)):
        if answer.masks[answer.best].any():
            yield answer.masks[answer.best], float(answer.scores[answer.best])


def _closeness(likeness: Likeness) -> float:
    return likeness.inside + likeness.covered


def _classes_of(mask: Mask, detections: Sequence[Detection]) -> dict[str, float]:
    """Class to the best score of a box that fits a mask (H, W), weighted by how well it fits."""
    box = box_of(mask)
    found: dict[str, float] = {}
    for each in detections:
        overlap = 0.0 if box is None else _box_iou(each.box, box)
        if overlap >= _BOXED:
            found[each.name] = max(found.get(each.name, 0.0), each.score * overlap)
    return found


def _box_iou(box: tuple[float, ...], other: tuple[float, ...]) -> float:
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(each[2] - each[0]) * (each[3] - each[1]) for each in (box, other)]
    return width * height / (sum(areas) - width * height)
