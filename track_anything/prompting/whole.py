"""The whole that clicks mean by themselves, for where a mask is but a part of it.

A mask is held to unless a click well outside of it, with all that was clicked, means something a third larger
that the answer held to it misses, and that holds the mask, or most of which that answer has not found.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.masks import distance_inside, iou
from track_anything.prompting.region import fine_detail
from track_anything.types import Mask

_OUTSIDE = 0.12  # sides of a square as large as the mask between it and a click that is not about its edge
_LARGER = 4 / 3  # areas of the mask
_AGREED = 0.8  # IoU with the answer that is held to the mask from which on they mean the same
_HELD = 0.8  # share of the mask that lies in what it is a part of
_LOST = 0.5  # share of the whole under which an answer has not found it


@dataclass(frozen=True, eq=False)
class Whole:
    """What clicks mean by themselves.

    Attributes:
        mask: (H, W).
        score: the IoU that the segmenter predicts for it, about 0 to 1.
    """

    mask: Mask
    score: float


def outgrowing(
    mask: Mask,
    held: Mask,
    is_open: Mask,
    points: NDArray[np.float32],
    labels: NDArray[np.int64],
    ask: Callable[[Prompt], Candidates],
) -> Whole | None:
    """The whole that the clicks mean where a mask is not to be held to; None = it is.

    Args:
        mask: (H, W), as it is shown when the last click is made.
        held: (H, W) answer to that click that is held to the mask.
        is_open: (H, W): where the tracker was no surer that it is background than it was at the click.
        points: (N, 2) clicks as (x, y), the newest last.
        labels: (N,) 1 = belongs to the object, 0 = does not.
        ask: what the segmenter says to a prompt; called only for a positive click well outside of the mask.
    """
    columns, rows = points.round().astype(np.int64).T  # (N,) each
    is_adding = bool(labels[-1]) and not mask[rows[-1], columns[-1]]
    area = int(np.count_nonzero(mask))
    if not is_adding or not area:
        return None
    away = float(distance_inside(~mask)[rows[-1], columns[-1]])
    if away <= max(_OUTSIDE * float(np.sqrt(area)), fine_detail(mask)):
        return None
    found = ask(Prompt(points=points, labels=labels, wants_all=True))
    whole = found.masks[-1] & (mask | is_open)  # of several answers the last is about the whole
    size = np.count_nonzero(whole)
    is_obedient = bool((whole[rows, columns] == (labels == 1)).all())
    is_new = size >= _LARGER * area and iou(held, whole) < _AGREED
    is_around = np.count_nonzero(whole & mask) >= _HELD * area
    is_missed = np.count_nonzero(held) < _LOST * size
    is_outgrown = is_obedient and is_new and (is_around or is_missed)
    return Whole(whole, float(found.scores[-1])) if is_outgrown else None
