"""RAFT's encoders: a residual network that sees an eighth of the picture's size."""

from collections.abc import Callable
from typing import TypeAlias

from torch import Tensor, nn

Norm: TypeAlias = Callable[[int], nn.Module]

_WIDTHS = (64, 96, 128)


class ResidualBlock(nn.Module):
    """Two convolutions beside a shortcut.

    Args:
        channels: of what goes in.
        width: channels of what comes out.
        stride: of the first convolution.
        norm: makes a normalisation for so many channels.
    """

    def __init__(self, channels: int, width: int, stride: int, norm: Norm) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride=stride, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.norm1, self.norm2 = norm(width), norm(width)
        self.downsample: nn.Module = nn.Identity()
        if stride > 1:
            self.downsample = nn.Sequential(nn.Conv2d(channels, width, 1, stride=stride), norm(width))

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, h, w) to (B, width, h / stride, w / stride)."""
        y: Tensor = self.norm1(self.conv1(x)).relu()
        y = self.norm2(self.conv2(y)).relu()
        shortcut: Tensor = self.downsample(x)
        return (shortcut + y).relu()


class Encoder(nn.Module):
    """Features of a picture (Teed and Deng 2020, section 3.1 and figure 10).

    Args:
        width: channels of the features.
        norm: makes a normalisation for so many channels.
    """

    def __init__(self, width: int, norm: Norm) -> None:
        super().__init__()
        first = _WIDTHS[0]
        self.conv1 = nn.Conv2d(3, first, 7, stride=2, padding=3)
        self.norm1 = norm(first)
        self.layer1 = _layer(first, _WIDTHS[0], 1, norm)
        self.layer2 = _layer(_WIDTHS[0], _WIDTHS[1], 2, norm)
        self.layer3 = _layer(_WIDTHS[1], _WIDTHS[2], 2, norm)
        self.conv2 = nn.Conv2d(_WIDTHS[2], width, 1)

    def forward(self, image: Tensor) -> Tensor:
        """(B, 3, H, W), -1 to 1, to (B, width, H / 8, W / 8)."""
        x = self.norm1(self.conv1(image)).relu()  # (B, 64, H / 2, W / 2)
        x = self.layer3(self.layer2(self.layer1(x)))  # (B, 128, H / 8, W / 8)
        features: Tensor = self.conv2(x)
        return features


def _layer(channels: int, width: int, stride: int, norm: Norm) -> nn.Sequential:
    return nn.Sequential(ResidualBlock(channels, width, stride, norm), ResidualBlock(width, width, 1, norm))
