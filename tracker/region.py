"""A part of a canvas, in cells of its grid."""

from dataclasses import dataclass, fields, replace
from types import EllipsisType
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Features = TypeVar("Features", bound="DataclassInstance")


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
        return self.shape == self.grid

    def within(self, outer: "Region") -> "Region":
        """The same cells as a part of another region, which holds them."""
        return Region(
            self.top - outer.top,
            self.left - outer.left,
            self.height,
            self.width,
            outer.shape,
        )

    def moved_into(self, outer: "Region") -> "Region":
        """As near to it as another region allows that has to hold it, and no larger than that one."""
        height, width = min(self.height, outer.height), min(self.width, outer.width)
        top = min(max(self.top, outer.top), outer.top + outer.height - height)
        left = min(max(self.left, outer.left), outer.left + outer.width - width)
        return Region(top, left, height, width, self.grid)

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width)."""
        return self.height, self.width

    @property
    def area(self) -> int:
        """Number of its cells."""
        return self.height * self.width

    def cells(self) -> NDArray[np.int64]:
        """Which of the canvas's cells it has, counted row by row: (height * width,), ascending."""
        rows = np.arange(self.top, self.top + self.height, dtype=np.int64)[:, None]
        return (rows * self.grid[1] + np.arange(self.left, self.left + self.width)).ravel()

    def cut(self, maps: torch.Tensor) -> torch.Tensor:
        """What it is of maps of the canvas: (..., h * n, w * n) to (..., height * n, width * n)."""
        return maps if self.is_whole else maps[self._inside(maps)].contiguous()

    def cut_all(self, features: Features) -> Features:
        """What it is of all the maps of the canvas that a dataclass has, as another one of its kind."""
        if self.is_whole:
            return features
        names = [field.name for field in fields(features)]
        return replace(features, **{name: self.cut(getattr(features, name)) for name in names})

    def lay_over(self, ground: torch.Tensor, part: torch.Tensor) -> None:
        """Write what maps of the canvas are in it, (..., height * n, width * n), over those maps."""
        ground[self._inside(ground)] = part

    def is_left_by(self, mask: torch.Tensor) -> torch.Tensor:
        """Whether an object may be beyond it, by the mask of what is in it, (height * n, width * n) bool.

        That is so where it reaches an edge that is none of the canvas, and where there is nothing of it.

        Returns:
            () bool where the mask is, so that many can be fetched from there at once.
        """
        edges = (
            (self.top > 0, mask[0]),
            (self.top + self.height < self.grid[0], mask[-1]),
            (self.left > 0, mask[:, 0]),
            (self.left + self.width < self.grid[1], mask[:, -1]),
        )
        inner = [edge for is_inner, edge in edges if is_inner]
        if not inner:
            return torch.zeros((), dtype=torch.bool, device=mask.device)
        return torch.cat(inner).any() | ~mask.any()

    def _inside(self, maps: torch.Tensor) -> tuple[EllipsisType, slice, slice]:
        pixels = maps.shape[-1] // self.grid[1]
        rows = slice(pixels * self.top, pixels * (self.top + self.height))
        return ..., rows, slice(pixels * self.left, pixels * (self.left + self.width))
