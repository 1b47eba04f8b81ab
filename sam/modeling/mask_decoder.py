"""Turns an embedding and an encoded prompt into masks and their expected quality.

Kirillov et al., ICCV 2023, appendix A "Lightweight mask decoder" and "Making the model ambiguity-aware".
"""

import torch
from torch import Tensor, nn

from sam.modeling.common import EMBEDDING_DIM, LayerNorm2d, Perceptron, learned_tokens
from sam.modeling.transformer import TwoWayTransformer

_CANDIDATES = 3  # answers to an ambiguous prompt: about the part, the object and the whole
_MASK_TOKENS = 1 + _CANDIDATES  # token 0 answers a prompt that is not ambiguous
_UPSCALED_DIM = EMBEDDING_DIM // 8


class MaskDecoder(nn.Module):
    """Predicts mask logits at a quarter of the canvas, and the IoU each is expected to have."""

    def __init__(self) -> None:
        super().__init__()
        self.transformer = TwoWayTransformer()
        self.iou_token = learned_tokens(1)
        self.mask_tokens = learned_tokens(_MASK_TOKENS)
        self.output_upscaling = nn.Sequential(
            nn.ConvTranspose2d(EMBEDDING_DIM, EMBEDDING_DIM // 4, kernel_size=2, stride=2),
            LayerNorm2d(EMBEDDING_DIM // 4),
            nn.GELU(),
            nn.ConvTranspose2d(EMBEDDING_DIM // 4, _UPSCALED_DIM, kernel_size=2, stride=2),
            nn.GELU(),
        )
        hidden_dims = 3 * (EMBEDDING_DIM,)
        self.output_hypernetworks_mlps = nn.ModuleList(
            Perceptron(*hidden_dims, _UPSCALED_DIM) for _ in range(_MASK_TOKENS)
        )
        self.iou_prediction_head = Perceptron(*hidden_dims, _MASK_TOKENS)

    def forward(
        self, features: Tensor, positions: Tensor, sparse: Tensor, dense: Tensor, *, is_ambiguous: bool
    ) -> tuple[Tensor, Tensor]:
        """Answer a batch of prompts on one image.

        Args:
            features: (1, 256, 64, 64) the embedding of the image.
            positions: (1, 256, 64, 64) the position encoding of its cells.
            sparse: (B, M, 256) tokens of the points and boxes.
            dense: (B, 256, 64, 64) or (1, 256, 1, 1), the encoded mask logits.
            is_ambiguous: three candidates instead of the single mask.

        Returns:
            Mask logits (B, 3 or 1, 256, 256) and predicted IoU (B, 3 or 1).
        """
        cells = (features + dense).expand(len(sparse), -1, -1, -1)
        tokens, upscaled = self.attend(cells, positions, sparse)
        wanted = slice(1, _MASK_TOKENS) if is_ambiguous else slice(0, 1)
        iou = self.iou_prediction_head(tokens[:, 0])[:, wanted]
        return self.draw(tokens, upscaled, wanted), iou

    def attend(self, cells: Tensor, positions: Tensor, sparse: Tensor) -> tuple[Tensor, Tensor]:
        """Let tokens and cells inform each other.

        Args:
            cells: (B, 256, h, w) the embedding with what is known of the mask.
            positions: (1, 256, h, w) the position encoding of its cells.
            sparse: (B, M, 256) tokens of a prompt.

        Returns:
            The tokens (B, 5 + M, 256), that of the IoU and those of the masks first, and the cells as finer
            features (B, 32, 4h, 4w).
        """
        own = torch.cat((self.iou_token.weight, self.mask_tokens.weight))  # (5, 256)
        tokens = torch.cat((own.expand(len(sparse), -1, -1), sparse), dim=1)  # (B, 5 + M, 256)
        tokens, attended = self.transformer(tokens, _to_sequence(cells), _to_sequence(positions))
        return tokens, self.output_upscaling(attended.transpose(1, 2).reshape(cells.shape))

    def draw(self, tokens: Tensor, upscaled: Tensor, wanted: slice) -> Tensor:
        """Mask logits (B, number wanted, 4h, 4w) of what ``attend`` returned."""
        mask_tokens = tokens[:, 1 : 1 + _MASK_TOKENS].unbind(1)  # each (B, 256)
        pairs = list(zip(self.output_hypernetworks_mlps, mask_tokens, strict=True))[wanted]
        weights = torch.stack([perceptron(token) for perceptron, token in pairs], dim=1)  # (B, wanted, 32)
        return torch.einsum("bmc,bchw->bmhw", weights, upscaled)


def _to_sequence(x: Tensor) -> Tensor:
    """(B, C, h, w) to (B, h * w, C)."""
    return x.flatten(2).transpose(1, 2)
