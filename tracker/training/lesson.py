"""What a network is taught: where its clips come from, and what its answers cost."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Generator, Tensor, nn

from tracker.training.config import StageConfig, TrainingConfig


class Lesson(Protocol):
    """One kind of network and its training; the loop around it is ``Trainer``'s.

    Attributes:
        network: to be trained.
        trunk: the part of it that learns at a rate of its own.
    """

    @property
    def network(self) -> nn.Module: ...  # noqa: D102
    @property
    def trunk(self) -> nn.Module: ...  # noqa: D102

    def calibrate(self, generator: Generator) -> None:
        """Whatever a network needs before its first iteration."""
        ...

    def losses(self, stage: StageConfig, generator: Generator, share: float) -> Iterator[Tensor]:
        """The loss of one batch, in summands that are differentiated one after the other.

        Args:
            stage: what the batch is like.
            generator: everything drawn comes from it.
            share: of the hardest pixels that the cross-entropy counts.
        """
        ...

    def draw_sheet(self, path: Path, network: nn.Module, stage: StageConfig, generator: Generator) -> None:
        """Draw what a network, the averaged one, says about a batch into a PNG file."""
        ...

    def state(self) -> dict[str, Any]:
        """What a checkpoint has to hold beside the network."""
        ...

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on from a ``state``, which may hold more."""
        ...


def new_lesson(
    config: TrainingConfig, data: Path, out: Path, device: torch.device, segmenter: Path | None
) -> Lesson:
    """The lesson of a recipe; see ``Trainer`` for the arguments and what is raised."""
    if config.tracker == "sam-memory":
        from tracker.training.sam_memory_lesson import SamMemoryLesson  # brings the segmenter

        return SamMemoryLesson(config, data, out, device, segmenter)
    from tracker.training.xmem_lesson import XMemLesson

    return XMemLesson(config, data, device)
