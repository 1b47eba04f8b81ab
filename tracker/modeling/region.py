"""A part of a canvas, in cells of its grid."""

from dataclasses import dataclass
from types import EllipsisType

import torch


@dataclass(frozen=True)
class Region:
    """A rectangle of cells. Maps of the canvas may have any whole number of pixels per cell.

    Attributes:
        top: cells above it.
        left: cells at its left.
        height: in cells.
        width: likewise.
        grid: (h, w) of the whole canvas.
    """

    top: int
    left: int
    height: int
    width: int
    grid: tuple[int, int]

    @classmethod
    def whole(cls, grid: tuple[int, int]) -> "Region":
        """All of a canvas of (h, w) cells."""
        return cls(0, 0, *grid, grid)

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the canvas."""
        return (self.height, self.width) == self.grid

    def cut(self, maps: torch.Tensor) -> torch.Tensor:
        """What it is of maps of the canvas: (..., h * n, w * n) to (..., height * n, width * n)."""
        return maps if self.is_whole else maps[self._inside(maps)].contiguous()

    def laid_over(self, ground: torch.Tensor, part: torch.Tensor) -> torch.Tensor:
        """Maps of the canvas that are ``part`` in it, and ``ground`` elsewhere, which stays as it is."""
        if self.is_whole:
            return part
        found = ground.clone()
        found[self._inside(ground)] = part
        return found

    def is_left_by(self, masks: torch.Tensor) -> bool:
        """Whether masks, (K, height * n, width * n) bool, reach an edge of it that is none of the canvas."""
        edges = (
            (self.top > 0, masks[:, 0]),
            (self.top + self.height < self.grid[0], masks[:, -1]),
            (self.left > 0, masks[..., 0]),
            (self.left + self.width < self.grid[1], masks[..., -1]),
        )
        return any(is_inner and bool(edge.any()) for is_inner, edge in edges)

    def _inside(self, maps: torch.Tensor) -> tuple[EllipsisType, slice, slice]:
        pixels = maps.shape[-1] // self.grid[1]
        rows = slice(pixels * self.top, pixels * (self.top + self.height))
        return ..., rows, slice(pixels * self.left, pixels * (self.left + self.width))
