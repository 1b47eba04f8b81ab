"""The target models of all objects: learned, kept as arrays, and added to what the decoder draws."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tracker.adaptation.adaptable import Learned, Learning
from tracker.adaptation.fitting import fit_target
from tracker.adaptation.known_frame import KnownFrame
from tracker.adaptation.lessons import Lessons
from tracker.adaptation.target_model import TargetModel
from tracker.frame_network import FrameNetwork
from tracker.memory_config import MemoryConfig

_BIAS = "bias"


class TargetModels:
    """Target models by object.

    Args:
        learned: what ``learn`` returned.
    """

    def __init__(self, learned: Mapping[str, NDArray[Any]] | None = None) -> None:
        arrays = learned or {}
        self._models = {
            int(name.partition(".")[0]): _from_arrays(name.partition(".")[0], arrays)
            for name in arrays
            if name.endswith(f".{_BIAS}")
        }

    def added_to(
        self,
        logits: torch.Tensor,
        object_ids: Sequence[int],
        network: FrameNetwork,
        seen: Any,  # noqa: ANN401
    ) -> torch.Tensor:
        """The logits (1, K, H, W) of some objects on a frame, with what was learned of them."""
        if not self._models.keys() & set(object_ids):
            return logits
        maps, size = network.maps(seen), (int(logits.shape[-2]), int(logits.shape[-1]))
        scores = [
            self._models[own].scores(maps, size) if own in self._models else torch.zeros_like(logits[0, 0])
            for own in object_ids
        ]
        return logits + torch.stack(scores).unsqueeze(0)


def learn(network: FrameNetwork, memory: MemoryConfig, known: Sequence[KnownFrame], seed: int) -> Learning:
    """Learn a target model of each object; see ``Adaptable.learn``."""
    if len(known) < 2:
        return {}
    lessons = Lessons(network, memory, known, seed)
    total, learned = len(lessons) + 1, Learned()
    for done, _ in enumerate(lessons, start=1):
        yield done, total
    for object_id, own in lessons.of_object.items():
        model = fit_target(own, lessons.widths)
        if model is not None:
            learned |= {f"{object_id}.{place}": each.numpy() for place, each in enumerate(model.weights)}
            learned[f"{object_id}.{_BIAS}"] = np.array(model.bias, np.float32)
    yield total, total
    return learned


def _from_arrays(own: str, arrays: Mapping[str, NDArray[Any]]) -> TargetModel:
    count = sum(name.partition(".")[0] == own for name in arrays) - 1
    weights = tuple(torch.from_numpy(np.asarray(arrays[f"{own}.{place}"])) for place in range(count))
    return TargetModel(weights, float(arrays[f"{own}.{_BIAS}"]))
