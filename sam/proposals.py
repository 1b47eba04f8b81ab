"""Object proposals: what may be an object, the likeliest first.

Kirillov et al., ICCV 2023, section 7.3 "Zero-shot object proposals" and appendix D.3.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from sam.automatic import AutomaticMasks
from sam.automatic_mask import AutomaticMask, FoundMask
from sam.canvas import CANVAS_SIZE, fit_canvas
from sam.errors import SamError
from sam.mask_filters import box_of
from sam.segmenter import Segmenter

E = TypeVar("E")

# Hardly anything is left out and nested things stay, for recall is what counts.
_LENIENT = AutomaticMasks(min_predicted_iou=0.5, min_stability=0.5, max_overlap=0.9)


@dataclass(frozen=True)
class Proposals:
    """How proposals are found; ``find`` finds them.

    Attributes:
        points_per_side: n for n x n clicks on the image, at least 1.
        most: so many are handed out at most, at least 1.

    Raises:
        SamError: a number is outside its limits.
    """

    points_per_side: int = 64
    most: int = 1000

    def __post_init__(self) -> None:
        """Refuse numbers below 1."""
        for name in ("points_per_side", "most"):
            if getattr(self, name) < 1:
                raise SamError(f"{name} cannot be {getattr(self, name)}: give at least 1")

    def find(
        self,
        segmenter: Segmenter[E],
        image: NDArray[np.uint8],
        embedding: E | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[AutomaticMask]:
        """Find what may be an object.

        Memory does not grow with the image beyond a mask of it: masks are kept packed, at no more than the
        1024 pixels that the network sees, and brought to the size of the image one after the other.

        Args:
            segmenter: any; a ``PointSegmenter`` is faster than others.
            image: (H, W, 3) uint8 RGB.
            embedding: of the image, where the caller has it and neither side has more than 1024 pixels.
            progress: called with (batches done, batches in all); an error raised in it ends the search.

        Yields:
            The masks, (H, W), by the mean of predicted IoU and stability, best first.
        """
        size = image.shape[0], image.shape[1]
        is_large = max(size) > CANVAS_SIZE
        if is_large:
            rows, columns = fit_canvas(*size)
            smaller = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
            image, embedding = np.asarray(smaller, np.uint8), None
        lenient = replace(_LENIENT, points_per_side=self.points_per_side)
        steps = lenient.packed_steps(segmenter, image, embedding)
        found: list[FoundMask] = []
        while True:
            try:
                done, total = next(steps)
            except StopIteration as end:
                found = end.value
                break
            if progress is not None:
                progress(done, total)
        found.sort(key=lambda each: -(each.predicted_iou + each.stability))
        for each in found[: self.most]:
            yield _at_size(each, (image.shape[0], image.shape[1]), size)


def _at_size(found: FoundMask, seen: tuple[int, int], size: tuple[int, int]) -> AutomaticMask:
    """A mask found on an image of (h, w), for the same image at (H, W)."""
    mask, point = found.unpack(seen), found.point
    if seen != size:
        larger = cv2.resize(mask.astype(np.uint8) * 255, size[::-1], interpolation=cv2.INTER_LINEAR)
        mask = larger > 127  # an image is only ever made larger here, so that no mask is lost
        point = point[0] * size[1] / seen[1], point[1] * size[0] / seen[0]
    return AutomaticMask(
        mask, box_of(mask), int(np.count_nonzero(mask)), found.predicted_iou, found.stability, point
    )
