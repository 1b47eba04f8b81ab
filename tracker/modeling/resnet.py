"""Residual networks up to stride 16 (He et al., CVPR 2016), the trunk of both encoders."""

from typing import ClassVar, TypeAlias

import torch.nn.functional as F
from torch import Tensor, nn


class BasicBlock(nn.Module):
    """Two 3x3 convolutions around a shortcut."""

    expansion: ClassVar[int] = 1

    def __init__(self, in_width: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_width, width, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = _shortcut(in_width, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, width, H / stride, W / stride)."""
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = self.bn2(self.conv2(y))
        y += x if self.downsample is None else self.downsample(x)
        return F.relu(y, inplace=True)


class Bottleneck(nn.Module):
    """A 3x3 convolution between two 1x1 that narrow and widen, around a shortcut."""

    expansion: ClassVar[int] = 4

    def __init__(self, in_width: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_width, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, width * self.expansion, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(width * self.expansion)
        self.downsample = _shortcut(in_width, width * self.expansion, stride)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, 4 * width, H / stride, W / stride)."""
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = F.relu(self.bn2(self.conv2(y)), inplace=True)
        y = self.bn3(self.conv3(y))
        y += x if self.downsample is None else self.downsample(x)
        return F.relu(y, inplace=True)


Block: TypeAlias = type[BasicBlock] | type[Bottleneck]

BLOCKS: dict[int, tuple[Block, tuple[int, int, int]]] = {
    18: (BasicBlock, (2, 2, 2)),
    50: (Bottleneck, (3, 4, 6)),
}
"""Per depth: the block and how many of them at strides 4, 8 and 16."""


def residual_stage(block: Block, count: int, in_width: int, width: int, stride: int) -> nn.Sequential:
    """``count`` blocks of one width, the first with the stride."""
    first = block(in_width, width, stride)
    rest = [block(width * block.expansion, width, 1) for _ in range(count - 1)]
    return nn.Sequential(first, *rest)


def _shortcut(in_width: int, out_width: int, stride: int) -> nn.Sequential | None:
    if stride == 1 and in_width == out_width:
        return None
    conv = nn.Conv2d(in_width, out_width, 1, stride, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(out_width))
