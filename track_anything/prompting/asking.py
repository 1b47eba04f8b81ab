"""How the segmenter is asked about one image, and which pixels clicks are on."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sam.prompt import Prompt
from sam.segmenter import Candidates, Segmenter
from track_anything.project.clean_up import without_specks
from track_anything.types import Mask

E = TypeVar("E")

Ask = Callable[[Prompt], Candidates]
"""What the segmenter says to a prompt about the frame."""


def asking(segmenter: Segmenter[E], embedding: E) -> Ask:
    """What the segmenter says about an embedded image, without its slips of a few pixels."""

    def ask(prompt: Prompt) -> Candidates:
        found = segmenter.predict(embedding, prompt)
        spots = clicked(prompt.points, found.masks.shape[1:])
        return replace(found, masks=np.stack([without_specks(mask, spots) for mask in found.masks]))

    return ask


def clicked(points: NDArray[np.float32], size: tuple[int, ...]) -> Mask:
    """(H, W) of a size: the pixels that were clicked at (N, 2) points."""
    mask = np.zeros(size, np.bool_)
    for point in points:
        mask[pixel_of(point)] = True
    return mask


def pixel_of(point: NDArray[np.float32]) -> tuple[int, int]:
    """(row, column) of a click (x, y)."""
    x, y = point
    return round(float(y)), round(float(x))
