"""The pre-activation residual block that fusion and decoder are made of."""

import torch.nn.functional as F
from torch import Tensor, nn


class GroupResidual(nn.Module):
    """Two 3x3 convolutions around a shortcut, each behind its activation."""

    def __init__(self, in_width: int, out_width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_width, out_width, 3, padding=1)
        self.conv2 = nn.Conv2d(out_width, out_width, 3, padding=1)
        changes_width = in_width != out_width
        self.downsample = nn.Conv2d(in_width, out_width, 3, padding=1) if changes_width else None

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_width, h, w) -> (N, out_width, h, w)."""
        y: Tensor = self.conv1(F.relu(x))
        y = self.conv2(F.relu(y, inplace=True))
        y += x if self.downsample is None else self.downsample(x)
        return y
