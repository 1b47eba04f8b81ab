"""From frame features to what the memory is addressed by: key, shrinkage and selection."""

import torch
from torch import Tensor, nn


class KeyProjection(nn.Module):
    """Three 3x3 convolutions (XMem, section 3.3 and equation 3)."""

    def __init__(self, in_width: int, key_width: int) -> None:
        super().__init__()
        self.key_proj = nn.Conv2d(in_width, key_width, 3, padding=1)
        self.d_proj = nn.Conv2d(in_width, 1, 3, padding=1)
        self.e_proj = nn.Conv2d(in_width, key_width, 3, padding=1)

    def forward(self, f16: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Project (B, C16, h, w).

        Returns:
            key (B, CK, h, w); shrinkage (B, 1, h, w), at least 1; selection (B, CK, h, w) in (0, 1).
        """
        shrinkage = self.d_proj(f16).square() + 1
        selection = torch.sigmoid(self.e_proj(f16))
        return self.key_proj(f16), shrinkage, selection
