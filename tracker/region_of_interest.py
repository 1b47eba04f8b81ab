"""Which part of the next frame objects can be in, so that the rest need not be looked at."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.modeling.xmem import STRIDE
from tracker.region import Region
from tracker.surroundings import SurroundingsConfig

_Box: TypeAlias = tuple[float, ...]  # top, bottom, left, right in cells; empty = the object was not seen

_EARLIER = ".earlier"
_APART = 1.4  # times the work, for a cell, where an object is drawn by itself: features are prepared anew


@dataclass(frozen=True)
class RegionConfig:
    """How much around objects is looked at, or drawn where all of a frame is seen.

    Attributes:
        margin: on each side of the box round all objects, as a share of that side of the box, at least 0.
        least_margin: cells of it at least, and what an object may move in a frame.
        sides: shares of the sides of the canvas, ascending, that those of a region are brought up to, since
            engines have to prepare for each size.
        most: share of the canvas above which all of it is looked at instead.
        surroundings: how long the rest of a frame that is written to memory need not be seen.
    """

    margin: float = 0.25
    least_margin: float = 3.0
    sides: tuple[float, ...] = (0.25, 0.375, 0.5, 0.625, 0.75, 0.875)
    most: float = 0.8
    surroundings: SurroundingsConfig = field(default_factory=SurroundingsConfig)


@dataclass(frozen=True)
class Regions:
    """Where objects are looked for on a frame.

    Attributes:
        seen: where any of them is; holds all the others.
        drawn: where each is, by object.
    """

    seen: Region
    drawn: Mapping[int, Region]

    @classmethod
    def all_in(cls, region: Region, object_ids: Iterable[int]) -> Self:
        """All objects are drawn in all that is seen."""
        return cls(region, dict.fromkeys(object_ids, region))

    def widened(self, beyond: Collection[int]) -> Self:
        """Where to look again, now that objects turned out to be beyond their own.

        One that is has moved by itself and is looked for everywhere; several tell of a camera that has moved,
        and all objects are.
        """
        whole = Region.whole(self.seen.grid)
        moved = beyond if len(beyond) == 1 else self.drawn
        return type(self)(whole, {**self.drawn, **dict.fromkeys(moved, whole)})


class RegionOfInterest:
    """Where objects were a frame ago, as boxes.

    What is far from all objects has no part in their masks: their features, what they read of memory and what
    is drawn from it are those of the cells around them. An object that was not seen can be anywhere, and so
    can one that has just leapt: it moved on any side by more than the margin, or was taken for another one.

    Args:
        config: how much is looked at; None = always all of it, and nothing is kept.
    """

    def __init__(self, config: RegionConfig | None) -> None:
        self._config = config
        self._boxes: dict[int, _Box] = {}
        self._earlier: dict[int, _Box] = {}  # as they were on the frame before

    def follow(self, masks: Mapping[int, torch.Tensor]) -> None:
        """Take in where objects are by now: (H, W) probabilities of the canvas by their ids."""
        if self._config is not None and masks:
            self._boxes |= dict(zip(masks, _boxes(list(masks.values())), strict=True))

    def next_regions(self, object_ids: Sequence[int], grid: tuple[int, int]) -> Regions:
        """What has to be looked at of a canvas of (h, w) cells to find objects on the next frame.

        Returns:
            The region of all objects, and that of each of them, where drawing in those spares enough.
        """
        seen = self._region(object_ids, grid)
        own = {object_id: self._region([object_id], grid).moved_into(seen) for object_id in object_ids}
        is_worth_it = _APART * sum(each.area for each in own.values()) < len(own) * seen.area
        self._earlier = dict(self._boxes)
        return Regions(seen, own) if is_worth_it else Regions.all_in(seen, object_ids)

    def _region(self, object_ids: Iterable[int], grid: tuple[int, int]) -> Region:
        boxes = [self._box_around(object_id) for object_id in object_ids]
        if self._config is None or not boxes or not all(boxes):
            return Region.whole(grid)
        tops, bottoms, lefts, rights = zip(*boxes, strict=True)
        top, height = _stretch(min(tops), max(bottoms), grid[0], self._config)
        left, width = _stretch(min(lefts), max(rights), grid[1], self._config)
        found = Region(top, left, height, width, grid)
        return Region.whole(grid) if found.area > self._config.most * grid[0] * grid[1] else found

    def _box_around(self, object_id: int) -> _Box:
        """Where an object was; empty = it can be anywhere."""
        box, before = self._boxes.get(object_id, ()), self._earlier.get(object_id)
        if not box or not before or self._config is None:
            return box
        leap = max(abs(now - then) for now, then in zip(box, before, strict=True))
        return box if leap <= self._config.least_margin else ()

    def forget(self, object_id: int) -> None:
        """Forget where an object was."""
        self._boxes.pop(object_id, None)
        self._earlier.pop(object_id, None)

    def reset(self) -> None:
        """Forget where all of them were."""
        self._boxes, self._earlier = {}, {}

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Everything kept, as arrays."""
        kept = ("", self._boxes), (_EARLIER, self._earlier)
        return {
            f"{object_id}{when}": np.array(box) for when, boxes in kept for object_id, box in boxes.items()
        }

    def load_state(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Replace everything by a ``state``."""
        self.reset()
        for name, array in arrays.items():
            boxes = self._earlier if name.endswith(_EARLIER) else self._boxes
            boxes[int(name.removesuffix(_EARLIER))] = tuple(array.tolist())


def _boxes(masks: Sequence[torch.Tensor]) -> list[_Box]:
    """Top, bottom, left and right of each of (H, W) probabilities, in cells; empty where there is nothing."""
    greatest = (torch.stack([mask.amax(dim=dim) for mask in masks]) for dim in (1, 0))  # (K, H) and (K, W)
    rows, columns = ((lines > 0.5).cpu().numpy() for lines in greatest)  # of all at once
    return [_ends(*own) for own in zip(rows, columns, strict=True)]


def _ends(*lines: NDArray[np.bool_]) -> _Box:
    places = [np.flatnonzero(line) for line in lines]
    ends = ((own[0] / STRIDE, (own[-1] + 1) / STRIDE) for own in places if len(own))
    return tuple(float(end) for pair in ends for end in pair)


def _stretch(start: float, end: float, cells: int, config: RegionConfig) -> tuple[int, int]:
    """First cell and number of cells of a region along one side of a canvas, round a box along it."""
    margin = max(config.least_margin, config.margin * (end - start))
    first, beyond = max(0, math.floor(start - margin)), min(cells, math.ceil(end + margin))
    sizes = (math.ceil(share * cells) for share in config.sides)
    size = next((size for size in sizes if size >= beyond - first), cells)
    middle = round((first + beyond - size) / 2)
    return min(max(0, middle), cells - size), size
