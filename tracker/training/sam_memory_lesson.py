"""How a ``SamMemory`` is taught: on clips of which the segmenter's embeddings are kept, one by one."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Generator, Tensor, nn

from sam.build import build_segmenter
from sam.canvas import CANVAS_SIZE
from sam.modeling.sam import Sam
from sam.sam_segmenter import SamSegmenter
from tracker.build import SAM_MEMORY_WEIGHTS, load_sam_memory
from tracker.errors import TrainingError
from tracker.modeling.canvas import normalise
from tracker.modeling.sam_memory import SamFrame, SamMemory
from tracker.training.clips import ClipBatch
from tracker.training.config import StageConfig, TrainingConfig
from tracker.training.embedded_clips import EmbeddedClip, EmbeddedClips
from tracker.training.losses import bootstrapped_cross_entropy, dice_loss
from tracker.training.pictures import save_sheet
from tracker.training.sam_rollout import Drawn, roll_out

EMBEDDINGS = "embeddings"
_SEGMENTER = "mobile-sam"
_PRESENT = 8  # pixels at half the canvas that an object must have to count as there
_PRESENCE_WEIGHT = 0.1
_IOU_WEIGHT = 0.2


class SamMemoryLesson:
    """Meets the ``Lesson`` contract; the segmenter's decoder is the trunk.

    Args:
        config: the recipe.
        data: the folder that its paths are below.
        out: where embeddings are kept.
        device: to train on.
        segmenter: checkpoint of ``mobile-sam``.

    Raises:
        TrainingError: there is no checkpoint, or it holds another network's weights.
    """

    def __init__(
        self, config: TrainingConfig, data: Path, out: Path, device: torch.device, segmenter: Path | None
    ) -> None:
        if segmenter is None:
            raise TrainingError(f"sam-memory sees frames with {_SEGMENTER}: give its checkpoint")
        self._config = config
        self._device = device
        sam = build_segmenter(_SEGMENTER, segmenter, str(device), precision=config.precision)
        embed = partial(_embedded, sam)
        self._clips = EmbeddedClips(data, config, embed, out / EMBEDDINGS, CANVAS_SIZE)
        self.network = _initial(config, data, sam.network)
        self.trunk = self.network.mask_decoder

    def calibrate(self, generator: Generator) -> None:
        """Nothing: there are no batch norms."""

    def losses(self, stage: StageConfig, generator: Generator, share: float) -> Iterator[Tensor]:
        """Cross-entropy, dice, presence and expected IoU of each clip."""
        for _ in range(stage.batch):
            clip = self._clips.draw(stage, generator)
            yield _loss(self._predict(self.network, clip, stage, generator), clip, share) / stage.batch

    @torch.no_grad()
    def draw_sheet(self, path: Path, network: nn.Module, stage: StageConfig, generator: Generator) -> None:
        """Draw one clip with what the averaged network says."""
        clip = self._clips.draw(stage, generator)
        drawn = self._predict(cast("SamMemory", network), clip, stage, generator)
        batch = ClipBatch(clip.pictures[None], clip.labels[None], clip.objects)
        save_sheet(path, batch, torch.cat([each.probabilities for each in drawn])[None])

    def state(self) -> dict[str, Any]:
        """Nothing beside the network."""
        return {}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Nothing."""

    def _predict(
        self, network: SamMemory, clip: EmbeddedClip, stage: StageConfig, generator: Generator
    ) -> list[Drawn]:
        frame = SamFrame(clip.embeddings.to(self._device), normalise(clip.pictures.to(self._device)))
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._config.precision == "bfloat16"):
            return roll_out(network, frame, clip.labels[0].to(self._device), clip.objects, stage, generator)


def _loss(drawn: list[Drawn], clip: EmbeddedClip, share: float) -> Tensor:
    probabilities = torch.cat([each.probabilities for each in drawn])  # (T - 1, K + 1, 8h, 8w)
    labels = clip.labels[1:].to(probabilities.device)  # (T - 1, 8h, 8w)
    is_known = (labels >= 0)[:, None]  # (T - 1, 1, 8h, 8w)
    truth = F.one_hot(labels.clamp(min=0), clip.objects + 1).movedim(-1, 1)[:, 1:].bool() & is_known
    found = (probabilities.detach()[:, 1:] > 0.5) & is_known  # (T - 1, K, 8h, 8w)
    both, either = (
        (f(found, truth).flatten(2).sum(dim=2) + 1) for f in (torch.logical_and, torch.logical_or)
    )
    is_there = (truth.flatten(2).sum(dim=2) > _PRESENT).float()  # (T - 1, K)
    presence = torch.cat([each.presence for each in drawn])  # (T - 1, K)
    expected = torch.cat([each.iou for each in drawn])
    return (
        bootstrapped_cross_entropy(probabilities, labels, share)
        + dice_loss(probabilities, labels).mean()
        + _PRESENCE_WEIGHT * F.binary_cross_entropy_with_logits(presence, is_there)
        + _IOU_WEIGHT * (expected - both / either).square().mean()
    )


def _initial(config: TrainingConfig, data: Path, sam: Sam) -> SamMemory:
    """A network around the segmenter's decoder, or one to go on from."""
    if config.initial:
        path = SAM_MEMORY_WEIGHTS if config.initial == config.tracker else data / config.initial
        return load_sam_memory(path).train().requires_grad_(True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        network = SamMemory()
    network.mask_decoder.load_state_dict(sam.mask_decoder.state_dict())
    network.positions.load_state_dict(sam.prompt_encoder.pe_layer.state_dict())
    return network


def _embedded(segmenter: SamSegmenter, image: NDArray[np.uint8]) -> Tensor:
    return segmenter.embed(image).grid
