"""Where cells lie, seen from the object, as channels of keys: what is alike but elsewhere is less alike."""

import math
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.frame_network import SeenFrame

_CENTRE = "centre"
_FEWEST = 16  # pixels of the objects that have a centre


class Address(NamedTuple):
    """By what the cells of a frame are found in memory, and find others there.

    Attributes:
        key: (CK, h, w).
        shrinkage: (1, h, w), at least 1.
        selection: (CK, h, w), at least 0.
    """

    key: torch.Tensor
    shrinkage: torch.Tensor
    selection: torch.Tensor


class SpatialPrior:
    """Lets it count, beside likeness, where things lie around a lone object.

    A memory network reads by likeness alone, wherever a cell lies. Here two cells are also held to differ by
    the square of how far apart they lie, each seen from the centre of the object on its own frame: neither a
    moving camera nor an object that moves through the picture makes things lie elsewhere. It takes two more
    channels of keys, which the similarity of XMem (equation 2) treats as the others. Several objects have no
    centre that they all move with; for them likeness alone counts.

    Args:
        weight: of the squared distance in heights of the frame; 0 = likeness alone, and no more channels.
    """

    def __init__(self, weight: float) -> None:
        self._weight = weight
        self._centre: tuple[float, float] | None = None  # (x, y) in heights of the frame

    @property
    def channels(self) -> int:
        """How many are added to keys."""
        return 2 if self._weight else 0

    @property
    def identity(self) -> str:
        """What a saved memory says of it."""
        return f", position {self._weight}" if self._weight else ""

    def queried(self, seen: SeenFrame, objects: int) -> Address:
        """The address of a frame on which so many objects are looked for, where they were on the last one."""
        return self._placed(seen, objects)

    def written(self, seen: SeenFrame, masks: torch.Tensor) -> Address:
        """Likewise of a frame whose masks (K, H, W), probabilities of the canvas, are known."""
        self.follow(masks)
        return self._placed(seen, len(masks))

    def follow(self, masks: Iterable[torch.Tensor]) -> None:
        """Take in where K objects (H, W) are by now; while none is seen, they are where they were."""
        if not self._weight:
            return
        union = reduce(torch.maximum, masks) > 0.5  # (H, W)
        rows, columns = union.sum(dim=1).double(), union.sum(dim=0).double()
        area = float(rows.sum())
        if area >= _FEWEST:
            middles = (
                float((sums * (torch.arange(len(sums), device=sums.device) + 0.5)).sum()) / area / len(rows)
                for sums in (columns, rows)
            )
            self._centre = next(middles), next(middles)

    def reset(self) -> None:
        """Forget where the objects were."""
        self._centre = None

    def state(self) -> dict[str, NDArray[np.generic]]:
        """What is kept, as arrays."""
        return {} if self._centre is None else {_CENTRE: np.array(self._centre)}

    def load_state(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Replace it by a ``state``."""
        self.reset()
        if _CENTRE in arrays:
            x, y = arrays[_CENTRE].tolist()
            self._centre = x, y

    def _placed(self, seen: SeenFrame, objects: int) -> Address:
        key, shrinkage, selection = seen.key[0], seen.shrinkage[0], seen.selection[0]
        if not self._weight:
            return Address(key, shrinkage, selection)
        width, (rows, columns) = len(key), key.shape[1:]
        x, y = self._centre or (0.0, 0.0)
        down = (torch.arange(rows, device=key.device) + 0.5) / rows - y  # (h,)
        across = (torch.arange(columns, device=key.device) + 0.5) / rows - x  # (w,)
        place = torch.stack(torch.meshgrid(down, across, indexing="ij")).to(key.dtype)  # (2, h, w)
        counts = torch.full_like(place, self._weight if objects == 1 else 0.0)
        return Address(
            torch.cat((key, place)),
            shrinkage * math.sqrt((width + self.channels) / width),  # similarities are over the root of CK
            torch.cat((selection, counts)),
        )
