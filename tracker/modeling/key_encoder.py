"""The key encoder: a frame's features at strides 4, 8 and 16."""

import torch.nn.functional as F
from torch import Tensor, nn

from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.resnet import BLOCKS, residual_stage


class KeyEncoder(nn.Module):
    """A residual network without its last stage; seen by keys and decoder alike (XMem, section 3.5)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        block, counts = BLOCKS[config.encoder_depth]
        width = config.encoder_width
        f4_width, f8_width, _ = config.frame_widths
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.res2 = residual_stage(block, counts[0], width, width, stride=1)
        self.layer2 = residual_stage(block, counts[1], f4_width, 2 * width, stride=2)
        self.layer3 = residual_stage(block, counts[2], f8_width, 4 * width, stride=2)

    def forward(self, frame: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Encode normalised frames.

        Args:
            frame: (B, 3, H, W), sides multiples of 16.

        Returns:
            f16 (B, C16, H/16, W/16), f8 (B, C8, H/8, W/8), f4 (B, C4, H/4, W/4); none is negative.
        """
        x = F.relu(self.bn1(self.conv1(frame)), inplace=True)  # (B, C, H/2, W/2)
        x = F.max_pool2d(x, 3, stride=2, padding=1)  # (B, C, H/4, W/4)
        f4: Tensor = self.res2(x)
        f8: Tensor = self.layer2(f4)
        f16: Tensor = self.layer3(f8)
        return f16, f8, f4
