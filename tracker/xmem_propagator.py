"""XMem, and networks that differ from it in sizes alone, as a propagator."""

import json
from dataclasses import asdict, dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.memory_propagator import MemoryPropagator
from tracker.modeling.canvas import Canvas
from tracker.modeling.xmem import FrameFeatures, XMem
from tracker.region import Region
from tracker.xmem_config import XMemConfig


class XMemPropagator(MemoryPropagator):
    """Propagates masks with XMem (Cheng and Schwing, ECCV 2022); meets the ``Propagator`` contract.

    One network may serve any number of propagators; each has a memory of its own.
    """

    def __init__(self, network: XMem, config: XMemConfig | None = None) -> None:
        config = config or XMemConfig()
        super().__init__(_XMemFrames(network, config), config)


@dataclass(frozen=True, eq=False)
class _Seen:
    """A region of a frame and its features.

    Attributes:
        pixels: (1, 3, H, W).
        features: of those pixels.
    """

    pixels: torch.Tensor
    features: FrameFeatures

    @property
    def key(self) -> torch.Tensor:
        """(1, CK, h, w)."""
        return self.features.key

    @property
    def shrinkage(self) -> torch.Tensor:
        """(1, 1, h, w)."""
        return self.features.shrinkage

    @property
    def selection(self) -> torch.Tensor:
        """(1, CK, h, w)."""
        return self.features.selection


class _XMemFrames:
    """An ``XMem`` as the frame loop sees it."""

    def __init__(self, network: XMem, config: XMemConfig) -> None:
        self._network = network
        self._config = config
        self._chunk = config.object_chunk
        self.device = next(network.parameters()).device
        self.is_compiled = network.engine != "torch"
        self.hidden_width = network.config.hidden_width
        self.widths = network.config.key_width, network.config.value_width

    @property
    def identity(self) -> str:
        """What a saved memory fits: the kind of propagator, the sizes of the network and of its frames."""
        sizes = json.dumps(asdict(self._network.config))
        precision = "" if self._network.precision == "float32" else f" in {self._network.precision}"
        engine = "" if self._network.engine == "torch" else f" by {self._network.engine}"
        return f"xmem at {self._config.sizes}{precision}{engine} with {sizes}"

    def lay_out(self, source_size: tuple[int, int]) -> Canvas:
        """Frames at the size that the configuration gives them."""
        return Canvas.fit(source_size, self._config.short_side(source_size))

    def look_at(self, image: NDArray[np.uint8], canvas: Canvas, region: Region) -> _Seen:
        """The features of a region of an (H, W, 3) uint8 RGB image."""
        pixels = canvas.place_image(image, self.device, region)  # (1, 3, 16 height, 16 width)
        return _Seen(pixels, self._network.encode_key(pixels))

    def encode_value(
        self, seen: _Seen, masks: torch.Tensor, sensory: torch.Tensor, *, deep_update: bool
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """As ``XMem.encode_value``."""
        return self._network.encode_value(
            seen.pixels, seen.features.f16, masks, sensory, deep_update=deep_update, chunk=self._chunk
        )

    def segment(
        self,
        seen: _Seen,
        part: Region,
        readout: torch.Tensor,
        sensory: torch.Tensor,
        *,
        update_sensory: bool,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """As ``XMem.segment``, in a part of what was seen."""
        return self._network.segment(
            part.cut_all(seen.features), readout, sensory, update_sensory=update_sensory, chunk=self._chunk
        )
