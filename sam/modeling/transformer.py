"""The two-way transformer: tokens attend to the image and the image attends to the tokens.

Kirillov et al., ICCV 2023, appendix A "Lightweight mask decoder".
"""

from typing import NamedTuple, cast

import torch.nn.functional as F
from torch import Tensor, nn

from sam.modeling.common import EMBEDDING_DIM, FeedForward

_DEPTH = 2
_HEADS = 8
_HIDDEN_DIM = 2048
_CROSS_DIM = EMBEDDING_DIM // 2  # attention between tokens and image works in half the channels


class Projected(NamedTuple):
    """The cells of an image as one layer looks at them, each (B, h * w, 128), before any token was heard.

    Attributes:
        keys: for tokens that attend to the image.
        values: likewise.
        queries: for the image that attends to tokens.
    """

    keys: Tensor
    values: Tensor
    queries: Tensor


class TwoWayTransformer(nn.Module):
    """Lets the tokens of a prompt and the cells of an image inform each other."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_TwoWayBlock(is_first=index == 0) for index in range(_DEPTH))
        self.final_attn_token_to_image = _Attention(_CROSS_DIM)
        self.norm_final_attn = nn.LayerNorm(EMBEDDING_DIM)

    def project(self, cells: Tensor, cell_positions: Tensor) -> Projected:
        """What the first layer makes of cells (B, h * w, 256): no prompt has a part in it."""
        return cast(_TwoWayBlock, self.layers[0]).project(cells, cell_positions)

    def forward(
        self, tokens: Tensor, cells: Tensor, cell_positions: Tensor, projected: Projected | None = None
    ) -> tuple[Tensor, Tensor]:
        """Run all layers.

        Args:
            tokens: (B, M, 256); as given, they also serve as their own position encoding.
            cells: (B, h * w, 256) the embedding of the image.
            cell_positions: (1, h * w, 256).
            projected: what ``project`` made of these cells, where it is known.

        Returns:
            The tokens and the cells, both in the shapes given.
        """
        token_positions = tokens
        for layer in self.layers:
            tokens, cells = layer(tokens, cells, token_positions, cell_positions, projected)
            projected = None  # the cells are others from here on
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

    def project(self, cells: Tensor, cell_positions: Tensor) -> Projected:
        """What this layer makes of cells (B, h * w, 256) before tokens come to it."""
        to_image, to_tokens = self.cross_attn_token_to_image, self.cross_attn_image_to_token
        placed = cells + cell_positions
        return Projected(to_image.k_proj(placed), to_image.v_proj(cells), to_tokens.q_proj(placed))

    def forward(
        self,
        tokens: Tensor,
        cells: Tensor,
        token_positions: Tensor,
        cell_positions: Tensor,
        projected: Projected | None,
    ) -> tuple[Tensor, Tensor]:
        """Take and return tokens (B, M, 256) and cells (B, h * w, 256); ``projected`` is of these cells."""
        if projected is None:
            projected = self.project(cells, cell_positions)
        if self.is_first:
            # Here the tokens are still nothing but their positions: no second addition, no residual.
            tokens = self.self_attn(tokens, tokens, tokens)
        else:
            placed = tokens + token_positions
            tokens = tokens + self.self_attn(placed, placed, tokens)
        tokens = self.norm1(tokens)

        to_image, to_tokens = self.cross_attn_token_to_image, self.cross_attn_image_to_token
        queries = to_image.q_proj(tokens + token_positions)
        tokens = tokens + to_image.attend(queries, projected.keys, projected.values)
        tokens = self.norm2(tokens)
        tokens = self.norm3(tokens + self.mlp(tokens))

        keys, values = to_tokens.k_proj(tokens + token_positions), to_tokens.v_proj(tokens)
        return tokens, self.norm4(cells + to_tokens.attend(projected.queries, keys, values))


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
        return self.attend(self.q_proj(query), self.k_proj(key), self.v_proj(value))

    def attend(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """The same from what was projected already, (B, Q, C) and (B, N, C); returns (B, Q, 256)."""
        attended = F.scaled_dot_product_attention(
            _split_heads(queries), _split_heads(keys), _split_heads(values)
        )  # (B, heads, Q, C / heads)
        merged: Tensor = self.out_proj(attended.transpose(1, 2).flatten(2))
        return merged


def _split_heads(x: Tensor) -> Tensor:
    """(B, N, C) to (B, heads, N, C / heads)."""
    return x.view(*x.shape[:2], _HEADS, -1).transpose(1, 2)
