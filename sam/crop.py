"""The parts of an image that are segmented on their own, and the points that each is asked about.

Kirillov et al., ICCV 2023, appendix B "Cropping".
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]
"""``(x0, y0, x1, y1)`` in pixels, x1 and y1 exclusive."""


@dataclass(frozen=True)
class Crop:
    """A part of an image.

    Attributes:
        layer: 0 for the whole image, 1 for one of its 2 x 2 parts, 2 for one of 4 x 4, and so on.
        box: in pixels of the image.
    """

    layer: int
    box: Box

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        x0, y0, x1, y1 = self.box
        return y1 - y0, x1 - x0

    @property
    def area(self) -> int:
        """In pixels."""
        height, width = self.size
        return height * width

    def cut(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """This part of an (H, W, 3) image, as a view."""
        x0, y0, x1, y1 = self.box
        return image[y0:y1, x0:x1]

    def grid(self, points_per_side: int) -> NDArray[np.float32]:
        """Points in the middles of n x n equal cells, row by row.

        Args:
            points_per_side: n, at least 1.

        Returns:
            (n * n, 2) float32 ``(x, y)`` in pixels of the crop, none beyond its last pixel.
        """
        height, width = self.size
        shares = (np.arange(points_per_side) + 0.5) / points_per_side  # (n,)
        x, y = np.meshgrid(shares * width, shares * height)
        points = np.stack((x, y), axis=-1).reshape(-1, 2)
        return np.minimum(points, (width - 1, height - 1)).astype(np.float32)


def crops_of(size: tuple[int, int], layers: int, overlap: float) -> list[Crop]:
    """The whole image and, layer by layer, its ever smaller parts.

    Args:
        size: (H, W) of the image.
        layers: how many layers lie below the whole image; layer i has 2^i x 2^i crops of equal size.
        overlap: what neighbours in layer 1 share at least, as a part of the image's shorter side, 0 to 1;
            half as much in each further layer.

    Returns:
        The crops, the whole image first; those of each layer cover it.
    """
    height, width = size
    crops = []
    for layer in range(layers + 1):
        per_side = 2**layer
        shared = int(overlap * min(size) * 2 / per_side)
        crops += [
            Crop(layer, (x0, y0, x1, y1))
            for y0, y1 in _spans(height, per_side, shared)
            for x0, x1 in _spans(width, per_side, shared)
        ]
    return crops


def _spans(length: int, count: int, shared: int) -> Iterator[tuple[int, int]]:
    """Starts and ends of equal pieces that cover a length evenly, each sharing so much with the next."""
    piece = -(-(length + (count - 1) * shared) // count)
    for start in np.linspace(0, length - piece, count).round().astype(int).tolist():
        yield start, start + piece
