"""The memory network on a segmenter's features, as a propagator."""

import json
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from sam.canvas import CANVAS_SIZE
from tracker.continuity import ContinuityConfig
from tracker.errors import TrackerError
from tracker.memory_config import MemoryConfig
from tracker.memory_propagator import MemoryPropagator
from tracker.modeling.canvas import Canvas, normalise
from tracker.modeling.sam_memory import SamFrameFeatures, SamMemory
from tracker.region import Region
from tracker.xmem_config import XMemConfig

SAM_MEMORY_CONFIG = XMemConfig(
    internal_size=None,
    continuity=ContinuityConfig(),
    position=5.0,
    memory=MemoryConfig(min_working_frames=3, max_working_frames=6, max_long_term_elements=5_000),
)
"""How it runs: with the memory of ``xmem-light``, and its sense of place."""


class SamMemoryPropagator(MemoryPropagator):
    """Propagates masks by the segmenter's features and its fine-tuned decoder; meets the contract.

    Args:
        network: may serve any number of propagators.
        embed: from an (H, W, 3) uint8 image to the segmenter's embedding without its padding (256, h, w).
        config: how a propagation runs; the canvas is always the segmenter's.
        precision: ``float32``, or ``bfloat16`` for everything but keys; told alone where an engine computes.
        long_side: of the canvas that ``embed`` lays frames out on, in pixels.
    """

    def __init__(
        self,
        network: SamMemory,
        embed: Callable[[NDArray[np.uint8]], torch.Tensor],
        config: XMemConfig | None = None,
        *,
        precision: str = "float32",
        long_side: int = CANVAS_SIZE,
    ) -> None:
        super().__init__(_SamFrames(network, embed, precision, long_side), config or SAM_MEMORY_CONFIG)


class _SamFrames:
    """A ``SamMemory`` as the frame loop sees it."""

    def __init__(
        self,
        network: SamMemory,
        embed: Callable[[NDArray[np.uint8]], torch.Tensor],
        precision: str,
        long_side: int,
    ) -> None:
        self._network = network
        self._embed = embed
        self._precision = precision
        self._long_side = long_side
        self.device = next(network.parameters()).device
        self.is_compiled = network.engine != "torch"
        self.hidden_width = network.config.hidden_width
        self.widths = network.config.key_width, network.config.value_width

    @property
    def identity(self) -> str:
        """What a saved memory fits: the network's sizes and its precision."""
        engine = "" if self._network.engine == "torch" else f" by {self._network.engine}"
        return f"sam-memory in {self._precision}{engine} with {json.dumps(asdict(self._network.config))}"

    def lay_out(self, source_size: tuple[int, int]) -> Canvas:
        """Frames as the segmenter sees them: one long side, from the upper left corner."""
        return Canvas.fit_long(source_size, self._long_side)

    def look_at(self, image: NDArray[np.uint8], canvas: Canvas, region: Region) -> SamFrameFeatures:
        """The keys and details of a region of an (H, W, 3) uint8 RGB image."""
        embedding = self._embed(image).to(self.device, torch.float32)[None]  # (1, 256, h, w)
        if embedding.shape[-2:] != canvas.grid:
            raise TrackerError(
                f"the embedding is {tuple(embedding.shape[-2:])} cells, the frame wants {canvas.grid}: "
                "give the segmenter's own"
            )
        embedding = region.cut(embedding)
        picture = region.cut(normalise(canvas.place_half(image, self.device)))  # (1, 3, 8 height, 8 width)
        with self._reduced():
            f4, f2 = self._network.details(picture)
        key, shrinkage, selection = self._network.key_proj(embedding)  # near keys cancel in bfloat16
        return SamFrameFeatures(key, shrinkage, selection, embedding, f4, f2)

    def encode_value(
        self, seen: SamFrameFeatures, masks: torch.Tensor, sensory: torch.Tensor, *, deep_update: bool
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """As ``SamMemory.encode_value``."""
        with self._reduced():
            values, state = self._network.encode_value(seen.f16, masks, sensory, deep_update=deep_update)
        return values.float(), state.float()

    def segment(
        self,
        seen: SamFrameFeatures,
        part: Region,
        readout: torch.Tensor,
        sensory: torch.Tensor,
        *,
        update_sensory: bool,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """As ``SamMemory.decode`` in a part of what was seen, at the size of that part of the canvas."""
        with self._reduced():
            decoded = self._network.decode(part.cut_all(seen), readout, sensory)
        logits = F.interpolate(decoded.logits.float(), scale_factor=2, mode="bilinear", align_corners=False)
        return logits, decoded.sensory.float() if update_sensory else sensory

    def _reduced(self) -> torch.autocast:
        is_ours = self._precision == "bfloat16" and not self.is_compiled
        return torch.autocast(self.device.type, torch.bfloat16, enabled=is_ours)
