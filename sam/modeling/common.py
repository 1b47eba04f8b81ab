"""What the networks share: the norm of a feature map, perceptrons and windows."""

from collections.abc import Callable
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EMBEDDING_DIM = 256


class LayerNorm2d(nn.Module):
    """Normalise each position of a (B, C, h, w) map over its channels."""

    def __init__(self, channels: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Take and return (B, C, h, w)."""
        return self.over_last(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

    def over_last(self, x: Tensor) -> Tensor:
        """The same of (..., C)."""
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)


def learned_tokens(count: int) -> nn.Embedding:
    """So many learned vectors (count, 256).

    Drawing random numbers on the meta device, where networks are built before their weights are loaded, makes
    torch import its compiler or its symbolic shapes, which takes longer than everything else; so none are
    drawn there.
    """
    weight = torch.empty(count, EMBEDDING_DIM)
    return nn.Embedding(count, EMBEDDING_DIM, _weight=weight if weight.is_meta else weight.normal_())


class FeedForward(nn.Module):
    """The two linear layers of a transformer block."""

    def __init__(self, dim: int, hidden_dim: int, activation: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.lin1 = nn.Linear(dim, hidden_dim)
        self.lin2 = nn.Linear(hidden_dim, dim)
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        """Take and return (..., dim)."""
        output: Tensor = self.lin2(self.activation(self.lin1(x)))
        return output


class Perceptron(nn.Module):
    """A stack of linear layers with ReLU between them: the heads of the mask decoder."""

    def __init__(self, *dims: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(wide, narrow) for wide, narrow in pairwise(dims))

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., dims[0]) to (..., dims[-1])."""
        *hidden, last = self.layers
        for layer in hidden:
            x = F.relu(layer(x))
        output: Tensor = last(x)
        return output


def make_neck(dim: int) -> nn.Sequential:
    """The head of every image encoder: (B, dim, 64, 64) to (B, 256, 64, 64)."""
    return nn.Sequential(
        nn.Conv2d(dim, EMBEDDING_DIM, kernel_size=1, bias=False),
        LayerNorm2d(EMBEDDING_DIM),
        nn.Conv2d(EMBEDDING_DIM, EMBEDDING_DIM, kernel_size=3, padding=1, bias=False),
        LayerNorm2d(EMBEDDING_DIM),
    )


def split_windows(x: Tensor, side: int) -> Tensor:
    """Cut a map into square windows, padded with zeros at the right and the bottom.

    Args:
        x: (B, h, w, C).
        side: positions per side of a window.

    Returns:
        (B * n, side, side, C), windows in raster order.
    """
    batch, height, width, channels = x.shape
    x = F.pad(x, (0, 0, 0, -width % side, 0, -height % side))
    rows, columns = x.shape[1] // side, x.shape[2] // side
    x = x.view(batch, rows, side, columns, side, channels).transpose(2, 3)
    return x.reshape(-1, side, side, channels)


def join_windows(windows: Tensor, height: int, width: int) -> Tensor:
    """Undo ``split_windows``.

    Args:
        windows: (B * n, side, side, C).
        height: rows of the map before it was cut.
        width: columns of the map before it was cut.

    Returns:
        (B, height, width, C).
    """
    _, side, _, channels = windows.shape
    rows, columns = -(-height // side), -(-width // side)
    x = windows.view(-1, rows, columns, side, side, channels).transpose(2, 3)
    x = x.reshape(-1, rows * side, columns * side, channels)
    return x[:, :height, :width]
