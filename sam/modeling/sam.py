"""The three networks of Segment Anything under one roof."""

from torch import Tensor, nn

from sam.modeling.mask_decoder import MaskDecoder
from sam.modeling.prompt_encoder import PromptEncoder


class Sam(nn.Module):
    """An image encoder, a prompt encoder and a mask decoder; loads the published checkpoints as they are.

    Args:
        image_encoder: maps a normalised canvas (B, 3, 1024, 1024) to an embedding (B, 256, 64, 64).
    """

    def __init__(self, image_encoder: nn.Module) -> None:
        super().__init__()
        self.image_encoder = image_encoder
        self.prompt_encoder = PromptEncoder()
        self.mask_decoder = MaskDecoder()

    def encode(self, canvas: Tensor) -> Tensor:
        """Embed a normalised (1, 3, 1024, 1024) canvas as (1, 256, 64, 64)."""
        features: Tensor = self.image_encoder(canvas)
        return features

    def decode(
        self,
        features: Tensor,
        points: Tensor,
        labels: Tensor,
        boxes: Tensor | None = None,
        logits: Tensor | None = None,
        *,
        is_ambiguous: bool,
    ) -> tuple[Tensor, Tensor]:
        """Answer a batch of prompts on one embedding.

        Args:
            features: (1, 256, 64, 64).
            points: (B, N, 2) ``(x, y)`` in canvas pixels; N may be 0.
            labels: (B, N) 1 for positive, 0 for negative points.
            boxes: (B, 4) ``(x0, y0, x1, y1)`` in canvas pixels, or None.
            logits: (B, 1, 256, 256) mask logits, or None.
            is_ambiguous: three candidates instead of the single mask.

        Returns:
            Mask logits (B, 3 or 1, 256, 256) and predicted IoU (B, 3 or 1).
        """
        sparse, dense = self.prompt_encoder(points, labels, boxes, logits)
        positions = self.prompt_encoder.grid_positions()
        low_res, iou = self.mask_decoder(features, positions, sparse, dense, is_ambiguous=is_ambiguous)
        return low_res, iou
