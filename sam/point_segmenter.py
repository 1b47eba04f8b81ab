"""Many lone clicks on one image at once, and how a segmenter that has no such way gets by."""

from collections.abc import Iterator
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sam.prompt import Prompt
from sam.segmenter import Candidates, Segmenter

E = TypeVar("E")


@runtime_checkable
class PointSegmenter(Segmenter[E], Protocol[E]):
    """A segmenter that answers many lone clicks faster than one after the other."""

    def predict_points(
        self, embedding: E, points: NDArray[np.float32], *, min_predicted_iou: float
    ) -> Iterator[Candidates]:
        """Answer as ``predict_points`` of this module describes, in bounded memory."""
        ...


def predict_points(
    segmenter: Segmenter[E], embedding: E, points: NDArray[np.float32], *, min_predicted_iou: float
) -> Iterator[Candidates]:
    """Take each of many points for a lone positive click, and leave out the candidates of little promise.

    Args:
        segmenter: one that is a ``PointSegmenter`` answers in its own way, any other click by click.
        embedding: of the image that the points lie on.
        points: (N, 2) float32 ``(x, y)`` in source pixels.
        min_predicted_iou: candidates whose predicted IoU is lower are left out.

    Yields:
        N answers in the order of the points, each with 0 to 3 candidates.

    Raises:
        PromptError: a point lies outside the image.
    """
    if isinstance(segmenter, PointSegmenter):
        yield from segmenter.predict_points(embedding, points, min_predicted_iou=min_predicted_iou)
        return
    for x, y in points.tolist():
        answer = segmenter.predict(embedding, Prompt.click(x, y))
        good = answer.scores >= min_predicted_iou  # (M,)
        yield Candidates(answer.masks[good], answer.scores[good], answer.stability[good], answer.logits[good])
