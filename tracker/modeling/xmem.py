"""The whole network: keys from a frame, values from its masks, masks from a readout."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tracker.modeling.decoder import Decoder
from tracker.modeling.key_encoder import KeyEncoder
from tracker.modeling.key_projection import KeyProjection
from tracker.modeling.network_config import NetworkConfig
from tracker.modeling.value_encoder import ValueEncoder

STRIDE = 16
"""Pixels per side of one memory element; sides of frames are multiples of it."""


@dataclass(frozen=True, eq=False)
class FrameFeatures:
    """What the network knows of a frame without its masks.

    Attributes:
        key: (B, CK, h, w).
        shrinkage: (B, 1, h, w), at least 1.
        selection: (B, CK, h, w), in (0, 1).
        f16: (B, C16, h, w).
        f8: (B, C8, 2h, 2w).
        f4: (B, C4, 4h, 4w).
    """

    key: Tensor
    shrinkage: Tensor
    selection: Tensor
    f16: Tensor
    f8: Tensor
    f4: Tensor


class XMem(nn.Module):
    """Video object segmentation with an Atkinson-Shiffrin memory model (Cheng and Schwing, ECCV 2022).

    The network alone: it holds weights and no memory. Objects are decoded and encoded ``chunk`` at a time,
    which bounds the peak memory and changes no result.
    """

    precision = "float32"
    engine = "torch"

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.key_encoder = KeyEncoder(config)
        self.value_encoder = ValueEncoder(config)
        self.key_proj = KeyProjection(config.frame_widths[2], config.key_width)
        self.decoder = Decoder(config)

    def encode_key(self, frame: Tensor) -> FrameFeatures:
        """Encode normalised frames (B, 3, H, W), sides multiples of ``STRIDE``."""
        f16, f8, f4 = self.key_encoder(frame)
        key, shrinkage, selection = self.key_proj(f16)
        return FrameFeatures(key, shrinkage, selection, f16, f8, f4)

    def encode_value(
        self, frame: Tensor, f16: Tensor, masks: Tensor, sensory: Tensor, *, deep_update: bool, chunk: int = 8
    ) -> tuple[Tensor, Tensor]:
        """Encode a frame and the masks of all its objects.

        Args:
            frame: (B, 3, H, W), normalised.
            f16: (B, C16, h, w), features of that frame.
            masks: (B, K, H, W) probabilities in [0, 1].
            sensory: (B, K, CH, h, w).
            deep_update: whether the values are folded into the sensory memory.
            chunk: objects encoded at a time.

        Returns:
            values (B, K, CV, h, w), and the sensory memory (B, K, CH, h, w), updated or as it came.
        """
        terms = self.value_encoder.fuser.frame_terms(f16)
        others = masks.sum(dim=1, keepdim=True) - masks  # (B, K, H, W)
        values = torch.cat(
            [
                self.value_encoder(frame, terms, some, rest)
                for some, rest in zip(
                    torch.split(masks, chunk, 1), torch.split(others, chunk, 1), strict=True
                )
            ],
            dim=1,
        )  # (B, K, CV, h, w)
        if deep_update:
            sensory = self.value_encoder.deep_update(values, sensory)
        return values, sensory

    def segment(
        self,
        features: FrameFeatures,
        readout: Tensor,
        sensory: Tensor,
        *,
        update_sensory: bool,
        chunk: int = 8,
    ) -> tuple[Tensor, Tensor]:
        """Decode all objects of a frame from what was read from memory.

        Args:
            features: of the frame.
            readout: (B, K, CV, h, w).
            sensory: (B, K, CH, h, w).
            update_sensory: whether the sensory memory moves on.
            chunk: objects decoded at a time.

        Returns:
            logits (B, K, H, W), one object against everything else, and the sensory memory
            (B, K, CH, h, w), updated or as it came.
        """
        terms = self.decoder.frame_terms(features.f16, features.f8, features.f4)
        decoded = [
            self.decoder(terms, some, state, update_sensory=update_sensory)
            for some, state in zip(
                torch.split(readout, chunk, 1), torch.split(sensory, chunk, 1), strict=True
            )
        ]
        logits = torch.cat([logits for logits, _ in decoded], dim=1)  # (B, K, H/4, W/4)
        logits = F.interpolate(logits, scale_factor=4, mode="bilinear", align_corners=False)
        return logits, torch.cat([state for _, state in decoded], dim=1)
