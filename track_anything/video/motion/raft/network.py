"""RAFT (Teed and Deng, "Recurrent All-Pairs Field Transforms for Optical Flow", ECCV 2020)."""

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor, nn

from track_anything.errors import WeightsError
from track_anything.video.motion.raft.correlation import Correlation
from track_anything.video.motion.raft.encoder import Encoder
from track_anything.video.motion.raft.update import CONTEXT, HIDDEN, UpdateBlock

CELL = 8
"""Pixels per cell and direction; pictures are a whole number of cells wide and high."""

_FEATURES = 256


class RaftNetwork(nn.Module):
    """The network of the paper, its larger form."""

    def __init__(self) -> None:
        super().__init__()
        self.fnet = Encoder(_FEATURES, nn.InstanceNorm2d)
        self.cnet = Encoder(HIDDEN + CONTEXT, nn.BatchNorm2d)
        self.update_block = UpdateBlock()

    def forward(self, first: Tensor, second: Tensor, iterations: int) -> Tensor:
        """Where each pixel of the first picture lies in the second one.

        Args:
            first: (1, 3, H, W), -1 to 1; H and W are multiples of 8.
            second: likewise.
            iterations: of refinement, 1 or more.

        Returns:
            (1, 2, H, W), x and y in pixels.
        """
        correlation = Correlation(self.fnet(first), self.fnet(second))
        hidden, context = self.cnet(first).split([HIDDEN, CONTEXT], dim=1)
        hidden, context = hidden.tanh(), context.relu()
        _, _, height, width = hidden.shape
        places = _places(height, width).to(hidden)  # (1, 2, h, w)
        flow = torch.zeros_like(places)
        for _ in range(iterations):
            hidden, change = self.update_block(hidden, context, correlation(places + flow), flow)
            flow = flow + change
        return self.update_block.finer(hidden, flow)


def load_network(path: Path) -> RaftNetwork:
    """The network with released weights; WeightsError when a file cannot be read or holds other ones."""
    network = RaftNetwork()
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        network.load_state_dict(_renamed(content))
    except (OSError, EOFError, RuntimeError, UnpicklingError, AttributeError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise WeightsError(
            f"{path} does not hold weights of RAFT ({reason}): give raft-things.pth, or leave the path out"
        ) from error
    return network.eval()


def _places(height: int, width: int) -> Tensor:
    """(1, 2, h, w): x and y of every cell."""
    down, right = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return torch.stack([right, down])[None].float()


def _renamed(content: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The released names without the wrapper that training left, and without what is there twice."""
    names = {name: name.removeprefix("module.") for name in content}
    return {names[name]: tensor for name, tensor in content.items() if ".norm3." not in names[name]}
