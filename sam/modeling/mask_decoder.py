"""Turns an embedding and an encoded prompt into masks and their expected quality.

Kirillov et al., ICCV 2023, appendix A "Lightweight mask decoder" and "Making the model ambiguity-aware".
"""

import weakref
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sam.modeling.common import EMBEDDING_DIM, LayerNorm2d, Perceptron, learned_tokens
from sam.modeling.transformer import Projected, TwoWayTransformer

_CANDIDATES = 3  # answers to an ambiguous prompt: about the part, the object and the whole
_MASK_TOKENS = 1 + _CANDIDATES  # token 0 answers a prompt that is not ambiguous
_UPSCALED_DIM = EMBEDDING_DIM // 8
_FINER = 2  # per side, by each of two transposed convolutions


class MaskDecoder(nn.Module):
    """Predicts mask logits at a quarter of the canvas, and the IoU each is expected to have."""

    def __init__(self) -> None:
        super().__init__()
        self.transformer = TwoWayTransformer()
        self.iou_token = learned_tokens(1)
        self.mask_tokens = learned_tokens(_MASK_TOKENS)
        self.output_upscaling = _Upscaling()
        hidden_dims = 3 * (EMBEDDING_DIM,)
        self.output_hypernetworks_mlps = nn.ModuleList(
            Perceptron(*hidden_dims, _UPSCALED_DIM) for _ in range(_MASK_TOKENS)
        )
        self.iou_prediction_head = Perceptron(*hidden_dims, _MASK_TOKENS)
        self._seen: tuple[weakref.ref[Tensor], Projected] | None = None  # of the image asked about last
        self._said: _Said | None = None

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
        tokens, upscaled = self._attended(features, positions, sparse, dense)
        wanted = slice(1, _MASK_TOKENS) if is_ambiguous else slice(0, 1)
        iou = self.iou_prediction_head(tokens[:, 0])[:, wanted]
        return self.draw(tokens, upscaled, wanted), iou

    def _attended(
        self, features: Tensor, positions: Tensor, sparse: Tensor, dense: Tensor
    ) -> tuple[Tensor, Tensor]:
        """``attend``, or what it said last where a lone prompt is asked about again, for more masks."""
        said, is_fixed = self._said, not torch.is_grad_enabled()
        if is_fixed and said is not None and said.image() is features and said.is_about(sparse, dense):
            return said.tokens, said.upscaled
        cells, count = features + dense, len(sparse)
        has_logits = dense.shape[-1] > 1
        projected = self._project(features, cells, positions) if is_fixed and not has_logits else None
        tokens, upscaled = self.attend(cells.expand(count, -1, -1, -1), positions, sparse, projected)
        if is_fixed and count == 1:
            self._said = _Said(weakref.ref(features), sparse, dense, tokens, upscaled)
        return tokens, upscaled

    def _project(self, features: Tensor, cells: Tensor, positions: Tensor) -> Projected:
        """What the first layer makes of an image (1, 256, h, w), once for all prompts without mask logits."""
        seen = self._seen
        if seen is not None and seen[0]() is features:
            return seen[1]
        projected = self.transformer.project(_to_sequence(cells), _to_sequence(positions))
        self._seen = weakref.ref(features), projected
        return projected

    def attend(
        self, cells: Tensor, positions: Tensor, sparse: Tensor, projected: Projected | None = None
    ) -> tuple[Tensor, Tensor]:
        """Let tokens and cells inform each other.

        Args:
            cells: (B, 256, h, w) the embedding with what is known of the mask.
            positions: (1, 256, h, w) the position encoding of its cells.
            sparse: (B, M, 256) tokens of a prompt.
            projected: of these cells, for one image (1, ...), where that is known.

        Returns:
            The tokens (B, 5 + M, 256), that of the IoU and those of the masks first, and the cells as finer
            features (B, 32, 4h, 4w).
        """
        own = torch.cat((self.iou_token.weight, self.mask_tokens.weight))  # (5, 256)
        tokens = torch.cat((own.expand(len(sparse), -1, -1), sparse), dim=1)  # (B, 5 + M, 256)
        if projected is not None:
            projected = Projected(*(each.expand(len(sparse), -1, -1) for each in projected))
        tokens, attended = self.transformer(tokens, _to_sequence(cells), _to_sequence(positions), projected)
        return tokens, self.output_upscaling(attended, cells.shape[-2:])

    def draw(self, tokens: Tensor, upscaled: Tensor, wanted: slice) -> Tensor:
        """Mask logits (B, number wanted, 4h, 4w) of what ``attend`` returned."""
        mask_tokens = tokens[:, 1 : 1 + _MASK_TOKENS].unbind(1)  # each (B, 256)
        pairs = list(zip(self.output_hypernetworks_mlps, mask_tokens, strict=True))[wanted]
        weights = torch.stack([perceptron(token) for perceptron, token in pairs], dim=1)  # (B, wanted, 32)
        return torch.einsum("bmc,bchw->bmhw", weights, upscaled)


class _Upscaling(nn.Sequential):
    """Makes cells four times finer on each side, and narrower.

    Transposed convolutions whose kernels do not overlap are a linear layer for each cell, which makes all of
    its pixels at once; they are laid out as pictures once, at the end.
    """

    def __init__(self) -> None:
        middle = EMBEDDING_DIM // 4
        super().__init__(
            nn.ConvTranspose2d(EMBEDDING_DIM, middle, kernel_size=_FINER, stride=_FINER),
            LayerNorm2d(middle),
            nn.GELU(),
            nn.ConvTranspose2d(middle, _UPSCALED_DIM, kernel_size=_FINER, stride=_FINER),
            nn.GELU(),
        )

    def forward(self, cells: Tensor, grid: tuple[int, int]) -> Tensor:  # type: ignore[override]  # two inputs
        """Map (B, h * w, 256) of a grid of (h, w) to (B, 32, 4h, 4w), channels last in memory."""
        first, second = cast(nn.ConvTranspose2d, self[0]), cast(nn.ConvTranspose2d, self[3])
        x = F.gelu(cast(LayerNorm2d, self[1]).over_last(_pixels(first, cells)))  # (B, h * w, dy, dx, 64)
        x = F.gelu(_pixels(second, x))  # (B, h * w, dy, dx, dy, dx, 32)
        x = x.view(len(cells), *grid, *4 * (_FINER,), _UPSCALED_DIM).permute(0, 1, 3, 5, 2, 4, 6, 7)
        return x.flatten(1, 3).flatten(2, 4).permute(0, 3, 1, 2)


@dataclass(frozen=True, eq=False)
class _Said:
    """What came of the prompt that was asked about last."""

    image: weakref.ref[Tensor]
    sparse: Tensor  # (1, M, 256)
    dense: Tensor  # (1, 256, 64, 64) or (1, 256, 1, 1)
    tokens: Tensor  # (1, 5 + M, 256)
    upscaled: Tensor  # (1, 32, 256, 256)

    def is_about(self, sparse: Tensor, dense: Tensor) -> bool:
        """Whether this is the same prompt."""
        return torch.equal(self.sparse, sparse) and torch.equal(self.dense, dense)


def _pixels(convolution: nn.ConvTranspose2d, x: Tensor) -> Tensor:
    """The pixels that a transposed convolution makes of each position: (..., C) to (..., dy, dx, C')."""
    rows = convolution.weight.permute(2, 3, 1, 0)  # (dy, dx, C', C)
    bias = cast(Tensor, convolution.bias).repeat(_FINER * _FINER)
    return F.linear(x, rows.flatten(0, 2), bias).view(*x.shape[:-1], *rows.shape[:3])


def _to_sequence(x: Tensor) -> Tensor:
    """(B, C, h, w) to (B, h * w, C), cell after cell in memory: norms over channels are slow otherwise."""
    return x.flatten(2).transpose(1, 2).contiguous()
