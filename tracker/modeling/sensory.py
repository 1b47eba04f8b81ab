"""The updates of the sensory memory: a hidden state per object that moves with every frame."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class SensoryUpdate(nn.Module):
    """The update of every frame, from the decoder's features of three scales (XMem, section 3.4)."""

    def __init__(self, fused_width: int, up_width: int, hidden_width: int) -> None:
        super().__init__()
        self.g16_conv = nn.Conv2d(fused_width, up_width, 1)
        self.g8_conv = nn.Conv2d(up_width, up_width, 1)
        self.g4_conv = nn.Conv2d(up_width + 1, up_width, 1)
        self.transform = nn.Conv2d(up_width + hidden_width, 3 * hidden_width, 3, padding=1)

    def forward(self, g16: Tensor, g8: Tensor, g4: Tensor, logits: Tensor, sensory: Tensor) -> Tensor:
        """Fold what the decoder saw into the sensory memory.

        Args:
            g16: (N, fused_width, h, w).
            g8: (N, up_width, 2h, 2w).
            g4: (N, up_width, 4h, 4w).
            logits: (N, 1, 4h, 4w).
            sensory: (N, CH, h, w).

        Returns:
            (N, CH, h, w).
        """
        g4_mean = torch.cat((F.avg_pool2d(g4, 4), F.avg_pool2d(logits, 4)), dim=1)  # (N, up_width + 1, h, w)
        seen = self.g16_conv(g16) + self.g8_conv(F.avg_pool2d(g8, 2)) + self.g4_conv(g4_mean)
        return _gated(self.transform(torch.cat((seen, sensory), dim=1)), sensory)


class TokenSensoryUpdate(nn.Module):
    """The update of every frame where a decoder of tokens draws, which has features of two scales."""

    def __init__(self, fused_width: int, upscaled_width: int, hidden_width: int) -> None:
        super().__init__()
        self.g16_conv = nn.Conv2d(fused_width, 2 * hidden_width, 1)
        self.g4_conv = nn.Conv2d(upscaled_width + 1, 2 * hidden_width, 1)
        self.transform = nn.Conv2d(3 * hidden_width, 3 * hidden_width, 3, padding=1)

    def forward(self, g16: Tensor, g4: Tensor, logits: Tensor, sensory: Tensor) -> Tensor:
        """Fold what the decoder saw into the sensory memory.

        Args:
            g16: (N, fused_width, h, w).
            g4: (N, upscaled_width, 4h, 4w).
            logits: (N, 1, 4h, 4w).
            sensory: (N, CH, h, w).

        Returns:
            (N, CH, h, w).
        """
        seen = torch.cat((g4, torch.tanh(logits / 4)), dim=1)  # (N, upscaled_width + 1, 4h, 4w)
        seen = self.g16_conv(g16) + self.g4_conv(F.avg_pool2d(seen, 4))  # (N, 2 * CH, h, w)
        return _gated(self.transform(torch.cat((seen, sensory), dim=1)), sensory)


class SensoryDeepUpdate(nn.Module):
    """The update of memory frames, from the value just encoded (XMem, section 3.4)."""

    def __init__(self, value_width: int, hidden_width: int) -> None:
        super().__init__()
        self.transform = nn.Conv2d(value_width + hidden_width, 3 * hidden_width, 3, padding=1)

    def forward(self, value: Tensor, sensory: Tensor) -> Tensor:
        """(N, CV, h, w) and (N, CH, h, w) -> (N, CH, h, w)."""
        return _gated(self.transform(torch.cat((value, sensory), dim=1)), sensory)


def _gated(gates: Tensor, sensory: Tensor) -> Tensor:
    """A gated recurrent unit whose candidate does not see the forget gate, as XMem was trained."""
    forget, update, candidate = gates.chunk(3, dim=1)
    forget, update = torch.sigmoid(forget), torch.sigmoid(update)
    return forget * sensory * (1 - update) + update * torch.tanh(candidate)
