"""What cells of 16 pixels cannot tell: features of the picture itself, and the mask drawn with them."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

DETAIL_WIDTHS = (32, 16)
"""Channels at a quarter of the canvas, which are also those of the decoder's finest features, and at half."""


class DetailStem(nn.Module):
    """Three convolutions over the picture at half the canvas."""

    def __init__(self) -> None:
        super().__init__()
        quarter, half = DETAIL_WIDTHS
        self.fine = nn.Conv2d(3, half, 3, padding=1)
        self.down = nn.Conv2d(half, quarter, 3, stride=2, padding=1)
        self.quarter = nn.Conv2d(quarter, quarter, 3, padding=1)

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 3, 8h, 8w) -> f4 (B, 32, 4h, 4w) and f2 (B, 16, 8h, 8w)."""
        f2 = F.relu(self.fine(picture))
        f4 = F.relu(self.down(f2))
        return F.relu(f4 + self.quarter(f4)), f2


class DetailHead(nn.Module):
    """Corrects a coarse mask where the picture says so; begins as plain upsampling."""

    def __init__(self) -> None:
        super().__init__()
        quarter, half = DETAIL_WIDTHS
        self.quarter = nn.Conv2d(2 * quarter + 1, quarter, 3, padding=1)
        self.narrow = nn.Conv2d(quarter, half, 1)
        self.fine = nn.Conv2d(2 * half, half, 3, padding=1)
        self.to_logits = nn.Conv2d(half, 1, 3, padding=1)
        for parameter in self.to_logits.parameters():
            nn.init.zeros_(parameter)

    def forward(self, coarse: Tensor, upscaled: Tensor, f4: Tensor, f2: Tensor) -> Tensor:
        """Draw N objects finer.

        Args:
            coarse: (N, 1, 4h, 4w) logits.
            upscaled: (N, 32, 4h, 4w) the features that they were drawn from.
            f4: (N, 32, 4h, 4w).
            f2: (N, 16, 8h, 8w).

        Returns:
            (N, 1, 8h, 8w) logits.
        """
        x = F.relu(self.quarter(torch.cat((upscaled, f4, coarse), dim=1)))  # (N, 32, 4h, 4w)
        x = F.relu(self.fine(torch.cat((_doubled(self.narrow(x)), f2), dim=1)))  # (N, 16, 8h, 8w)
        finer: Tensor = _doubled(coarse) + self.to_logits(x)
        return finer


def _doubled(x: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, C, 2H, 2W)."""
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
