"""Turns clicks, boxes and mask logits into embeddings.

Kirillov et al., ICCV 2023, section 3 and appendix A "Prompt encoder".
"""

import math

import torch
from torch import Tensor, nn

from sam.canvas import CANVAS_SIZE, GRID_SIZE
from sam.modeling.common import EMBEDDING_DIM, LayerNorm2d, learned_tokens

_MASK_CHANNELS = 16


class PromptEncoder(nn.Module):
    """Encodes points and boxes as tokens (sparse), mask logits as a map (dense)."""

    def __init__(self) -> None:
        super().__init__()
        self.pe_layer = FourierPositions()
        # Of a negative point, a positive point, the upper left and the lower right corner of a box.
        self.point_embeddings = nn.ModuleList(learned_tokens(1) for _ in range(4))
        self.not_a_point_embed = learned_tokens(1)
        self.mask_downscaling = nn.Sequential(
            nn.Conv2d(1, _MASK_CHANNELS // 4, kernel_size=2, stride=2),
            LayerNorm2d(_MASK_CHANNELS // 4),
            nn.GELU(),
            nn.Conv2d(_MASK_CHANNELS // 4, _MASK_CHANNELS, kernel_size=2, stride=2),
            LayerNorm2d(_MASK_CHANNELS),
            nn.GELU(),
            nn.Conv2d(_MASK_CHANNELS, EMBEDDING_DIM, kernel_size=1),
        )
        self.no_mask_embed = learned_tokens(1)

    def forward(
        self, points: Tensor, labels: Tensor, boxes: Tensor | None, logits: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Encode a batch of prompts that have the same number of points.

        Args:
            points: (B, N, 2) ``(x, y)`` in canvas pixels; N may be 0.
            labels: (B, N) 1 for positive, 0 for negative points.
            boxes: (B, 4) ``(x0, y0, x1, y1)`` in canvas pixels, or None.
            logits: (B, 1, 256, 256) mask logits, or None.

        Returns:
            Sparse tokens (B, M, 256) and a dense map, (B, 256, 64, 64) or (1, 256, 1, 1) to broadcast.
        """
        batch, count, _ = points.shape
        tokens = []
        if count:
            tokens.append(self._encode_points(points, labels))
        if boxes is not None:
            tokens.append(self._encode_boxes(boxes))
        elif count:
            # Where there are points and no box, training had one token that is no point in the box's place.
            tokens.append(self.not_a_point_embed.weight.expand(batch, 1, -1))
        sparse = torch.cat(tokens, dim=1) if tokens else points.new_zeros(batch, 0, EMBEDDING_DIM)
        dense = self._no_mask() if logits is None else self.mask_downscaling(logits)
        return sparse, dense

    def grid_positions(self) -> Tensor:
        """The position encoding of the embedding's own cells, (1, 256, 64, 64)."""
        return self.pe_layer.of_grid()

    def _encode_points(self, points: Tensor, labels: Tensor) -> Tensor:
        return self._positions_of(points) + self._kinds()[labels]  # (B, N, 256)

    def _encode_boxes(self, boxes: Tensor) -> Tensor:
        return self._positions_of(boxes.view(-1, 2, 2)) + self._kinds()[2:]  # (B, 2, 256)

    def _kinds(self) -> Tensor:
        return torch.cat(list(self.point_embeddings.parameters()))  # (4, 256)

    def _positions_of(self, points: Tensor) -> Tensor:
        """Encode (B, N, 2) canvas pixels, meaning their centres, as (B, N, 256)."""
        positions: Tensor = self.pe_layer((points + 0.5) / CANVAS_SIZE)
        return positions

    def _no_mask(self) -> Tensor:
        return self.no_mask_embed.weight.view(1, EMBEDDING_DIM, 1, 1)


class FourierPositions(nn.Module):
    """Random Fourier features of a position (Tancik et al., NeurIPS 2020)."""

    def __init__(self) -> None:
        super().__init__()
        self.positional_encoding_gaussian_matrix: Tensor
        self.register_buffer("positional_encoding_gaussian_matrix", torch.zeros(2, EMBEDDING_DIM // 2))

    def forward(self, positions: Tensor) -> Tensor:
        """Encode (..., 2) positions ``(x, y)``, 0 to 1 over the canvas, as (..., 256)."""
        angles = 2 * math.pi * ((2 * positions - 1) @ self.positional_encoding_gaussian_matrix)
        return torch.cat((angles.sin(), angles.cos()), dim=-1)

    def of_grid(self) -> Tensor:
        """The encoding of the centres of an embedding's cells, (1, 256, 64, 64)."""
        weight = self.positional_encoding_gaussian_matrix
        centres = (torch.arange(GRID_SIZE, device=weight.device, dtype=weight.dtype) + 0.5) / GRID_SIZE
        y, x = torch.meshgrid(centres, centres, indexing="ij")
        positions: Tensor = self(torch.stack((x, y), dim=-1))  # (64, 64, 256)
        return positions.permute(2, 0, 1)[None]
