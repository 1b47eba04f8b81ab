"""How an ``XMem`` is taught: batches of clips of one size, rolled out together."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import torch
from torch import Generator, Tensor, nn

from tracker.modeling.xmem import XMem
from tracker.training.clips import ClipBatch, ClipMaker
from tracker.training.config import StageConfig, TrainingConfig
from tracker.training.initial import calibrate_norms, initial_network
from tracker.training.losses import bootstrapped_cross_entropy, dice_loss
from tracker.training.pictures import save_sheet
from tracker.training.rollout import roll_out

_CALIBRATION_BATCHES = 8


class XMemLesson:
    """Meets the ``Lesson`` contract; hard clips are drawn more often.

    Args:
        config: the recipe.
        data: the folder that its paths are below.
        device: to train on.
    """

    def __init__(self, config: TrainingConfig, data: Path, device: torch.device) -> None:
        self._config = config
        self._device = device
        self._clips = ClipMaker(data, config.sources, device)
        self.network = initial_network(config, data)
        self.trunk = self.network.key_encoder

    def calibrate(self, generator: Generator) -> None:
        """Measure the statistics of the batch norms."""
        stage = self._config.stages[0]
        batches = (self._clips.batch(stage, generator) for _ in range(_CALIBRATION_BATCHES))
        calibrate_norms(self.network, batches)

    def losses(self, stage: StageConfig, generator: Generator, share: float) -> Iterator[Tensor]:
        """Cross-entropy and dice of one batch."""
        batch = self._clips.batch(stage, generator)
        probabilities = self._predict(self.network, batch, stage, generator)
        flat, labels = probabilities.flatten(0, 1), batch.labels[:, 1:].flatten(0, 1)
        dice = dice_loss(flat, labels)  # (B * (T - 1),)
        yield bootstrapped_cross_entropy(flat, labels, share) + dice.mean()
        lacking = dice.detach().view(len(batch.labels), -1).mean(dim=1)  # (B,)
        self._clips.learn(batch.origins, lacking.tolist())

    @torch.no_grad()
    def draw_sheet(self, path: Path, network: nn.Module, stage: StageConfig, generator: Generator) -> None:
        """Draw a batch with what the averaged network says."""
        batch = self._clips.batch(stage, generator)
        save_sheet(path, batch, self._predict(cast("XMem", network), batch, stage, generator))

    def state(self) -> dict[str, Any]:
        """How hard every clip was."""
        return {"hardness": self._clips.hardness}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Go on with what is known to be hard."""
        self._clips.hardness = state["hardness"]

    def _predict(
        self, network: XMem, batch: ClipBatch, stage: StageConfig, generator: Generator
    ) -> torch.Tensor:
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._config.precision == "bfloat16"):
            return roll_out(network, batch, stage, generator)
