"""The memory network on a segmenter's features, computed by OpenVINO."""

import torch
from torch import Tensor, nn

from track_anything.models.compiled.module import OF_FRAME, OF_OBJECTS, CompiledModule
from tracker.modeling.groups import merged, parted
from tracker.modeling.sam_memory import Decoded, SamFrameFeatures, SamMemory
from tracker.modeling.winograd import spare_products

_AT_A_TIME = 4  # objects


class CompiledSamMemory(SamMemory):
    """A ``SamMemory`` whose parts run as graphs.

    Keys, shrinkage and selection are projected by torch, in float32 whatever the precision: it is as fast.

    Args:
        network: ready for inference, in float32; taken over.
        precision: in which the rest computes.
        unit: OpenVINO's name of the device.
        spares_products: whether torch fuses what was read with the embedding, by Winograd's convolutions.
    """

    engine = "openvino"

    def __init__(
        self, network: SamMemory, precision: str, unit: str, *, spares_products: bool = False
    ) -> None:
        nn.Module.__init__(self)
        self.config = network.config
        self.key_proj = network.key_proj
        self.mask_encoder = network.mask_encoder
        self.fusion, self.fusion_block = network.fusion, network.fusion_block
        self._details, self._values, self._fused, self._drawn = (
            CompiledModule(part, f"sam-memory-{name}", precision=precision, unit=unit, free_axes=free_axes)
            for name, part, free_axes in (
                ("details", network.detail_stem, (OF_FRAME,)),
                ("values", _Values(network), (OF_FRAME, OF_OBJECTS, OF_OBJECTS)),
                ("fusion", _Fused(network), (OF_FRAME, OF_OBJECTS, OF_OBJECTS)),
                ("decoder", _Drawn(network), ()),  # the segmenter's decoder fixes how many it draws
            )
        )
        self._is_fused_by_torch = spares_products
        if spares_products:
            spare_products(self.fusion)
            spare_products(self.fusion_block)

    def details(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """As ``SamMemory.details``."""
        f4, f2 = self._details(picture)
        return f4, f2

    def encode_value(
        self, f16: Tensor, masks: Tensor, sensory: Tensor, *, deep_update: bool
    ) -> tuple[Tensor, Tensor]:
        """As ``SamMemory.encode_value``."""
        pairs = self.mask_encoder.pairs(masks, (f16.shape[-2], f16.shape[-1]))  # (1, K, 2, 4h, 4w)
        parts = [torch.split(part, _AT_A_TIME, 1) for part in (pairs, sensory)]
        found = [self._values(f16, *some) for some in zip(*parts, strict=True)]
        values, moved = (torch.cat(kind, dim=1) for kind in zip(*found, strict=True))
        return values, moved if deep_update else sensory

    def decode(self, features: SamFrameFeatures, readout: Tensor, sensory: Tensor) -> Decoded:
        """As ``SamMemory.decode``."""
        seen = features.f16, features.f4, features.f2
        parts = [torch.split(part, _AT_A_TIME, 1) for part in (readout, sensory)]
        found = [
            self._drawn(*seen, self.fuse(features.f16, *some), some[1]) for some in zip(*parts, strict=True)
        ]
        return Decoded(*(torch.cat(kind, dim=1) for kind in zip(*found, strict=True)))

    def fuse(self, f16: Tensor, readout: Tensor, sensory: Tensor) -> Tensor:
        """As ``SamMemory.fuse``."""
        if self._is_fused_by_torch:
            return super().fuse(f16, readout, sensory)
        (fused,) = self._fused(f16, readout, sensory)
        return fused


class _Values(nn.Module):
    """Some objects of a frame, from their masks to their values and the sensory memory after them."""

    def __init__(self, network: SamMemory) -> None:
        super().__init__()
        self.encoder = network.mask_encoder
        self.deep_update = network.deep_update

    def forward(self, f16: Tensor, pairs: Tensor, sensory: Tensor) -> tuple[Tensor, Tensor]:
        """(1, 256, h, w), (1, K, 2, 4h, 4w), (1, K, CH, h, w) -> (1, K, CV or CH, h, w)."""
        values = self.encoder.encode(f16, pairs)
        return values, parted(self.deep_update(merged(values), merged(sensory)), sensory)


class _Fused(nn.Module):
    """Some objects of a frame, from what was read of them to that fused with the embedding."""

    def __init__(self, network: SamMemory) -> None:
        super().__init__()
        self.network = network

    def forward(self, f16: Tensor, readout: Tensor, sensory: Tensor) -> Tensor:
        """(1, 256, h, w), (1, K, CV, h, w), (1, K, CH, h, w) -> (1, K, CF, h, w)."""
        return self.network.fuse(f16, readout, sensory)


class _Drawn(nn.Module):
    """Some objects of a frame, from what was fused to what is drawn."""

    def __init__(self, network: SamMemory) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, f16: Tensor, f4: Tensor, f2: Tensor, fused: Tensor, sensory: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Features of the frame, (1, K, CF, h, w), (1, K, CH, h, w) -> the fields of ``Decoded``."""
        unread = f16[:, :1]  # keys have no part in it
        found = self.network.draw(SamFrameFeatures(unread, unread, unread, f16, f4, f2), fused, sensory)
        return found.logits, found.presence, found.iou, found.sensory
