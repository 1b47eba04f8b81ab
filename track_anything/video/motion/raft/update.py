"""RAFT's recurrent part: from what lies where the flow points, a better flow."""

import torch
from torch import Tensor, nn

from track_anything.video.motion.raft.correlation import CHANNELS

HIDDEN = 128
CONTEXT = 128
_MOTION = 128
_FINER = 8  # pixels per cell and direction
_NEIGHBOURS = 9
_MASK_SHARE = 0.25  # balances gradients in training


class MotionEncoder(nn.Module):
    """Features of a flow and of what was found where it points."""

    def __init__(self) -> None:
        super().__init__()
        self.convc1 = nn.Conv2d(CHANNELS, 256, 1)
        self.convc2 = nn.Conv2d(256, 192, 3, padding=1)
        self.convf1 = nn.Conv2d(2, 128, 7, padding=3)
        self.convf2 = nn.Conv2d(128, 64, 3, padding=1)
        self.conv = nn.Conv2d(192 + 64, _MOTION - 2, 3, padding=1)

    def forward(self, flow: Tensor, found: Tensor) -> Tensor:
        """(B, 2, h, w) and (B, CHANNELS, h, w) to (B, 128, h, w), of which the last two are the flow."""
        seen = self.convc2(self.convc1(found).relu()).relu()  # (B, 192, h, w)
        moved = self.convf2(self.convf1(flow).relu()).relu()  # (B, 64, h, w)
        together = self.conv(torch.cat([seen, moved], dim=1)).relu()  # (B, 126, h, w)
        return torch.cat([together, flow], dim=1)


class SeparableGRU(nn.Module):
    """A gated recurrent unit that looks along rows, then along columns (section 3.3)."""

    def __init__(self) -> None:
        super().__init__()
        for number, kernel in ((1, (1, 5)), (2, (5, 1))):
            padding = (kernel[0] // 2, kernel[1] // 2)
            for gate in "zrq":
                conv = nn.Conv2d(HIDDEN + CONTEXT + _MOTION, HIDDEN, kernel, padding=padding)
                self.add_module(f"conv{gate}{number}", conv)

    def forward(self, hidden: Tensor, x: Tensor) -> Tensor:
        """(B, 128, h, w) and (B, 256, h, w) to the next (B, 128, h, w)."""
        for number in (1, 2):
            both = torch.cat([hidden, x], dim=1)  # (B, 384, h, w)
            update = self.get_submodule(f"convz{number}")(both).sigmoid()
            reset = self.get_submodule(f"convr{number}")(both).sigmoid()
            candidate = self.get_submodule(f"convq{number}")(torch.cat([reset * hidden, x], dim=1)).tanh()
            hidden = (1 - update) * hidden + update * candidate
        return hidden


class FlowHead(nn.Module):
    """By how much the flow is off."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(HIDDEN, 256, 3, padding=1)
        self.conv2 = nn.Conv2d(256, 2, 3, padding=1)

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, 128, h, w) to (B, 2, h, w)."""
        change: Tensor = self.conv2(self.conv1(hidden).relu())
        return change


class UpdateBlock(nn.Module):
    """One step of refinement, and how its flow is made finer in the end."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = MotionEncoder()
        self.gru = SeparableGRU()
        self.flow_head = FlowHead()
        self.mask = nn.Sequential(
            nn.Conv2d(HIDDEN, 256, 3, padding=1), nn.ReLU(), nn.Conv2d(256, _FINER**2 * _NEIGHBOURS, 1)
        )

    def forward(self, hidden: Tensor, context: Tensor, found: Tensor, flow: Tensor) -> tuple[Tensor, Tensor]:
        """The next hidden state (B, 128, h, w), and the change of the flow (B, 2, h, w)."""
        hidden = self.gru(hidden, torch.cat([context, self.encoder(flow, found)], dim=1))
        return hidden, self.flow_head(hidden)

    def finer(self, hidden: Tensor, flow: Tensor) -> Tensor:
        """(B, 2, h, w) in cells to (B, 2, 8h, 8w) in pixels: means of nine cells ("convex upsampling")."""
        batch, _, height, width = flow.shape
        mask = (_MASK_SHARE * self.mask(hidden)).view(batch, 1, _NEIGHBOURS, _FINER, _FINER, height, width)
        cells = nn.functional.unfold(_FINER * flow, (3, 3), padding=1)  # (B, 2 * 9, hw)
        cells = cells.view(batch, 2, _NEIGHBOURS, 1, 1, height, width)
        fine: Tensor = (mask.softmax(dim=2) * cells).sum(dim=2)  # (B, 2, 8, 8, h, w)
        return fine.permute(0, 1, 4, 2, 5, 3).reshape(batch, 2, _FINER * height, _FINER * width)
