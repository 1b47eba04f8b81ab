"""How a coarse grid of features lies over an image."""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch


@dataclass(frozen=True)
class Grid:
    """Cells of one size that cover an image from its top left corner; the last row and column may overhang.

    Attributes:
        image_size: (H, W) in pixels.
        extent: how many cells high and wide the image is; the grid has that many, rounded up.
    """

    image_size: tuple[int, int]
    extent: tuple[float, float]

    @property
    def shape(self) -> tuple[int, int]:
        """(h, w) in cells."""
        return _cells(self.extent[0]), _cells(self.extent[1])

    def average(self, maps: torch.Tensor) -> torch.Tensor:
        """The mean over the part of each cell that is inside the image: (..., H, W) to (..., h, w)."""
        (height, width), (rows, columns) = self.image_size, self.extent
        return _averaging(height, rows).to(maps) @ maps @ _averaging(width, columns).to(maps).T

    def interpolate(self, maps: torch.Tensor) -> torch.Tensor:
        """Bilinear between the centres of cells, constant beyond them: (..., h, w) to (..., H, W)."""
        (height, width), (rows, columns) = self.image_size, self.extent
        return _interpolating(height, rows).to(maps) @ maps @ _interpolating(width, columns).to(maps).T


def _cells(extent: float) -> int:
    """Whole cells that cover an extent; a sliver that is only rounding is none."""
    return max(1, math.ceil(extent - 1e-3))


@lru_cache(maxsize=8)
def _averaging(pixels: int, extent: float) -> torch.Tensor:
    """(cells, pixels) shares of every pixel in each cell's mean, along one axis."""
    edges = torch.arange(pixels + 1) * (extent / pixels)  # of pixels, in cells
    cell = torch.arange(_cells(extent))[:, None]
    overlap = (edges[1:].minimum(cell + 1) - edges[:-1].maximum(cell)).clamp(min=0)
    return overlap / overlap.sum(dim=1, keepdim=True)


@lru_cache(maxsize=8)
def _interpolating(pixels: int, extent: float) -> torch.Tensor:
    """(pixels, cells) weights of the two cells nearest to every pixel's centre, along one axis."""
    cells = _cells(extent)
    centre = ((torch.arange(pixels) + 0.5) * (extent / pixels) - 0.5).clamp(0, cells - 1)[:, None]
    return (1 - (centre - torch.arange(cells)).abs()).clamp(min=0)
