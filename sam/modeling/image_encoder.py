"""The plain vision transformer that encodes an image for Segment Anything.

Kirillov et al., ICCV 2023, appendix A; after "Exploring Plain Vision Transformer Backbones for Object
Detection" (Li et al., ECCV 2022): windowed attention with a few global blocks, and relative positions
decomposed into a vertical and a horizontal part.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sam.canvas import GRID_SIZE, GRID_STRIDE
from sam.modeling.common import FeedForward, join_windows, make_neck, split_windows


@dataclass(frozen=True)
class VitSize:
    """How large a ViT is.

    Attributes:
        dim: channels of a token.
        depth: number of blocks.
        heads: attention heads of a block.
        global_blocks: blocks that attend to the whole image; the others stay inside windows.
        window: tokens per side of a window.
    """

    dim: int
    depth: int
    heads: int
    global_blocks: tuple[int, ...]
    window: int = 14


VIT_B = VitSize(dim=768, depth=12, heads=12, global_blocks=(2, 5, 8, 11))
VIT_L = VitSize(dim=1024, depth=24, heads=16, global_blocks=(5, 11, 17, 23))
VIT_H = VitSize(dim=1280, depth=32, heads=16, global_blocks=(7, 15, 23, 31))


class ImageEncoder(nn.Module):
    """Encodes a normalised canvas into the embedding that prompts are answered on."""

    def __init__(self, size: VitSize) -> None:
        super().__init__()
        self.patch_embed = _PatchEmbed(size.dim)
        self.pos_embed = nn.Parameter(torch.zeros(1, GRID_SIZE, GRID_SIZE, size.dim))
        self.blocks = nn.ModuleList(
            _Block(size, window=None if index in size.global_blocks else size.window)
            for index in range(size.depth)
        )
        self.neck = make_neck(size.dim)

    def forward(self, canvas: Tensor) -> Tensor:
        """Map a normalised (B, 3, 1024, 1024) canvas to an embedding (B, 256, 64, 64)."""
        x = self.patch_embed(canvas) + self.pos_embed  # (B, h, w, dim)
        for block in self.blocks:
            x = block(x)
        embedding: Tensor = self.neck(x.permute(0, 3, 1, 2))
        return embedding


class _PatchEmbed(nn.Module):
    """One linear map per patch of 16 x 16 pixels."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, dim, kernel_size=GRID_STRIDE, stride=GRID_STRIDE)

    def forward(self, canvas: Tensor) -> Tensor:
        """Map (B, 3, H, W) to (B, h, w, dim)."""
        x: Tensor = self.proj(canvas)
        return x.permute(0, 2, 3, 1)


class _Block(nn.Module):
    """Attention, inside windows or over the whole map, then a feed-forward layer."""

    def __init__(self, size: VitSize, window: int | None) -> None:
        super().__init__()
        self.window = window
        self.norm1 = nn.LayerNorm(size.dim, eps=1e-6)
        self.attn = _Attention(size.dim, size.heads, side=window or GRID_SIZE)
        self.norm2 = nn.LayerNorm(size.dim, eps=1e-6)
        self.mlp = FeedForward(size.dim, 4 * size.dim, F.gelu)

    def forward(self, x: Tensor) -> Tensor:
        """Take and return (B, h, w, dim)."""
        x = x + self._attend(self.norm1(x))
        mixed: Tensor = self.mlp(self.norm2(x))
        return x + mixed

    def _attend(self, x: Tensor) -> Tensor:
        _, height, width, _ = x.shape
        squares = x if self.window is None else split_windows(x, self.window)
        attended: Tensor = self.attn(squares)
        return attended if self.window is None else join_windows(attended, height, width)


class _Attention(nn.Module):
    """Multi-head attention over a square of tokens with decomposed relative positions."""

    def __init__(self, dim: int, heads: int, side: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.rel_pos_h = nn.Parameter(torch.zeros(2 * side - 1, dim // heads))
        self.rel_pos_w = nn.Parameter(torch.zeros(2 * side - 1, dim // heads))

    def forward(self, x: Tensor) -> Tensor:
        """Take and return (B, side, side, dim)."""
        batch, side, _, dim = x.shape
        qkv = self.qkv(x).view(batch, side * side, 3, self.heads, 1, dim // self.heads)
        query, key, value = qkv.permute(2, 3, 0, 4, 1, 5)  # each (heads, B, 1, side², dim per head)
        table_h = _by_offset(self.rel_pos_h, side)
        table_w = _by_offset(self.rel_pos_w, side)
        attended = [
            # One head at a time: the biases of all heads of a global block would take a gigabyte.
            F.scaled_dot_product_attention(q, k, v, attn_mask=_position_bias(q, table_h, table_w))
            for q, k, v in zip(query, key, value, strict=True)
        ]  # heads times (B, 1, side², dim per head)
        joined: Tensor = self.proj(torch.cat(attended, dim=1).transpose(1, 2).reshape(x.shape))
        return joined


def _by_offset(table: Tensor, side: int) -> Tensor:
    """Spread (2 * side - 1, C), indexed by query minus key, to (side of query, side of key, C)."""
    position = torch.arange(side, device=table.device)
    return table[position[:, None] - position[None, :] + side - 1]


def _position_bias(query: Tensor, table_h: Tensor, table_w: Tensor) -> Tensor:
    """What relative positions add to the attention scores of one head.

    Args:
        query: (B, 1, side², C).
        table_h: (side, side, C) by row of query and row of key.
        table_w: (side, side, C) by column of query and column of key.

    Returns:
        (B, 1, side², side²).
    """
    batch, _, count, channels = query.shape
    side = table_h.shape[0]
    squares = query.view(batch, side, side, channels)
    bias_h = torch.einsum("bywc,ykc->bywk", squares, table_h)  # (B, y, x, row of key)
    bias_w = torch.einsum("byxc,xkc->byxk", squares, table_w)  # (B, y, x, column of key)
    bias = bias_h[..., :, None] + bias_w[..., None, :]  # (B, y, x, row of key, column of key)
    return bias.reshape(batch, 1, count, count)
