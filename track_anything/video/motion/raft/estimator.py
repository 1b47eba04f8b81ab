"""RAFT as a way to find motion."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from track_anything.errors import InputError
from track_anything.types import Image
from track_anything.video.motion.flow import EstimateFlow, Flow, flow_at_most
from track_anything.video.motion.raft.network import CELL, RaftNetwork, load_network


@dataclass(frozen=True)
class Raft:
    """A ``FlowMethod`` by a network: slower than dense inverse search, and surer of large motion.

    Attributes:
        weights: the released ``raft-things.pth`` (BSD-3-Clause).
        device: ``cpu`` or ``cuda``.
        iterations: of refinement; the paper takes 12 where time matters and up to 32.
    """

    weights: Path
    device: str = "cpu"
    iterations: int = 12

    name = "raft"

    def __post_init__(self) -> None:
        """Raise InputError for less than one iteration."""
        if self.iterations < 1:
            raise InputError(f"RAFT refines {self.iterations} times nothing: give 1 iteration or more")

    def estimator(self, longest_side: int) -> EstimateFlow:
        """See ``FlowMethod``; WeightsError when the weights cannot be read."""
        network = load_network(self.weights).to(self.device)

        def estimate(first: Image, second: Image) -> Flow:
            return flow_at_most(longest_side, first, second, lambda *pair: self._flow(network, *pair))

        return estimate

    @torch.inference_mode()
    def _flow(self, network: RaftNetwork, first: Image, second: Image) -> Flow:
        """(H, W, 3) pictures to (H, W, 2)."""
        height, width = first.shape[:2]
        one, other = (_padded(_normalised(image).to(self.device)) for image in (first, second))
        flow = network(one, other, self.iterations)[0, :, :height, :width]  # (2, H, W)
        return np.ascontiguousarray(flow.permute(1, 2, 0).cpu().numpy())


def _normalised(image: Image) -> Tensor:
    """(1, 3, H, W), -1 to 1."""
    return torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


def _padded(image: Tensor) -> Tensor:
    """Its last row and column go on to the next whole cell."""
    height, width = image.shape[-2:]
    return pad(image, (0, -width % CELL, 0, -height % CELL), mode="replicate")
