"""What was learned of one object within a project: a score per pixel beside the decoder's own.

A discriminative target model as in Robinson et al., "Learning Fast and Robust Target Models for Video Object
Segmentation" (CVPR 2020), but linear and added to the decoder's logits: what it knows nothing of stays as it
was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F


@dataclass(frozen=True, eq=False)
class TargetModel:
    """A linear score on feature maps of a frame.

    Attributes:
        weights: per map, its (C,) float32.
        bias: added to all pixels.
    """

    weights: tuple[torch.Tensor, ...]
    bias: float

    def scores(self, maps: Sequence[torch.Tensor], size: tuple[int, int]) -> torch.Tensor:
        """What is added to the object's logits.

        Args:
            maps: (1, C, h', w') each, one per weight, the finest last.
            size: (H, W) of the logits.

        Returns:
            (H, W) float32.
        """
        grid = (int(maps[-1].shape[-2]), int(maps[-1].shape[-1]))
        total = torch.full((1, 1, *grid), self.bias, device=maps[-1].device)
        for weight, features in zip(self.weights, maps, strict=True):
            seen = F.conv2d(features.float(), weight.to(features.device).view(1, -1, 1, 1))  # (1, 1, h', w')
            total += seen if seen.shape[-2:] == grid else _enlarged(seen, grid)
        return _enlarged(total, size)[0, 0]


def _enlarged(values: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    return F.interpolate(values, size, mode="bilinear", align_corners=False)
