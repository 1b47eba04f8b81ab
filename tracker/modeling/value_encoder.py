"""The value encoder: what a frame with its masks leaves in memory."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tracker.modeling.fusion import FeatureFusion, FrameTerms
from tracker.modeling.groups import merged, parted
from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.resnet import BLOCKS, residual_stage
from tracker.modeling.sensory import SensoryDeepUpdate

MASK_CHANNELS = 2
"""An object's mask, and the sum of the other objects' masks."""


class ValueEncoder(nn.Module):
    """A ResNet-18 over frame and masks, fused with the frame's features (XMem, section 3.5)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        block, counts = BLOCKS[18]
        width = config.value_encoder_width
        self.conv1 = nn.Conv2d(3 + MASK_CHANNELS, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.layer1 = residual_stage(block, counts[0], width, width, stride=1)
        self.layer2 = residual_stage(block, counts[1], width, 2 * width, stride=2)
        self.layer3 = residual_stage(block, counts[2], 2 * width, 4 * width, stride=2)
        self.fuser = FeatureFusion(config.frame_widths[2], 4 * width, config.value_width)
        self.hidden_reinforce = (
            SensoryDeepUpdate(config.value_width, config.hidden_width) if config.hidden_width else None
        )

    def forward(self, frame: Tensor, terms: FrameTerms, masks: Tensor, others: Tensor) -> Tensor:
        """Encode some objects of a frame.

        Args:
            frame: (B, 3, H, W), normalised.
            terms: the frame's part of ``fuser``.
            masks: (B, K, H, W) probabilities in [0, 1].
            others: (B, K, H, W), per object the sum of the masks of all other objects of the frame.

        Returns:
            value (B, K, CV, h, w).
        """
        per_object = frame.unsqueeze(1).expand(-1, masks.shape[1], -1, -1, -1)
        x = torch.cat((per_object, masks.unsqueeze(2), others.unsqueeze(2)), dim=2)  # (B, K, 5, H, W)
        x = merged(x).contiguous(memory_format=torch.channels_last)
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)  # (B * K, C, H/2, W/2)
        x = F.max_pool2d(x, 3, stride=2, padding=1)  # (B * K, C, H/4, W/4)
        x = self.layer3(self.layer2(self.layer1(x)))  # (B * K, 4C, h, w)
        value: Tensor = self.fuser(terms, parted(x, masks))
        return value

    def deep_update(self, value: Tensor, sensory: Tensor) -> Tensor:
        """Fold (B, K, CV, h, w) into the sensory memory (B, K, CH, h, w)."""
        if self.hidden_reinforce is None:
            return sensory
        return parted(self.hidden_reinforce(merged(value), merged(sensory)), sensory)
