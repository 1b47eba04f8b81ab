"""A propagated mask as a prompt: what can still be trusted of it."""

from dataclasses import astuple, dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from sam.mask_prompt import logits_from_mask
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.masks import box_of, iou
from track_anything.types import Mask, ObjectId
from tracker.propagator import Propagated

_MOST_GROWTH = 3.0  # caps the logarithm of a ratio of areas


@dataclass(frozen=True)
class Answer:
    """What the segmenter says to a propagated mask, in numbers.

    Attributes:
        agreement: IoU of its mask with the propagated one, 0 to 1.
        predicted_iou: IoU that it predicts for its mask, about 0 to 1.
        stability: IoU of its mask at a strict and at a lenient threshold, 0 to 1.
        growth: log of the area of its mask over that of the propagated one, -3 to 3.
    """

    agreement: float
    predicted_iou: float
    stability: float
    growth: float

    @classmethod
    def of(cls, candidates: Candidates, mask: Mask) -> "Answer":
        """The best of the candidates, held against the propagated (H, W) mask, which is not empty."""
        answer = candidates.masks[candidates.best]
        ratio = max(int(np.count_nonzero(answer)), 1) / int(np.count_nonzero(mask))
        return cls(
            agreement=iou(answer, mask),
            predicted_iou=float(candidates.scores[candidates.best]),
            stability=float(candidates.stability[candidates.best]),
            growth=float(np.clip(np.log(ratio), -_MOST_GROWTH, _MOST_GROWTH)),
        )

    @property
    def values(self) -> NDArray[np.float64]:
        """(A,) in the order of ``ANSWER_NAMES``."""
        return np.array(astuple(self), np.float64)


ANSWER_NAMES = tuple(own.name for own in fields(Answer))


def prompt_from(propagated: Propagated, object_id: ObjectId, *, points: int = 0) -> Prompt:
    """Soft logits on the segmenter's canvas, the box, and points inside.

    Args:
        propagated: the frame as the propagator sees it.
        object_id: its mask is not empty.
        points: how many; each lies where depth, certainty and familiarity together are greatest, and away
            from those before it.
    """
    mask = propagated.label_map == object_id
    probability = propagated.probabilities[propagated.object_ids.index(object_id) + 1]  # (H, W)
    inside = interior_points(mask, probability * propagated.familiarity, points)
    return Prompt(
        points=inside,
        labels=np.ones(len(inside), np.int64),
        box=np.array(box_of(mask), np.float32),
        logits=logits_from_mask(probability),
    )


def interior_points(mask: Mask, trust: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Pixels deep inside a mask where trust is high, at most ``count``, as (N, 2) of (x, y).

    Args:
        mask: (H, W).
        trust: (H, W) at least 0.
        count: fewer are found where the mask is small.
    """
    framed = np.pad(mask, 1).astype(np.uint8)  # the border of the frame counts as an edge
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]  # (H, W)
    worth = np.where(mask, depth * trust, 0)
    rows, columns = np.ogrid[: mask.shape[0], : mask.shape[1]]
    found: list[tuple[int, int]] = []
    while len(found) < count and worth.max() > 0:
        row, column = np.unravel_index(int(worth.argmax()), worth.shape)
        found.append((int(column), int(row)))
        reach = 2 * float(depth[row, column])
        worth[np.hypot(rows - row, columns - column) < reach] = 0
    return np.array(found, np.float32).reshape(-1, 2)
