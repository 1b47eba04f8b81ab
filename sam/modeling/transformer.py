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
_FEW = 12  # tokens up to which it is cheaper to bring projections of the cells to them


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
        self.final_attn_token_to_image = _CrossAttention(_CROSS_DIM)
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
        attended = self.final_attn_token_to_image.to_image(
            tokens + token_positions, cells + cell_positions, cells
        )
        return self.norm_final_attn(tokens + attended), cells


class _TwoWayBlock(nn.Module):
    """Self-attention of the tokens, tokens to image, feed-forward, image to tokens."""

    def __init__(self, *, is_first: bool) -> None:
        super().__init__()
        self.is_first = is_first
        self.self_attn = _Attention(EMBEDDING_DIM)
        self.norm1 = nn.LayerNorm(EMBEDDING_DIM)
        self.cross_attn_token_to_image = _CrossAttention(_CROSS_DIM)
        self.norm2 = nn.LayerNorm(EMBEDDING_DIM)
        self.mlp = FeedForward(EMBEDDING_DIM, _HIDDEN_DIM, F.relu)
        self.norm3 = nn.LayerNorm(EMBEDDING_DIM)
        self.norm4 = nn.LayerNorm(EMBEDDING_DIM)
        self.cross_attn_image_to_token = _CrossAttention(_CROSS_DIM)

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
        if self.is_first:
            # Here the tokens are still nothing but their positions: no second addition, no residual.
            tokens = self.self_attn(tokens, tokens, tokens)
        else:
            placed = tokens + token_positions
            tokens = tokens + self.self_attn(placed, placed, tokens)
        tokens = self.norm1(tokens)

        to_image, to_tokens = self.cross_attn_token_to_image, self.cross_attn_image_to_token
        if projected is None:
            heard = to_image.to_image(tokens + token_positions, cells + cell_positions, cells)
        else:
            queries = to_image.q_proj(tokens + token_positions)
            heard = to_image.attend(queries, projected.keys, projected.values)
        tokens = self.norm2(tokens + heard)
        tokens = self.norm3(tokens + self.mlp(tokens))

        if projected is None:
            told = to_tokens.to_tokens(cells + cell_positions, tokens + token_positions, tokens)
        else:
            keys, values = to_tokens.k_proj(tokens + token_positions), to_tokens.v_proj(tokens)
            told = to_tokens.attend(projected.queries, keys, values)
        return tokens, self.norm4(cells + told)


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


class _CrossAttention(_Attention):
    """Attention between the tokens of a prompt and the cells of an image.

    There are thousands of cells, and to project them is almost all of the work. Products of matrices may be
    taken in any order: few tokens take the projections on themselves, head by head, and meet the cells as
    they are, in all 256 channels.
    """

    def to_image(self, tokens: Tensor, placed: Tensor, cells: Tensor) -> Tensor:
        """Let tokens (B, M, 256) attend to cells (B, N, 256), placed and plain; returns (B, M, 256)."""
        if tokens.shape[1] > _FEW:
            return cast(Tensor, self(tokens, placed, cells))
        batch, count, _ = tokens.shape
        queries = _split_heads(self.q_proj(tokens))  # (B, heads, M, d)
        # What the bias of keys adds to a query is the same for all cells, and no softmax sees it.
        asked = (queries @ _per_head(self.k_proj)).flatten(1, 2)  # (B, heads * M, 256)
        share = (asked @ placed.transpose(1, 2) * queries.shape[-1] ** -0.5).softmax(dim=-1)
        read = (share @ cells).view(batch, _HEADS, count, -1)  # (B, heads, M, 256)
        attended = (read @ _per_head(self.v_proj).transpose(1, 2)).transpose(1, 2).flatten(2)  # (B, M, C)
        merged: Tensor = self.out_proj(attended + self.v_proj.bias)
        return merged

    def to_tokens(self, placed: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Let cells (B, N, 256) attend to tokens (B, M, 256), as keys and values; returns (B, N, 256)."""
        if keys.shape[1] > _FEW:
            return cast(Tensor, self(placed, keys, values))
        known, told = _split_heads(self.k_proj(keys)), _split_heads(self.v_proj(values))  # (B, heads, M, d)
        known = known * known.shape[-1] ** -0.5
        asked = (known @ _per_head(self.q_proj)).flatten(1, 2)  # (B, heads * M, 256)
        offset = (known @ self.q_proj.bias.view(_HEADS, -1, 1)).flatten(1)[:, None]  # (B, 1, heads * M)
        likeness = placed @ asked.transpose(1, 2) + offset  # (B, N, heads * M)
        share = likeness.view(*likeness.shape[:2], _HEADS, -1).softmax(dim=-1).flatten(2)
        answers = (told @ _per_head_of(self.out_proj)).flatten(1, 2)  # (B, heads * M, 256)
        attended: Tensor = share @ answers + self.out_proj.bias
        return attended


def _per_head(projection: nn.Linear) -> Tensor:
    """The weights that make the channels of each head: (heads, d, 256)."""
    return projection.weight.view(_HEADS, -1, EMBEDDING_DIM)


def _per_head_of(merging: nn.Linear) -> Tensor:
    """The weights that take up the channels of each head: (heads, d, 256)."""
    return merging.weight.t().reshape(_HEADS, -1, EMBEDDING_DIM)


def _split_heads(x: Tensor) -> Tensor:
    """(B, N, C) to (B, heads, N, C / heads)."""
    return x.view(*x.shape[:2], _HEADS, -1).transpose(1, 2)
