"""Where cells lie, seen from each object: what is alike but elsewhere is less alike."""

import math
from collections.abc import Iterable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.modeling.canvas import Point

_WIDTH = 2  # down and across
_FEWEST = 16  # pixels of an object that has a centre


class SpatialPrior:
    """Lets it count, beside likeness, where things lie around an object.

    A memory network reads by likeness alone, wherever a cell lies. Here two cells are also held to differ by
    the square of how far apart they lie, each seen from the centre of the object on its own frame: neither a
    moving camera nor an object that moves through the picture makes things lie elsewhere. Several objects
    part from each other, and so each of them reads memory by places of its own.

    Attributes:
        centres: of objects by their ids, (x, y) in heights of the canvas.

    Args:
        weight: of the squared distance in heights of the frame, against that of keys; 0 = likeness alone.
    """

    def __init__(self, weight: float) -> None:
        self._weight = weight
        self.centres: dict[int, Point] = {}

    @property
    def width(self) -> int:
        """Numbers that tell where a cell lies; 0 = that does not count."""
        return _WIDTH if self._weight else 0

    @property
    def identity(self) -> str:
        """What a saved memory says of it."""
        return f", place {self._weight}" if self._weight else ""

    def follow(self, masks: Mapping[int, torch.Tensor]) -> None:
        """Take in where objects (H, W) are by now, by their ids; one that is not seen is where it was."""
        if not self.width:
            return
        for object_id, mask in masks.items():
            seen = mask.round()  # (H, W), 1 above 0.5; numbers add up several times as fast as bool
            rows, columns = seen.sum(dim=1).double(), seen.sum(dim=0).double()
            area = float(rows.sum())
            if area >= _FEWEST:
                middles = (
                    float((sums * (torch.arange(len(sums), device=sums.device) + 0.5)).sum())
                    / area
                    / len(rows)
                    for sums in (columns, rows)
                )
                self.centres[object_id] = next(middles), next(middles)

    def places(
        self, object_ids: Iterable[int], grid: tuple[int, int], device: torch.device | str
    ) -> dict[int, torch.Tensor] | None:
        """Where the cells of a frame lie, seen from where each object is now.

        Args:
            object_ids: the objects.
            grid: (h, w) in cells.
            device: where the cells are compared.

        Returns:
            By object (2, h, w), whose squared distances count as much as those of keys do; None = places do
            not count.
        """
        if not self.width:
            return None
        rows, columns = grid
        down = (torch.arange(rows, device=device) + 0.5) / rows  # (h,)
        across = (torch.arange(columns, device=device) + 0.5) / rows  # (w,)
        cells = torch.stack(torch.meshgrid(down, across, indexing="ij"))  # (2, h, w)
        found = {}
        for object_id in object_ids:
            x, y = self.centres.get(object_id, (0.0, 0.0))
            centre = torch.tensor((y, x), device=device)[:, None, None]
            found[object_id] = (cells - centre) * math.sqrt(self._weight)
        return found

    def forget(self, object_id: int) -> None:
        """Forget where an object was."""
        self.centres.pop(object_id, None)

    def reset(self) -> None:
        """Forget where all of them were."""
        self.centres = {}

    def state(self) -> dict[str, NDArray[np.generic]]:
        """What is kept, as arrays."""
        return {str(object_id): np.array(centre) for object_id, centre in self.centres.items()}

    def load_state(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Replace it by a ``state``."""
        self.reset()
        for name, centre in arrays.items():
            x, y = centre.tolist()
            self.centres[int(name)] = x, y
