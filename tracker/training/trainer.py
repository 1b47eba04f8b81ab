"""The training loop: a generator of iterations, with everything that is needed to go on after a stop."""

import json
import math
import platform
import time
from collections.abc import Iterator
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Generator, nn
from torch.optim import AdamW
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from tracker.errors import TrainingError
from tracker.training.config import StageConfig, TrainingConfig
from tracker.training.lesson import Lesson, new_lesson
from tracker.training.losses import bootstrap_share
from tracker.training.pictures import save_curve

CHECKPOINT = "checkpoint.pt"
WEIGHTS = "weights.safetensors"
RECORD = "run.json"
CURVE = "loss.png"
_WARM_UP = 0.05  # share of a stage in which the learning rate rises
_FLOOR = 0.02  # of the learning rate at the end of a stage
_GRADIENT_CLIP = 3.0


@dataclass(frozen=True)
class TrainingStep:
    """One iteration.

    Attributes:
        iteration: from 0.
        stage: its name.
        loss: of the batch.
        seconds: it took, batch included.
    """

    iteration: int
    stage: str
    loss: float
    seconds: float


class Trainer:
    """Trains a network after a configuration; iterate to train, stop iterating to pause.

    Every iteration draws from a generator of its own, seeded by the run's seed and the iteration's number,
    so a run that was stopped and goes on from its checkpoint computes what an undisturbed one would have.

    Args:
        config: the recipe.
        data: the folder that the recipe's paths are below.
        out: the folder for checkpoint, weights and pictures; a run that is there already is gone on with.
        device: to train on.
        segmenter: checkpoint of ``mobile-sam``, which ``sam-memory`` sees frames with.

    Raises:
        TrainingError: data or the segmenter are missing, or ``out`` cannot be made or holds a run of another
            configuration.
    """

    def __init__(
        self,
        config: TrainingConfig,
        data: Path,
        out: Path,
        device: torch.device | str = "cpu",
        *,
        segmenter: Path | None = None,
    ) -> None:
        self.config = config
        self.iteration = 0
        self.losses: list[float] = []
        self.seconds = 0.0
        self._out = out
        self._device = torch.device(device)
        self._lesson: Lesson = new_lesson(config, data, out, self._device, segmenter)
        self._network = self._lesson.network
        self._network.to(device=self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        average = get_ema_multi_avg_fn(config.ema_decay)  # type: ignore[no-untyped-call]  # torch's own
        self._averaged = AveragedModel(self._network, multi_avg_fn=average, use_buffers=False)
        trunk = list(self._lesson.trunk.parameters())
        in_trunk = {id(parameter) for parameter in trunk}
        rest = [parameter for parameter in self._network.parameters() if id(parameter) not in in_trunk]
        self._optimiser = AdamW([{"params": rest}, {"params": trunk}], weight_decay=config.weight_decay)
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TrainingError(f"{out} cannot be made ({error.strerror}): choose another --out") from error
        if (out / CHECKPOINT).exists():
            self._resume()

    def __len__(self) -> int:
        """Iterations still to be done."""
        return self.config.iterations - self.iteration

    def __iter__(self) -> Iterator[TrainingStep]:
        if self.iteration == 0 and not self.config.initial:
            self._lesson.calibrate(_generator(self.config.seed, -1))
            self._averaged.module.load_state_dict(self._network.state_dict())
        try:
            while self.iteration < self.config.iterations:
                step = self._step()
                if self.iteration % self.config.checkpoint_every == 0:
                    self.save()
                yield step
        finally:
            self.save()

    @property
    def network(self) -> nn.Module:
        """The averaged network, the one that counts."""
        return self._averaged.module

    def save(self) -> None:
        """Write what to go on from, the averaged weights as float16, the record and the loss plot."""
        checkpoint = {
            "config": _fingerprint(self.config),
            "iteration": self.iteration,
            "seconds": self.seconds,
            "losses": self.losses,
            **self._lesson.state(),
            "network": self._network.state_dict(),
            "averaged": self._averaged.state_dict(),
            "optimiser": self._optimiser.state_dict(),
        }
        temporary = self._out / f"{CHECKPOINT}.part"
        torch.save(checkpoint, temporary)
        temporary.replace(self._out / CHECKPOINT)
        save_weights(self.network, self._out / WEIGHTS)
        (self._out / RECORD).write_text(json.dumps(self._record()) + "\n", "utf-8")
        if self.losses:
            save_curve(self._out / CURVE, self.losses)

    def _step(self) -> TrainingStep:
        started = time.perf_counter()
        stage, progress = self.config.stage_at(self.iteration)
        generator = _generator(self.config.seed, self.iteration)
        self._set_rates(stage, progress)
        share = bootstrap_share(self.iteration / self.config.iterations, self.config.bootstrap)
        total = 0.0
        self._optimiser.zero_grad(set_to_none=True)
        for loss in self._lesson.losses(stage, generator, share):
            if not torch.isfinite(loss):
                raise TrainingError(
                    f"the loss is no number at iteration {self.iteration}: lower learning_rate and begin anew"
                )
            torch.autograd.backward(loss)
            total += float(loss.detach())
        nn.utils.clip_grad_norm_(self._network.parameters(), _GRADIENT_CLIP)
        self._optimiser.step()
        self._averaged.update_parameters(self._network)

        self.losses.append(total)
        self.iteration += 1
        if self.iteration % self.config.picture_every == 0:
            path = self._out / f"clips-{self.iteration:06d}.png"
            self._lesson.draw_sheet(path, self.network, stage, generator)
        seconds = time.perf_counter() - started
        self.seconds += seconds
        return TrainingStep(self.iteration - 1, stage.name, self.losses[-1], seconds)

    def _set_rates(self, stage: StageConfig, progress: float) -> None:
        """Rise in a line, then fall along a cosine; a trunk without a rate needs no gradients at all."""
        rise = min(1.0, (progress + 1 / stage.iterations) / _WARM_UP)
        fall = _FLOOR + (1 - _FLOOR) * (1 + math.cos(math.pi * progress)) / 2
        rest, trunk = self._optimiser.param_groups
        rest["lr"] = stage.learning_rate * rise * fall
        trunk["lr"] = stage.trunk_learning_rate * rise * fall
        self._lesson.trunk.requires_grad_(stage.trunk_learning_rate > 0)

    def _record(self) -> dict[str, Any]:
        """What there is to know about the run once it is over."""
        return {
            "config": asdict(self.config),
            "iterations": self.iteration,
            "seconds": round(self.seconds),
            "device": self._device.type,
            "threads": torch.get_num_threads(),
            "processor": platform.machine(),
            "torch": torch.__version__,
            "losses": [round(loss, 4) for loss in self.losses],
        }

    def _resume(self) -> None:
        path = self._out / CHECKPOINT
        checkpoint: dict[str, Any] = torch.load(path, map_location=self._device, weights_only=True)
        if not _is_same(checkpoint["config"], self.config):
            raise TrainingError(f"{path} is of another configuration: give another --out, or take it away")
        self._network.load_state_dict(checkpoint["network"])
        self._averaged.load_state_dict(checkpoint["averaged"])
        self._optimiser.load_state_dict(checkpoint["optimiser"])
        self.iteration = checkpoint["iteration"]
        self.seconds = checkpoint["seconds"]
        self.losses = checkpoint["losses"]
        self._lesson.load_state(checkpoint)


def save_weights(network: nn.Module, path: Path) -> None:
    """Write a network as float16 safetensors, whole or not at all."""
    state = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).cpu().contiguous()
        for name, tensor in network.state_dict().items()
    }
    temporary = path.with_name(f"{path.name}.part")
    save_file(state, temporary)
    temporary.replace(path)


def _generator(seed: int, iteration: int) -> Generator:
    """A generator for one iteration alone; primes keep the seeds of different runs apart."""
    return Generator().manual_seed((seed + 1) * 1_000_003 + iteration)


def _fingerprint(config: TrainingConfig) -> str:
    return json.dumps(asdict(config), sort_keys=True)


def _is_same(fingerprint: str, config: TrainingConfig) -> bool:
    """Whether a checkpoint is of this recipe; what did not exist when it was made counts as the default."""
    new = {each.name: each.default for each in fields(TrainingConfig) if each.default is not MISSING}
    return bool(new | json.loads(fingerprint) == json.loads(_fingerprint(config)))
