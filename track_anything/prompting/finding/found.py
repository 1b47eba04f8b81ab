"""Something that was found, before anybody has said that it is an object."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from track_anything.types import FrameIndex, Image, Mask

_SAME = 0.5  # IoU from which on two masks are of one thing
_PART = 0.85  # share of a mask inside a better one, from which on it is a part of that
_TAKEN = 0.6  # share of a mask that other objects hold, from which on it is one of them


@dataclass(frozen=True, eq=False)
class Found:
    """Something on a frame that may become an object.

    Attributes:
        frame: the frame.
        name: what it is; empty = nobody said.
        score: how well it fits what was looked for, 0 to 1.
        mask: (H, W), never empty.
        image: (H, W, 3) what it is on, where that is no frame of the video that is looked at.
    """

    frame: FrameIndex
    name: str
    score: float
    mask: Mask
    image: Image | None = None


def without_doubles(found: Iterable[Found], taken: Mask | None = None) -> list[Found]:
    """The best of those that show one thing, without what is taken already; best score first.

    Args:
        found: on one frame.
        taken: (H, W) pixels of objects that are there.
    """
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: -each.score):
        is_there = taken is not None and is_taken(one.mask, taken)
        if not is_there and not any(is_of(one.mask, each.mask) for each in kept):
            kept.append(one)
    return kept


def numbered(names: Sequence[str], there: Iterable[str]) -> list[str]:
    """Names that are unlike each other and those there: ``person``, ``person 2``, ``person 3``."""
    used, result = set(there), []
    for name in names:
        count, candidate = 1, name
        while candidate in used:
            count += 1
            candidate = f"{name} {count}"
        used.add(candidate)
        result.append(candidate)
    return result


def is_of(mask: Mask, better: Mask) -> bool:
    """Whether a mask shows the same thing as a better one, or a part of it."""
    shared, area = np.count_nonzero(mask & better), np.count_nonzero(mask)
    union = area + np.count_nonzero(better) - shared
    return bool(shared >= _SAME * union or shared >= _PART * area)


def is_taken(mask: Mask, taken: Mask) -> bool:
    """Whether a mask shows what other objects hold already."""
    return bool(np.count_nonzero(mask & taken) >= _TAKEN * np.count_nonzero(mask))
