"""The two-way transformer: tokens attend to the image and the image attends to the tokens.

Kirillov et al., ICCV 2023, appendix A "Lightweight mask decoder".
"""

import torch.nn.functional as F
from torch import Tensor, nn

from sam.modeling.common import EMBEDDING_DIM, FeedForward

_DEPTH = 2
_HEADS = 8
_HIDDEN_DIM = 2048
_CROSS_DIM = EMBEDDING_DIM // 2  # attention between tokens and image works in half the channels


class TwoWayTransformer(nn.Module):
    """Lets the tokens of a prompt and the cells of an image inform each other."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_TwoWayBlock(is_first=index == 0) for index in range(_DEPTH))
        self.final_attn_token_to_image = _Attention(_CROSS_DIM)
        self.norm_final_attn = nn.LayerNorm(EMBEDDING_DIM)

    def forward(self, tokens: Tensor, cells: Tensor, cell_positions: Tensor) -> tuple[Tensor, Tensor]:
        """Run all layers.

        Args:
            tokens: (B, M, 256); as given, they also serve as their own position encoding.
            cells: (B, h * w, 256) the embedding of the image.
            cell_positions: (1, h * w, 256).

        Returns:
            The tokens and the cells, both in the shapes given.
        """
        token_positions = tokens
        for layer in self.layers:
            tokens, cells = layer(tokens, cells, token_positions, cell_positions)
        attended = self.final_attn_token_to_image(tokens + token_positions, cells + cell_positions, cells)
        return self.norm_final_attn(tokens + attended), cells


class _TwoWayBlock(nn.Module):
    """Self-attention of the tokens, tokens to image, feed-forward, image to tokens."""

    def __init__(self, *, is_first: bool) -> None:
        super().__init__()
        self.is_first = is_first
        self.self_attn = _Attention(EMBEDDING_DIM)
        self.norm1 = nn.LayerNorm(EMBEDDING_DIM)
        self.cross_attn_token_to_image = _Attention(_CROSS_DIM)
        self.norm2 = nn.LayerNorm(EMBEDDING_DIM)
        self.mlp = FeedForward(EMBEDDING_DIM, _HIDDEN_DIM, F.relu)
        self.norm3 = nn.LayerNorm(EMBEDDING_DIM)
        self.norm4 = nn.LayerNorm(EMBEDDING_DIM)
        self.cross_attn_image_to_token = _Attention(_CROSS_DIM)

    def forward(
        self, tokens: Tensor, cells: Tensor, token_positions: Tensor, cell_positions: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Take and return tokens (B, M, 256) and cells (B, h * w, 256)."""
        if self.is_first:
            # Here the tokens are still nothing but their positions: no second addition, no residual.
            tokens = self.self_attn(tokens, tokens, tokens)
        else:
            placed = tokens + token_positions
            tokens = tokens + self.self_attn(placed, placed, tokens)
        tokens = self.norm1(tokens)

        placed_cells = cells + cell_positions
        tokens = tokens + self.cross_attn_token_to_image(tokens + token_positions, placed_cells, cells)
        tokens = self.norm2(tokens)
        tokens = self.norm3(tokens + self.mlp(tokens))

        cells = cells + self.cross_attn_image_to_token(placed_cells, tokens + token_positions, tokens)
        return tokens, self.norm4(cells)


class _Attention(nn.Module):
    """Multi-head attention that may work in fewer channels than it is given."""

    def __init__(self, inner_dim: int) -> None:
        super().__init__()
        self.q_proj = nn.Linear(EMBEDDING_DIM, inner_dim)
        self.k_proj = nn.Linear(EMBEDDING_DIM, inner_dim)
        self.v_proj = nn.Linear(EMBEDDING_DIM, inner_dim)
        self.out_proj = nn.Linear(inner_dim, EMBEDDING_DIM)

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Attend from (B, Q, 256) to keys and values (B, N, 256); returns (B, Q, 256)."""
        attended = F.scaled_dot_product_attention(
            _split_heads(self.q_proj(query)), _split_heads(self.k_proj(key)), _split_heads(self.v_proj(value))
        )  # (B, heads, Q, inner_dim / heads)
        merged: Tensor = self.out_proj(attended.transpose(1, 2).flatten(2))
        return merged


def _split_heads(x: Tensor) -> Tensor:
    """(B, N, C) to (B, heads, N, C / heads)."""
    return x.view(*x.shape[:2], _HEADS, -1).transpose(1, 2)
