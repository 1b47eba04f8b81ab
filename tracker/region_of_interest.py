"""Which part of the next frame objects can be in, so that the rest need not be looked at."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.modeling.xmem import STRIDE
from tracker.region import Region

_APART = 1.4  # times the work, for a cell, where an object is drawn by itself: features are prepared anew


@dataclass(frozen=True)
class RegionConfig:
    """How much around objects is looked at on frames that are not written to memory.

    Attributes:
        margin: on each side of the box round all objects, as a share of that side of the box, at least 0.
        least_margin: cells of it at least.
        sides: shares of the canvas's sides, ascending, that those of a region are brought up to: an engine
            compiles networks for each size.
        most: share of the canvas above which all of it is looked at instead.
    """

    margin: float = 0.25
    least_margin: float = 3.0
    sides: tuple[float, ...] = (0.25, 0.375, 0.5, 0.625, 0.75, 0.875)
    most: float = 0.8


@dataclass(frozen=True)
class Regions:
    """What is looked at of a frame, and where in it each object is drawn.

    Attributes:
        seen: holds all the others.
        drawn: by object.
    """

    seen: Region
    drawn: Mapping[int, Region]

    @classmethod
    def all_in(cls, region: Region, object_ids: Iterable[int]) -> Self:
        """All objects are drawn in all that is seen."""
        return cls(region, dict.fromkeys(object_ids, region))


class RegionOfInterest:
    """Where objects were a frame ago, as boxes.

    What is far from all objects has no part in their masks: their features, what they read of memory and what
    is drawn from it are those of the cells around them. An object that was not seen can be anywhere.

    Args:
        config: how much is looked at; None = always all of it, and nothing is kept.
    """

    def __init__(self, config: RegionConfig | None) -> None:
        self._config = config
        self._boxes: dict[int, tuple[float, ...]] = {}  # top, bottom, left, right in cells; empty = not seen

    def follow(self, masks: Mapping[int, torch.Tensor]) -> None:
        """Take in where objects are by now: (H, W) probabilities of the canvas by their ids."""
        if self._config is not None:
            self._boxes |= {object_id: _box(mask > 0.5) for object_id, mask in masks.items()}

    def region(self, object_ids: Iterable[int], grid: tuple[int, int]) -> Region:
        """What has to be looked at of a canvas of (h, w) cells to find some objects on the next frame."""
        boxes = [self._boxes.get(object_id, ()) for object_id in object_ids]
        if self._config is None or not boxes or not all(boxes):
            return Region.whole(grid)
        tops, bottoms, lefts, rights = zip(*boxes, strict=True)
        top, height = _stretch(min(tops), max(bottoms), grid[0], self._config)
        left, width = _stretch(min(lefts), max(rights), grid[1], self._config)
        found = Region(top, left, height, width, grid)
        return Region.whole(grid) if found.area > self._config.most * grid[0] * grid[1] else found

    def regions(self, object_ids: Sequence[int], grid: tuple[int, int]) -> Regions:
        """The region of all objects, and of each its own, where that spares enough of the drawing."""
        seen = self.region(object_ids, grid)
        own = {object_id: self.region([object_id], grid).moved_into(seen) for object_id in object_ids}
        together = Regions.all_in(seen, object_ids)
        is_worth_it = _APART * sum(each.area for each in own.values()) < len(own) * seen.area
        return Regions(seen, own) if is_worth_it else together

    def forget(self, object_id: int) -> None:
        """Forget where an object was."""
        self._boxes.pop(object_id, None)

    def reset(self) -> None:
        """Forget where all of them were."""
        self._boxes = {}

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything kept, as arrays."""
        return {str(object_id): np.array(box, np.float64) for object_id, box in self._boxes.items()}

    def load_state(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Replace everything by a ``state``."""
        self._boxes = {int(name): tuple(array.tolist()) for name, array in arrays.items()}


def _box(mask: torch.Tensor) -> tuple[float, ...]:
    """Top, bottom, left and right of (H, W) bool, in cells; empty where there is nothing."""
    rows, columns = (torch.nonzero(mask.any(dim=dim)).flatten() for dim in (1, 0))
    if not len(rows):
        return ()
    ends = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    return tuple(float(end) / STRIDE for end in ends)


def _stretch(start: float, end: float, cells: int, config: RegionConfig) -> tuple[int, int]:
    """First cell and number of cells of a region along one side of a canvas, round a box along it."""
    margin = max(config.least_margin, config.margin * (end - start))
    first, beyond = max(0, math.floor(start - margin)), min(cells, math.ceil(end + margin))
    sizes = (math.ceil(share * cells) for share in config.sides)
    size = next((size for size in sizes if size >= beyond - first), cells)
    middle = round((first + beyond - size) / 2)
    return min(max(0, middle), cells - size), size
