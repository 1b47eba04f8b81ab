"""The decoder: from a memory readout to mask logits, and to the next sensory memory."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tracker.modeling.fusion import FeatureFusion, FrameTerms
from tracker.modeling.groups import merged, parted
from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.residual import GroupResidual
from tracker.modeling.sensory import SensoryUpdate


class UpsampleBlock(nn.Module):
    """Doubles the resolution of object features and adds the frame's features of that scale."""

    def __init__(self, skip_width: int, in_width: int, out_width: int) -> None:
        super().__init__()
        self.skip_conv = nn.Conv2d(skip_width, in_width, 3, padding=1)
        self.out_conv = GroupResidual(in_width, out_width)

    def forward(self, skip: Tensor, objects: Tensor) -> Tensor:
        """(B, 1, in_width, 2h, 2w) and (B, K, in_width, h, w) -> (B, K, out_width, 2h, 2w)."""
        flat = F.interpolate(merged(objects), scale_factor=2, mode="bilinear", align_corners=False)
        finer = parted(flat, objects)  # (B, K, in_width, 2h, 2w)
        finer += skip
        return parted(self.out_conv(merged(finer)), objects)


@dataclass(frozen=True, eq=False)
class DecoderTerms:
    """What the decoder knows of the frame before it sees an object.

    Attributes:
        fusion: the frame's part at stride 16.
        skip8: (B, 1, fused_width, H/8, W/8).
        skip4: (B, 1, up_width, H/4, W/4).
    """

    fusion: FrameTerms
    skip8: Tensor
    skip4: Tensor


class Decoder(nn.Module):
    """Fusion at stride 16, two upsample blocks, one logit per object and place (XMem, section 3.5)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        f4_width, f8_width, f16_width = config.frame_widths
        object_width = config.value_width + config.hidden_width
        fused, up = config.fused_width, config.up_width
        self.fuser = FeatureFusion(f16_width, object_width, fused)
        self.hidden_update = SensoryUpdate(fused, up, config.hidden_width) if config.hidden_width else None
        self.up_16_8 = UpsampleBlock(f8_width, fused, up)
        self.up_8_4 = UpsampleBlock(f4_width, up, up)
        self.pred = nn.Conv2d(up, 1, 3, padding=1)

    def frame_terms(self, f16: Tensor, f8: Tensor, f4: Tensor) -> DecoderTerms:
        """The terms shared by all objects of a frame."""
        return DecoderTerms(
            fusion=self.fuser.frame_terms(f16),
            skip8=self.up_16_8.skip_conv(f8).unsqueeze(1),
            skip4=self.up_8_4.skip_conv(f4).unsqueeze(1),
        )

    def forward(
        self, terms: DecoderTerms, readout: Tensor, sensory: Tensor, *, update_sensory: bool
    ) -> tuple[Tensor, Tensor]:
        """Decode some objects of a frame.

        Args:
            terms: what all objects of the frame share.
            readout: (B, K, CV, h, w).
            sensory: (B, K, CH, h, w).
            update_sensory: whether the sensory memory moves on.

        Returns:
            logits (B, K, H/4, W/4), and the sensory memory (B, K, CH, h, w), updated or as it came.
        """
        g16 = self.fuser(terms.fusion, torch.cat((readout, sensory), dim=2))  # (B, K, fused_width, h, w)
        g8 = self.up_16_8(terms.skip8, g16)  # (B, K, up_width, 2h, 2w)
        g4 = merged(self.up_8_4(terms.skip4, g8))  # (B * K, up_width, 4h, 4w)
        logits = self.pred(F.relu(g4))  # (B * K, 1, 4h, 4w)
        if update_sensory and self.hidden_update is not None:
            moved = self.hidden_update(merged(g16), merged(g8), g4, logits, merged(sensory))
            sensory = parted(moved, sensory)
        return parted(logits, readout).squeeze(2), sensory
