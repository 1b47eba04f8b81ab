"""XMem, and networks that differ from it in sizes alone, computed by OpenVINO."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from track_anything.models.compiled.module import OF_FRAME, OF_OBJECTS, CompiledModule
from track_anything.models.compiled.quantised import Ranges, quantise
from track_anything.models.compiled.weight_limit import weight_limit
from tracker.modeling.xmem import FrameFeatures, XMem


class CompiledXMem(XMem):
    """An ``XMem`` whose parts run as graphs; objects as many at a time as ``chunk`` says.

    Keys, shrinkage and selection are projected in float32 whatever the precision, since distances of near
    keys cancel in bfloat16. A network without sensory memory, which nobody publishes, stays with torch.

    Args:
        network: made ready for inference, in float32; taken over.
        precision: in which the rest computes.
        unit: OpenVINO's name of the device.
        ranges: of the convolutions that compute in int8.

    Raises:
        WeightsError: the ranges are of another network.
    """

    engine = "openvino"

    def __init__(self, network: XMem, precision: str, unit: str, ranges: Ranges | None = None) -> None:
        nn.Module.__init__(self)
        if ranges is not None:
            quantise(network, ranges, weight_limit())
        self.config = network.config
        self.key_encoder = network.key_encoder
        self.value_encoder = network.value_encoder
        self.key_proj = network.key_proj
        self.decoder = network.decoder
        self.precision = precision
        self._features, self._keys, self._values, self._logits = (
            CompiledModule(part, name, precision=own, unit=unit, free_axes=free_axes)
            for part, name, own, free_axes in (
                (self.key_encoder, "key-encoder", precision, (OF_FRAME,)),
                (self.key_proj, "key-projection", "float32", (OF_FRAME,)),
                (_Values(network), "value-encoder", precision, (OF_FRAME, OF_FRAME, *3 * (OF_OBJECTS,))),
                (_Logits(network), "mask-decoder", precision, (*3 * (OF_FRAME,), *2 * (OF_OBJECTS,))),
            )
        )

    def encode_key(self, frame: Tensor) -> FrameFeatures:
        """As ``XMem.encode_key``."""
        f16, f8, f4 = self._features(frame)
        key, shrinkage, selection = self._keys(f16)
        return FrameFeatures(key, shrinkage, selection, f16, f8, f4)

    def encode_value(
        self, frame: Tensor, f16: Tensor, masks: Tensor, sensory: Tensor, *, deep_update: bool, chunk: int = 8
    ) -> tuple[Tensor, Tensor]:
        """As ``XMem.encode_value``."""
        if not self.config.hidden_width:
            return super().encode_value(frame, f16, masks, sensory, deep_update=deep_update, chunk=chunk)
        others = masks.sum(dim=1, keepdim=True) - masks  # (1, K, H, W)
        parts = [torch.split(part, chunk, 1) for part in (masks, others, sensory)]
        found = [self._values(frame, f16, *some) for some in zip(*parts, strict=True)]
        values = torch.cat([values for values, _ in found], dim=1)  # (1, K, CV, h, w)
        return values, torch.cat([state for _, state in found], dim=1) if deep_update else sensory

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
        if not self.config.hidden_width:
            return super().segment(features, readout, sensory, update_sensory=update_sensory, chunk=chunk)
        seen = features.f16, features.f8, features.f4
        parts = [torch.split(part, chunk, 1) for part in (readout, sensory)]
        found = [self._logits(*seen, *some) for some in zip(*parts, strict=True)]
        logits = torch.cat([logits for logits, _ in found], dim=1)  # (1, K, H/4, W/4)
        logits = F.interpolate(logits, scale_factor=4, mode="bilinear", align_corners=False)
        return logits, torch.cat([state for _, state in found], dim=1) if update_sensory else sensory


class _Values(nn.Module):
    """Some objects of a frame, from their masks to their values and the sensory memory after them."""

    def __init__(self, network: XMem) -> None:
        super().__init__()
        self.encoder = network.value_encoder

    def forward(
        self, frame: Tensor, f16: Tensor, masks: Tensor, others: Tensor, sensory: Tensor
    ) -> tuple[Tensor, Tensor]:
        """(1, 3, H, W), (1, C16, h, w), twice (1, K, H, W), (1, K, CH, h, w) -> (1, K, CV or CH, h, w)."""
        values = self.encoder(frame, self.encoder.fuser.frame_terms(f16), masks, others)
        return values, self.encoder.deep_update(values, sensory)


class _Logits(nn.Module):
    """Some objects of a frame, from what was read of them to their logits and the sensory memory after."""

    def __init__(self, network: XMem) -> None:
        super().__init__()
        self.decoder = network.decoder

    def forward(
        self, f16: Tensor, f8: Tensor, f4: Tensor, readout: Tensor, sensory: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Features of the frame, (1, K, CV, h, w), (1, K, CH, h, w) -> (1, K, 4h, 4w), (1, K, CH, h, w)."""
        terms = self.decoder.frame_terms(f16, f8, f4)
        logits, moved = self.decoder(terms, readout, sensory, update_sensory=True)
        return logits, moved
