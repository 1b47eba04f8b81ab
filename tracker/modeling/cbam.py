"""Attention over channels, then over places (CBAM, Woo et al., ECCV 2018)."""

import torch
from torch import Tensor, nn

_REDUCTION = 16


class ChannelGate(nn.Module):
    """Scales each channel by what its mean and its maximum say."""

    def __init__(self, width: int) -> None:
        super().__init__()
        narrow = max(1, width // _REDUCTION)
        self.mlp = nn.Sequential(
            nn.Flatten(), nn.Linear(width, narrow), nn.ReLU(inplace=True), nn.Linear(narrow, width)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) -> the same shape."""
        mean = x.mean(dim=(2, 3))  # (B, C)
        peak = x.amax(dim=(2, 3))  # (B, C)
        scale = torch.sigmoid(self.mlp(mean) + self.mlp(peak))
        return x * scale[:, :, None, None]


class SpatialGate(nn.Module):
    """Scales each place by what its mean and its maximum over the channels say."""

    def __init__(self) -> None:
        super().__init__()
        self.spatial = nn.Sequential()
        self.spatial.add_module("conv", nn.Conv2d(2, 1, 7, padding=3))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) -> the same shape."""
        summary = torch.stack((x.amax(dim=1), x.mean(dim=1)), dim=1)  # (B, 2, h, w)
        return x * torch.sigmoid(self.spatial(summary))


class CBAM(nn.Module):
    """Channel gate, then spatial gate; the attributes are named as in published checkpoints."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.ChannelGate = ChannelGate(width)
        self.SpatialGate = SpatialGate()

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) -> the same shape."""
        gated: Tensor = self.SpatialGate(self.ChannelGate(x))
        return gated
