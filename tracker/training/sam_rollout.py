"""One clip through a ``SamMemory`` as a propagation would go, but with gradients."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from tracker.affinity import attend, expand_memory, expand_query
from tracker.aggregation import soft_aggregate
from tracker.modeling.sam_memory import SamFrame, SamFrameFeatures, SamMemory
from tracker.training.config import StageConfig
from tracker.training.rollout import draw_memory, tokens_of


@dataclass(frozen=True, eq=False)
class Drawn:
    """What was said of one frame.

    Attributes:
        probabilities: (1, K + 1, 8h, 8w), background first.
        presence: (1, K) logits.
        iou: (1, K) expected.
    """

    probabilities: Tensor
    presence: Tensor
    iou: Tensor


def roll_out(
    network: SamMemory,
    frames: SamFrame,
    labels: Tensor,
    objects: int,
    stage: StageConfig,
    generator: Generator,
) -> list[Drawn]:
    """Segment all frames but the first from the masks of the first.

    Args:
        network: may be training or not.
        frames: T frames of one clip.
        labels: (8h, 8w) of the first, 1 to K for the objects.
        objects: K.
        stage: ``memory_frames``, of which the first frame is one, and ``deep_update_share``.
        generator: on the CPU.

    Returns:
        What was said of each of the other T - 1 frames.
    """
    features = network.encode_key(frames)
    length, _, *grid = frames.embedding.shape
    sensory = frames.embedding.new_zeros(1, objects, network.config.hidden_width, *grid)
    masks = F.one_hot(labels.clamp(min=0), objects + 1).movedim(-1, 0)[1:].float()[None]  # (1, K, 8h, 8w)
    value, sensory = network.encode_value(frames.embedding[:1], masks, sensory, deep_update=True)
    values, drawn = [value], []  # (1, K, CV, h, w) per frame
    for now in range(1, length):
        seen = _frame(features, now)
        readout = _read(features, now, draw_memory(now, stage.memory_frames, generator), values)
        decoded = network.decode(seen, readout, sensory)
        foreground = torch.sigmoid(decoded.logits.float())  # (1, K, 8h, 8w)
        probabilities = soft_aggregate(foreground.transpose(0, 1)).transpose(0, 1)  # (1, K + 1, 8h, 8w)
        drawn.append(Drawn(probabilities, decoded.presence.float(), decoded.iou.float()))
        sensory = decoded.sensory
        if now < length - 1:
            is_deep = float(torch.rand((), generator=generator)) < stage.deep_update_share
            value, sensory = network.encode_value(
                seen.f16, probabilities[:, 1:], sensory, deep_update=is_deep
            )
            values.append(value)
    return drawn


def _read(features: SamFrameFeatures, now: int, remembered: list[int], values: list[Tensor]) -> Tensor:
    """(1, K, CV, h, w): frame ``now`` read from the ``values`` of the frames ``remembered``."""
    with torch.autocast(values[0].device.type, enabled=False):  # distances of near keys cancel in bfloat16
        key = torch.cat([tokens_of(features.key[index]) for index in remembered])  # (N, CK)
        shrinkage = torch.cat([tokens_of(features.shrinkage[index])[:, 0] for index in remembered])  # (N,)
        wanted = expand_query(tokens_of(features.key[now]), tokens_of(features.selection[now]))  # (Q, D)
        affinity = attend(wanted @ expand_memory(key, shrinkage).T, None)
    stacked = torch.stack([values[index] for index in remembered], dim=3)  # (1, K, CV, R, h, w)
    _, objects, width, _, *grid = stacked.shape
    tokens = stacked.flatten(3)[0].flatten(0, 1).T  # (N, K * CV)
    return (affinity.weights.to(tokens.dtype) @ tokens).T.reshape(1, objects, width, *grid)


def _frame(features: SamFrameFeatures, index: int) -> SamFrameFeatures:
    one = slice(index, index + 1)
    parts = features.key, features.shrinkage, features.selection, features.f16, features.f4, features.f2
    return SamFrameFeatures(*(part[one] for part in parts))
