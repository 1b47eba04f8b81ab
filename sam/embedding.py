"""What the encoder makes of an image: the expensive part, kept by the caller."""

from dataclasses import dataclass

from torch import Tensor

from sam.canvas import GRID_STRIDE, fit_canvas


@dataclass(frozen=True, eq=False)
class SamEmbedding:
    """An embedded image.

    Attributes:
        features: (1, 256, 64, 64) float32 on the segmenter's device, of the padded canvas.
        source_size: (H, W) of the image.
    """

    features: Tensor
    source_size: tuple[int, int]

    @property
    def resized_size(self) -> tuple[int, int]:
        """Rows and columns of the canvas that hold the image; the rest is padding."""
        return fit_canvas(*self.source_size)

    @property
    def grid(self) -> Tensor:
        """(256, h, w): the features of the image without those of the padding, one per 16 canvas pixels."""
        rows, columns = self.resized_size
        return self.features[0, :, : -(-rows // GRID_STRIDE), : -(-columns // GRID_STRIDE)]


def grid_extent(source_size: tuple[int, int]) -> tuple[float, float]:
    """How many cells of ``SamEmbedding.grid`` an image of (H, W) really covers, down and across."""
    rows, columns = fit_canvas(*source_size)
    return rows / GRID_STRIDE, columns / GRID_STRIDE
