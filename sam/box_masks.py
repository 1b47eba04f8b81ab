"""Masks of the things in boxes, in two passes.

Kirillov et al., ICCV 2023, section 7.4 "Zero-shot instance segmentation": a detector's boxes are prompts. The
second pass is told its own first answer beside the box, as in the training of the network (appendix A). Its
answer counts where it is more stable, no less sure and of the same thing: where a box is not tight, the
second answer follows the box more closely than the thing.
"""

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sam.errors import SamError
from sam.prompt import Prompt
from sam.segmenter import Candidates, Segmenter

E = TypeVar("E")

PASSES = 2
_SAME_THING = 0.5  # IoU of two answers, from which on both are of one thing


def masks_in_boxes(
    segmenter: Segmenter[E],
    embedding: E,
    boxes: NDArray[np.floating],
    *,
    passes: int = PASSES,
) -> Iterator[Candidates]:
    """Segment what each box is drawn around; nothing is kept of a box that was answered.

    Args:
        segmenter: any.
        embedding: of the image that the boxes lie on.
        boxes: (N, 4) ``(x0, y0, x1, y1)`` in source pixels.
        passes: 1 to hear the answer to the box alone, 2 to refine it once where that is steadier; at least 1.

    Yields:
        N answers with one candidate each, in the order of the boxes.

    Raises:
        SamError: no pass is wanted.
        PromptError: a box is empty or lies outside of the image.
    """
    if passes < 1:
        raise SamError(f"passes cannot be {passes}: give at least 1")
    for box in boxes:
        answer = segmenter.predict(embedding, Prompt(box=box))
        for _ in range(passes - 1):
            answer = steadier(answer, refined(segmenter, embedding, box, answer))
        yield answer


def refined(
    segmenter: Segmenter[E], embedding: E, box: NDArray[np.floating], answer: Candidates
) -> Candidates:
    """The answer to a box (4,) and to an earlier answer to it."""
    return segmenter.predict(embedding, Prompt(box=box).with_logits(answer.logits[answer.best]))


def steadier(first: Candidates, second: Candidates) -> Candidates:
    """The second of two answers where its best mask is more stable, no less sure, and of the same thing.

    Else it is the first: a second answer of something else is no refinement.
    """
    is_steadier = second.stability[second.best] > first.stability[first.best]
    is_sure = second.scores[second.best] >= first.scores[first.best]
    before, after = first.masks[first.best], second.masks[second.best]
    shared, union = np.count_nonzero(before & after), np.count_nonzero(before | after)
    is_same_thing = shared >= _SAME_THING * union
    return second if is_steadier and is_sure and is_same_thing else first
