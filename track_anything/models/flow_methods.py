"""The ways to find motion by name."""

from pathlib import Path
from typing import TypeAlias

from track_anything.errors import WeightsError
from track_anything.models.network_choice import NetworkChoice
from track_anything.types import Choices
from track_anything.video.motion import DenseInverseSearch, FlowMethod


def _raft(checkpoint: Path | None, device: str) -> FlowMethod:
    from track_anything.video.motion.raft import Raft  # loads torch

    if checkpoint is None:
        raise WeightsError("RAFT needs a checkpoint: give its file")
    return Raft(checkpoint, device)


FlowChoice: TypeAlias = NetworkChoice[[Path | None, str], FlowMethod]
"""Built from a checkpoint, on a device."""

FLOW_METHODS: Choices[FlowChoice, [Path | None, str], FlowMethod] = Choices(
    "flow method",
    {
        "dis": NetworkChoice(
            lambda _checkpoint, _device: DenseInverseSearch(), "dense inverse search", takes_weights=False
        ),
        "raft": NetworkChoice(_raft, "RAFT, a network: finer, and far slower", weights="raft-things"),
    },
)
"""By name; a new one is one line."""
