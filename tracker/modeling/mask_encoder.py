"""From an embedding and masks to the values that memory holds."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tracker.modeling.groups import merged, parted
from tracker.modeling.residual import GroupResidual

_MASK_WIDTHS = (16, 64)
_FRAME_WIDTH = 128


class MaskEncoder(nn.Module):
    """Downsamples each mask, and that of all others, and fuses them with the frame's embedding."""

    def __init__(self, frame_width: int, value_width: int) -> None:
        super().__init__()
        first, second = _MASK_WIDTHS
        self.frame = nn.Conv2d(frame_width, _FRAME_WIDTH, 1)
        self.masks = nn.Sequential(
            nn.Conv2d(2, first, 3, stride=2, padding=1),
            nn.GELU(),
            nn.Conv2d(first, second, 3, stride=2, padding=1),
            nn.GELU(),
            nn.Conv2d(second, second, 3, padding=1),
        )
        self.blocks = nn.Sequential(
            GroupResidual(_FRAME_WIDTH + second, value_width), GroupResidual(value_width, value_width)
        )

    def forward(self, embedding: Tensor, masks: Tensor) -> Tensor:
        """(B, frame_width, h, w) and (B, K, H, W) in [0, 1] -> (B, K, CV, h, w)."""
        return self.encode(embedding, self.pairs(masks, (embedding.shape[-2], embedding.shape[-1])))

    def pairs(self, masks: Tensor, grid: tuple[int, int]) -> Tensor:
        """Each of (B, K, H, W) masks beside that of all others, (B, K, 2, 4h, 4w) for a grid of (h, w)."""
        small = F.adaptive_avg_pool2d(masks, (4 * grid[0], 4 * grid[1]))  # (B, K, 4h, 4w)
        others = small.sum(dim=1, keepdim=True) - small
        return torch.stack((small, others), dim=2)

    def encode(self, embedding: Tensor, pairs: Tensor) -> Tensor:
        """(B, frame_width, h, w) and what ``pairs`` made -> (B, K, CV, h, w)."""
        shapes = self.masks(2 * merged(pairs) - 1)  # (B * K, 64, h, w)
        frame = self.frame(embedding).repeat_interleave(pairs.shape[1], dim=0)  # (B * K, 128, h, w)
        return parted(self.blocks(torch.cat((frame, shapes), dim=1)), pairs)
