"""A network that computes in bfloat16 where that costs no match: faster where a processor has the units."""

import torch
from torch import Tensor, nn

from tracker.modeling.xmem import FrameFeatures, XMem

_LOW = torch.bfloat16


class LowPrecisionXMem(XMem):
    """An ``XMem`` made ready for inference, whose convolutions run in bfloat16.

    Keys, shrinkage and selection are projected in float32, since distances of near keys cancel in bfloat16;
    values, sensory memory and logits are handed out as float32, as the network handed out all of them before.

    Args:
        network: is taken over and changed.
    """

    precision = "bfloat16"

    def __init__(self, network: XMem) -> None:
        nn.Module.__init__(self)
        self.config = network.config
        self.key_encoder = network.key_encoder.to(_LOW)
        self.value_encoder = network.value_encoder.to(_LOW)
        self.key_proj = network.key_proj
        self.decoder = network.decoder.to(_LOW)

    def encode_key(self, frame: Tensor) -> FrameFeatures:
        """As ``XMem.encode_key``; f16, f8 and f4 are bfloat16."""
        f16, f8, f4 = self.key_encoder(frame.to(_LOW))
        key, shrinkage, selection = self.key_proj(f16.float())
        return FrameFeatures(key, shrinkage, selection, f16, f8, f4)

    def encode_value(
        self, frame: Tensor, f16: Tensor, masks: Tensor, sensory: Tensor, *, deep_update: bool, chunk: int = 8
    ) -> tuple[Tensor, Tensor]:
        """As ``XMem.encode_value``."""
        values, state = super().encode_value(
            frame.to(_LOW), f16, masks.to(_LOW), sensory.to(_LOW), deep_update=deep_update, chunk=chunk
        )
        return values.float(), state.float() if deep_update else sensory

    def segment(
        self,
        features: FrameFeatures,
        readout: Tensor,
        sensory: Tensor,
        *,
        update_sensory: bool,
        chunk: int = 8,
    ) -> tuple[Tensor, Tensor]:
        """As ``XMem.segment``."""
        logits, state = super().segment(
            features, readout.to(_LOW), sensory.to(_LOW), update_sensory=update_sensory, chunk=chunk
        )
        return logits.float(), state.float() if update_sensory else sensory
