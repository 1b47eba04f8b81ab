"""The small image encoder of MobileSAM.

TinyViT (Wu et al., ECCV 2022) as distilled from SAM's ViT-H by MobileSAM (Zhang et al., 2023): a stage of
inverted bottlenecks, then three stages of windowed attention, each followed by a merging of patches.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from sam.modeling.common import join_windows, make_neck, split_windows
from sam.modeling.padding import skip_padding, skippable


@dataclass(frozen=True)
class TinyVitSize:
    """How large a TinyViT is; one entry per stage, the first of which is convolutional.

    Attributes:
        dims: channels.
        depths: number of blocks.
        heads: attention heads; the first stage has none.
        windows: tokens per side of a window; the first stage has none.
        strides: by how much a stage shrinks the map that it hands on; the last hands it on as it is.
    """

    dims: tuple[int, int, int, int] = (64, 128, 160, 320)
    depths: tuple[int, int, int, int] = (2, 2, 6, 2)
    heads: tuple[int, int, int, int] = (0, 4, 5, 10)
    windows: tuple[int, int, int, int] = (0, 7, 14, 7)
    strides: tuple[int, int, int] = (2, 2, 1)

    @property
    def dim(self) -> int:
        """Channels that the neck receives."""
        return self.dims[-1]


TINY_VIT = TinyVitSize()
_EXPANSION = 4  # of the hidden channels in bottlenecks and feed-forward layers
_CLASSES = 1000


class TinyVit(nn.Module):
    """Encodes a normalised canvas into the embedding that prompts are answered on."""

    def __init__(self, size: TinyVitSize) -> None:
        super().__init__()
        self.patch_embed = _PatchEmbed(size.dims[0])
        self.layers = nn.ModuleList(_Stage(size, index) for index in range(len(size.dims)))
        # The classifier that TinyViT was trained with: never run, but the published checkpoint carries it.
        self.norm_head = nn.LayerNorm(size.dim)
        self.head = nn.Linear(size.dim, _CLASSES)
        self.neck = make_neck(size.dim)

    def forward(self, canvas: Tensor, padding: tuple[int, int] | None = None) -> Tensor:
        """Encode a normalised canvas.

        Args:
            canvas: (B, 3, 1024, 1024), zero where it is padding.
            padding: what ``skippable`` says of it, where that is known; None = look.

        Returns:
            The embedding (B, 256, 64, 64).
        """
        convolutional, *attending = self.layers
        convolutions = nn.Sequential(self.patch_embed, convolutional)
        x = skip_padding(convolutions, canvas, padding or skippable(canvas))  # (B, 128, 128, 128)
        for stage in attending:
            x = stage(x)
        embedding: Tensor = self.neck(x)
        return embedding

    def fold_norms(self) -> None:
        """Fold every batch norm into its convolution: the same numbers, faster. Call once, after loading."""
        for module in list(self.modules()):
            if isinstance(module, _ConvNorm):
                module.fold()


class _ConvNorm(nn.Module):
    """A convolution without bias and its batch norm."""

    def __init__(self, fan_in: int, fan_out: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.c = nn.Conv2d(fan_in, fan_out, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn: nn.Module = nn.BatchNorm2d(fan_out)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, fan_in, h, w) to (B, fan_out, h / stride, w / stride)."""
        normalised: Tensor = self.bn(self.c(x))
        return normalised

    def fold(self) -> None:
        """Put the batch norm into the convolution's weight and bias."""
        if isinstance(self.bn, nn.BatchNorm2d):
            self.c = fuse_conv_bn_eval(self.c, self.bn)
            self.bn = nn.Identity()


class _PatchEmbed(nn.Module):
    """Two strided convolutions: a token per 4 x 4 pixels."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.seq = nn.Sequential(
            _ConvNorm(3, dim // 2, kernel=3, stride=2),
            _Gelu(),
            _ConvNorm(dim // 2, dim, kernel=3, stride=2),
        )

    def forward(self, canvas: Tensor) -> Tensor:
        """Map (B, 3, H, W) to (B, dim, H / 4, W / 4)."""
        x: Tensor = self.seq(canvas)
        return x


class _Stage(nn.Module):
    """The blocks of one resolution and, except in the last stage, the merging of patches that ends it."""

    def __init__(self, size: TinyVitSize, index: int) -> None:
        super().__init__()
        dim = size.dims[index]
        self.blocks = nn.ModuleList(
            _AttentionBlock(dim, size.heads[index], size.windows[index]) if index else _Bottleneck(dim)
            for _ in range(size.depths[index])
        )
        is_last = index == len(size.strides)
        self.downsample = None if is_last else _PatchMerging(dim, size.dims[index + 1], size.strides[index])

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, dim, h, w) to (B, next dim, h / stride, w / stride)."""
        for block in self.blocks:
            x = block(x)
        if self.downsample is not None:
            x = self.downsample(x)
        return x


class _Bottleneck(nn.Module):
    """An inverted bottleneck: widen, convolve each channel by itself, narrow, add."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        hidden = _EXPANSION * dim
        self.conv1 = _ConvNorm(dim, hidden)
        self.conv2 = _ConvNorm(hidden, hidden, kernel=3, groups=hidden)
        self.conv3 = _ConvNorm(hidden, dim)

    def forward(self, x: Tensor) -> Tensor:
        """Take and return (B, dim, h, w)."""
        hidden = _gelu(self.conv1(x))  # (B, 4 * dim, h, w)
        hidden = _gelu(self.conv2(hidden))
        return _gelu(x + self.conv3(hidden))


class _PatchMerging(nn.Module):
    """Shrinks the map and changes its channels."""

    def __init__(self, dim: int, next_dim: int, stride: int) -> None:
        super().__init__()
        self.conv1 = _ConvNorm(dim, next_dim)
        self.conv2 = _ConvNorm(next_dim, next_dim, kernel=3, stride=stride, groups=next_dim)
        self.conv3 = _ConvNorm(next_dim, next_dim)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, dim, h, w) to (B, next_dim, h / stride, w / stride)."""
        x = _gelu(self.conv1(x))
        x = _gelu(self.conv2(x))
        merged: Tensor = self.conv3(x)
        return merged


class _AttentionBlock(nn.Module):
    """Attention inside windows, a depthwise convolution across their borders, a feed-forward layer."""

    def __init__(self, dim: int, heads: int, window: int) -> None:
        super().__init__()
        self.window = window
        self.attn = _WindowAttention(dim, heads, window)
        self.local_conv = _ConvNorm(dim, dim, kernel=3, groups=dim)
        self.mlp = _FeedForward(dim, _EXPANSION * dim)

    def forward(self, x: Tensor) -> Tensor:
        """Take and return (B, dim, h, w)."""
        _, _, height, width = x.shape
        tokens = x.permute(0, 2, 3, 1)  # (B, h, w, dim)
        attended = self.attn(split_windows(tokens, self.window))  # (B * n, window, window, dim)
        tokens = tokens + join_windows(attended, height, width)
        x = self.local_conv(tokens.permute(0, 3, 1, 2))
        mixed: Tensor = self.mlp(x.permute(0, 2, 3, 1))
        return x + mixed.permute(0, 3, 1, 2)


class _WindowAttention(nn.Module):
    """Multi-head attention inside a window, biased by how far apart two tokens are."""

    def __init__(self, dim: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads = heads
        self.window = window
        self.norm = nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.attention_biases = nn.Parameter(torch.zeros(heads, window**2))

    def forward(self, windows: Tensor) -> Tensor:
        """Take and return (n, window, window, dim)."""
        count, _, _, dim = windows.shape
        qkv = self.qkv(self.norm(windows)).view(count, self.window**2, self.heads, 3, dim // self.heads)
        query, key, value = qkv.permute(3, 0, 2, 1, 4)  # each (n, heads, window², dim per head)
        attended = F.scaled_dot_product_attention(query, key, value, attn_mask=self._bias())
        joined: Tensor = self.proj(attended.transpose(1, 2).reshape(windows.shape))
        return joined

    def _bias(self) -> Tensor:
        """(1, heads, window², window²), by how far apart two tokens are, whichever comes first."""
        position = torch.arange(self.window, device=self.attention_biases.device)
        apart = (position[:, None] - position[None, :]).abs()  # (window, window)
        offset = apart[:, None, :, None] * self.window + apart[None, :, None, :]  # (y, x, y of key, x of key)
        return self.attention_biases[None, :, offset.view(self.window**2, -1)]


class _FeedForward(nn.Module):
    """A norm and the two linear layers of a transformer block."""

    def __init__(self, dim: int, hidden_dim: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.fc1 = nn.Linear(dim, hidden_dim)
        self.fc2 = nn.Linear(hidden_dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        """Take and return (..., dim)."""
        output: Tensor = self.fc2(_gelu(self.fc1(self.norm(x))))
        return output


class _Gelu(nn.Module):
    """``_gelu`` as a layer."""

    def forward(self, x: Tensor) -> Tensor:
        """Overwrite and return a tensor of any shape."""
        return _gelu(x)


def _gelu(x: Tensor) -> Tensor:
    """GELU in place: on a CPU, fresh memory for the large maps costs more than the function itself."""
    activated: Tensor = torch.ops.aten.gelu_(x)
    return activated
