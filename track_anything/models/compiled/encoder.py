"""MobileSAM's image encoder, computed by OpenVINO."""

from torch import Tensor, nn

from sam.modeling.padding import skippable
from sam.modeling.tiny_vit import TinyVit
from track_anything.models.compiled.module import CompiledModule


class CompiledEncoder(nn.Module):
    """Runs an encoder as static graphs, one per amount of padding that its convolutions are spared.

    Args:
        encoder: ready for inference, in float32.
        precision: in which it computes.
        unit: OpenVINO's name of the device.
    """

    def __init__(self, encoder: TinyVit, precision: str, unit: str) -> None:
        super().__init__()
        self.encoder = encoder
        self._precision = precision
        self._unit = unit
        self._graphs: dict[tuple[int, int], CompiledModule] = {}

    def forward(self, canvas: Tensor) -> Tensor:
        """Map a normalised (1, 3, 1024, 1024) canvas to an embedding (1, 256, 64, 64)."""
        padding = skippable(canvas)
        graph = self._graphs.get(padding) or self._graphs.setdefault(padding, self._graph(padding))
        (embedding,) = graph(canvas)
        return embedding

    def _graph(self, padding: tuple[int, int]) -> CompiledModule:
        fixed = FixedPadding(self.encoder, padding)
        return CompiledModule(fixed, "image-encoder", precision=self._precision, unit=self._unit)


class FixedPadding(nn.Module):
    """An encoder for canvases of which the same lines are padding."""

    def __init__(self, encoder: TinyVit, padding: tuple[int, int]) -> None:
        super().__init__()
        self.encoder = encoder
        self.padding = padding

    def forward(self, canvas: Tensor) -> Tensor:
        """Map (1, 3, 1024, 1024) to (1, 256, 64, 64)."""
        embedding: Tensor = self.encoder(canvas, self.padding)
        return embedding

    def extra_repr(self) -> str:
        """What tells two of them apart."""
        return f"padding={self.padding}"
