"""How alike every place of one picture is to every place of another, at several scales."""

import math

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, grid_sample

LEVELS = 4
RADIUS = 4
CHANNELS = LEVELS * (2 * RADIUS + 1) ** 2


class Correlation:
    """All pairs of two feature maps (Teed and Deng 2020, section 3.2).

    Args:
        first: (1, C, h, w).
        second: (1, C, h, w).
    """

    def __init__(self, first: Tensor, second: Tensor) -> None:
        _, channels, height, width = first.shape
        pairs = first.flatten(2).transpose(1, 2) @ second.flatten(2) / math.sqrt(channels)  # (1, hw, hw)
        level = pairs.reshape(height * width, 1, height, width)
        self._pyramid = [level]
        for _ in range(LEVELS - 1):
            if min(level.shape[-2:]) > 1:  # a small picture has no coarser level
                level = avg_pool2d(level, 2)  # (hw, 1, h / 2, w / 2)
            self._pyramid.append(level)
        steps = torch.arange(-RADIUS, RADIUS + 1, dtype=first.dtype, device=first.device)
        right, down = torch.meshgrid(steps, steps, indexing="ij")  # the trained network counts columns first
        self._window = torch.stack([right, down], dim=-1)  # (2r + 1, 2r + 1, 2), x and y

    def __call__(self, places: Tensor) -> Tensor:
        """What lies round these places of the second picture.

        Args:
            places: (1, 2, h, w), x and y for every place of the first picture.

        Returns:
            (1, levels * (2 r + 1)^2, h, w); zero beyond the picture's border.
        """
        _, _, height, width = places.shape
        centres = places.permute(0, 2, 3, 1).reshape(height * width, 1, 1, 2)
        found = [
            _sampled(level, centres / 2**number + self._window).reshape(1, height, width, -1)
            for number, level in enumerate(self._pyramid)
        ]
        return torch.cat(found, dim=-1).permute(0, 3, 1, 2)  # (1, L * (2r + 1)^2, h, w)


def _sampled(level: Tensor, places: Tensor) -> Tensor:
    """(N, 1, h, w) at (N, a, b, 2) places in its pixels, bilinearly."""
    height, width = level.shape[-2:]
    size = torch.tensor([max(width - 1, 1), max(height - 1, 1)], dtype=places.dtype, device=places.device)
    return grid_sample(level, 2 * places / size - 1, align_corners=True)
