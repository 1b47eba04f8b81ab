"""How a frame is laid out for the network: resized, normalised and padded, and back again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tracker.modeling.xmem import STRIDE
from tracker.region import Region

_MEAN = (0.485, 0.456, 0.406)
_STD = (0.229, 0.224, 0.225)


Point: TypeAlias = tuple[float, float]
"""(x, y) from the upper left corner of a frame or a canvas, both in heights of it."""


@dataclass(frozen=True)
class Canvas:
    """The geometry between source frames and what the network sees.

    Attributes:
        source_size: (height, width) of the frames.
        inner_size: (height, width) that they are resized to.
        size: (height, width) after padding to multiples of ``STRIDE``.
        is_centred: padded evenly on both sides, not at the right and at the bottom alone.
    """

    source_size: tuple[int, int]
    inner_size: tuple[int, int]
    size: tuple[int, int]
    is_centred: bool = True

    @classmethod
    def fit(cls, source_size: tuple[int, int], short_side: int | None) -> "Canvas":
        """Lay out frames of a size so that their short side is ``short_side``; None = as they come."""
        height, width = source_size
        scale = 1.0 if short_side is None else short_side / min(source_size)
        inner_size = max(1, round(height * scale)), max(1, round(width * scale))
        return cls(source_size, inner_size, (_padded(inner_size[0]), _padded(inner_size[1])))

    @classmethod
    def fit_long(cls, source_size: tuple[int, int], long_side: int) -> "Canvas":
        """Lay out frames from the upper left corner, so that their long side is ``long_side``."""
        scale = long_side / max(source_size)
        inner_size = max(1, round(source_size[0] * scale)), max(1, round(source_size[1] * scale))
        padded = _padded(inner_size[0]), _padded(inner_size[1])
        return cls(source_size, inner_size, padded, is_centred=False)

    @property
    def grid(self) -> tuple[int, int]:
        """(h, w), memory elements along each side."""
        return self.size[0] // STRIDE, self.size[1] // STRIDE

    @property
    def whole(self) -> Region:
        """All of it."""
        return Region.whole(self.grid)

    def place_image(
        self, image: NDArray[np.uint8], device: torch.device, region: Region | None = None
    ) -> torch.Tensor:
        """Lay out a frame, or what a region shows of it; None = all.

        (H, W, 3) uint8 RGB -> (1, 3, height, width), normalised as ImageNet is, zeros around it.
        """
        rgb = torch.from_numpy(image.copy()).to(device)  # (H, W, 3); the copy may be written to
        frame = rgb.permute(2, 0, 1).unsqueeze(0)  # (1, 3, H, W), channels last in memory
        if self.inner_size != self.source_size:
            frame = F.interpolate(
                frame.float(), self.inner_size, mode="bilinear", align_corners=False, antialias=True
            )
        rows, columns, around = self._shown(region or self.whole)
        shown = normalise(frame[..., rows, columns].float().div_(255))
        return F.pad(shown, around).contiguous(memory_format=torch.channels_last)

    def place_half(self, image: NDArray[np.uint8], device: torch.device) -> torch.Tensor:
        """(H, W, 3) uint8 RGB -> (1, 3, height / 2, width / 2) in [0, 1]; black at the right and below."""
        rows, columns = (max(1, round(length / 2)) for length in self.inner_size)
        rgb = torch.from_numpy(image.copy()).to(device).permute(2, 0, 1)[None].float() / 255
        small = F.interpolate(rgb, (rows, columns), mode="bilinear", align_corners=False, antialias=True)
        return F.pad(small, (0, self.size[1] // 2 - columns, 0, self.size[0] // 2 - rows))

    def place_masks(
        self, label_map: NDArray[np.uint8], object_ids: Sequence[int], device: torch.device
    ) -> torch.Tensor:
        """(H, W) object ids -> (K, height, width) float32, 1 inside the object of that id."""
        labels = torch.from_numpy(label_map.copy()).to(device)[None, None]  # (1, 1, H, W)
        if self.inner_size != self.source_size:
            labels = F.interpolate(labels, self.inner_size, mode="nearest-exact")
        labels = F.pad(labels, self._padding)[0]  # (1, height, width)
        ids = torch.tensor(object_ids, dtype=torch.uint8, device=device).view(-1, 1, 1)
        return (labels == ids).float()

    def place_soft(self, masks: torch.Tensor) -> torch.Tensor:
        """(K, H, W) probabilities -> (K, height, width), 0 around them."""
        if self.inner_size != self.source_size:
            masks = F.interpolate(
                masks[None], self.inner_size, mode="bilinear", align_corners=False, antialias=True
            )[0]
        return F.pad(masks, self._padding)

    def restore(self, probabilities: torch.Tensor) -> torch.Tensor:
        """(C, height, width) -> (C, H, W) at source size, always a copy."""
        left, _, top, _ = self._padding
        height, width = self.inner_size
        inner = probabilities[:, top : top + height, left : left + width]
        if self.inner_size == self.source_size:
            return inner.clone()
        scaled = F.interpolate(inner.unsqueeze(0), self.source_size, mode="bilinear", align_corners=False)
        return scaled[0]

    def restore_grid(self, cells: torch.Tensor) -> torch.Tensor:
        """(h * w,) values of the grid's cells -> (H, W) at source size, bilinear between the cells."""
        grid = cells.view(1, 1, *self.grid)
        pixels = F.interpolate(grid, self.size, mode="bilinear", align_corners=False)  # (1, 1, height, width)
        return self.restore(pixels[0])[0]

    def place_point(self, point: Point) -> Point:
        """Where a point of the source lies on the canvas."""
        left, _, top, _ = self._padding
        rows, height = self.inner_size[0], self.size[0]
        return (point[0] * rows + left) / height, (point[1] * rows + top) / height

    def restore_point(self, point: Point) -> Point:
        """Where a point of the canvas lies in the source."""
        left, _, top, _ = self._padding
        rows, height = self.inner_size[0], self.size[0]
        return (point[0] * height - left) / rows, (point[1] * height - top) / rows

    def _shown(self, region: Region) -> tuple[slice, slice, tuple[int, int, int, int]]:
        """Rows and columns of the inner frame that a region shows, and the padding around them in it."""
        left, _, top, _ = self._padding
        lines, around = [], []
        for start, count, before, length in (
            (region.top, region.height, top, self.inner_size[0]),
            (region.left, region.width, left, self.inner_size[1]),
        ):
            first, last = STRIDE * start - before, STRIDE * (start + count) - before
            lines.append(slice(max(0, first), min(length, last)))
            around.append((max(0, -first), max(0, last - length)))
        return lines[0], lines[1], (*around[1], *around[0])

    @property
    def _padding(self) -> tuple[int, int, int, int]:
        """Left, right, top, bottom; the odd pixel goes to the right and to the bottom."""
        rows, columns = self.size[0] - self.inner_size[0], self.size[1] - self.inner_size[1]
        if not self.is_centred:
            return 0, columns, 0, rows
        return columns // 2, columns - columns // 2, rows // 2, rows - rows // 2


def normalise(frames: torch.Tensor) -> torch.Tensor:
    """(N, 3, H, W) RGB in [0, 1] as the networks take it: zero mean and unit deviation over ImageNet."""
    mean = torch.tensor(_MEAN, device=frames.device).view(3, 1, 1)
    std = torch.tensor(_STD, device=frames.device).view(3, 1, 1)
    return (frames - mean).div_(std)


def _padded(length: int) -> int:
    return -(-length // STRIDE) * STRIDE
