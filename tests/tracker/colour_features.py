"""Image features that need no network."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

CELL = 4
"""Pixels per cell of the grid."""


def colour_features(image: NDArray[np.uint8]) -> torch.Tensor:
    """(8, h, w): mean colour and its spread in each cell, the place at a low weight."""
    pixels = torch.from_numpy(image.astype(np.float32) / 255).movedim(2, 0)  # (3, H, W)
    mean = functional.avg_pool2d(pixels, CELL, ceil_mode=True)  # (3, h, w)
    spread = functional.avg_pool2d(pixels.square(), CELL, ceil_mode=True) - mean.square()
    height, width = mean.shape[1:]
    rows = torch.linspace(0, 0.2, height)[:, None].expand(height, width)
    columns = torch.linspace(0, 0.2, width).expand(height, width)
    return torch.cat((mean - 0.5, spread, rows[None], columns[None]))
