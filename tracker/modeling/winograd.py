"""Convolutions of 3 x 3 by a quarter of the products, in tiles of 4 x 4 (Lavin and Gray, CVPR 2016)."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_TILE, _SPREAD = 4, 6  # pixels along a tile of the answer, and of what it is worked out from
_LEAST_WIDTH = 128  # channels in and out; with fewer, laying tiles out takes longer than the products spared
_OF_KERNEL = (
    (1 / 4, 0, 0),
    (-1 / 6, -1 / 6, -1 / 6),
    (-1 / 6, 1 / 6, -1 / 6),
    (1 / 24, 1 / 12, 1 / 6),
    (1 / 24, -1 / 12, 1 / 6),
    (0, 0, 1),
)
"""A row of a kernel, at the points 0, 1, -1, 2, -2 and infinity."""


class WinogradConv(nn.Module):
    """What a convolution of 3 x 3 computes, in float32 and for inference alone.

    Rounding comes to about three times that of the plain way, some 1e-5 of the greatest value.

    Args:
        conv: with stride 1 and padding 1.
    """

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        rows = torch.tensor(_OF_KERNEL, dtype=torch.float64)
        spread = torch.einsum("ia,ocab,jb->jico", rows, conv.weight.detach().double().cpu(), rows)
        self.weight = nn.Parameter(spread.flatten(0, 1).to(conv.weight), requires_grad=False)  # (36, in, out)
        self.bias = None if conv.bias is None else nn.Parameter(conv.bias.detach(), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in, h, w) -> (N, out, h, w), channels last in memory."""
        count, width, height, across = x.shape
        down, right = -(-height // _TILE), -(-across // _TILE)  # tiles
        margins = (1, _TILE * right + 1 - across, 1, _TILE * down + 1 - height)
        cells = F.pad(x, margins).permute(0, 2, 3, 1)  # (N, 4 down + 2, 4 right + 2, in)
        last_row, last_column = _TILE * (down - 1) + 1, _TILE * (right - 1) + 1
        by_row = x.new_empty(_SPREAD, count, down, cells.shape[2], width)
        _spread([cells[:, place : place + last_row : _TILE] for place in range(_SPREAD)], by_row)
        tiles = x.new_empty(_SPREAD, _SPREAD, count, down, right, width)
        _spread([by_row[:, :, :, place : place + last_column : _TILE] for place in range(_SPREAD)], tiles)
        products = torch.bmm(tiles.view(_SPREAD**2, -1, width), self.weight)  # (36, N * tiles, out)
        narrowed = x.new_empty(_TILE, _SPREAD, count, down, right, products.shape[2])
        _gather(products.view(_SPREAD, *narrowed.shape[1:]), narrowed)
        found = x.new_empty(count, down, _TILE, right, _TILE, products.shape[2])
        _gather(narrowed.permute(1, 2, 3, 4, 0, 5), found.permute(2, 0, 1, 3, 4, 5))
        whole = found.view(count, _TILE * down, _TILE * right, -1)[:, :height, :across]
        # A copy either way, since the tiles may reach beyond the picture.
        return (whole + (0 if self.bias is None else self.bias)).permute(0, 3, 1, 2)


def spare_products(network: nn.Module) -> None:
    """Put such convolutions in place of those of a network made ready for inference that gain by it."""
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Conv2d) and _gains(child):
                setattr(module, name, WinogradConv(child))


def _gains(conv: nn.Conv2d) -> bool:
    is_plain = conv.stride == conv.dilation == (1, 1) and conv.groups == 1 and conv.padding == (1, 1)
    return is_plain and conv.kernel_size == (3, 3) and min(conv.weight.shape[:2]) >= _LEAST_WIDTH


def _spread(given: Sequence[Tensor], out: Tensor) -> None:
    """Six lines of pixels, each laid out like ``out[0]``, at the six points."""
    first, second, third, fourth, fifth, sixth = given
    even, odd = torch.sub(fifth, third, alpha=4), torch.sub(fourth, second, alpha=4)
    torch.add(even, odd, out=out[1])
    torch.sub(even, odd, out=out[2])
    torch.sub(fifth, third, out=even)
    torch.sub(fourth, second, out=odd)
    torch.add(even, odd, alpha=2, out=out[3])
    torch.sub(even, odd, alpha=2, out=out[4])
    torch.add(even, first - third, alpha=4, out=out[0])
    torch.sub(sixth - fourth, fourth - second, alpha=4, out=out[5])


def _gather(given: Tensor, out: Tensor) -> None:
    """What was multiplied at six points, (6, ...), as four lines of pixels (4, ...)."""
    zero, one, minus_one, two, minus_two, infinity = given
    near, near_odd, far, far_odd = one + minus_one, one - minus_one, two + minus_two, two - minus_two
    torch.add(near, far, out=out[0]).add_(zero)
    torch.add(near_odd, far_odd, alpha=2, out=out[1])
    torch.add(near, far, alpha=4, out=out[2])
    torch.add(near_odd, far_odd, alpha=8, out=out[3]).add_(infinity)
