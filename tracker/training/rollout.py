"""One clip through the network as a propagation would go, but with gradients."""

import math

import torch
from torch import Generator, Tensor

from tracker.affinity import expand_memory, expand_query
from tracker.aggregation import soft_aggregate
from tracker.modeling.canvas import normalise
from tracker.modeling.xmem import FrameFeatures, XMem
from tracker.spatial_prior import SpatialPrior
from tracker.training.clips import ClipBatch
from tracker.training.config import StageConfig

_EXACT = "donot_use_mm_for_euclid_dist"  # distances of near places would cancel


def roll_out(network: XMem, batch: ClipBatch, stage: StageConfig, generator: Generator) -> Tensor:
    """Segment all frames but the first from the masks of the first.

    The memory of a frame is the first one and a draw of ``memory_frames - 1`` later ones, as XMem is
    trained; what is read is averaged over all of their elements, since a choice of the strongest few
    would hide the others from the gradient.

    Args:
        network: may be training or not.
        batch: the clips.
        stage: ``memory_frames``, ``deep_update_share`` and ``position``.
        generator: on the CPU.

    Returns:
        (B, T - 1, K + 1, S, S) probabilities, background first.
    """
    count, length = batch.frames.shape[:2]
    frames = normalise(batch.frames.flatten(0, 1))  # (B * T, 3, S, S)
    features = network.encode_key(frames)
    pixels = frames.view(batch.frames.shape)  # (B, T, 3, S, S)
    grid = features.key.shape[-2:]
    keys = _Keys(features, length, _Places(count, stage.position, grid))
    keys.places.follow(batch.masks[:, 0])

    sensory = pixels.new_zeros(count, batch.objects, network.config.hidden_width, *grid)
    value, sensory = network.encode_value(
        pixels[:, 0], keys.frame(0).f16, batch.masks[:, 0], sensory, deep_update=True
    )
    values = [value]  # (B, K, CV, h, w) per frame
    predictions = []
    for now in range(1, length):
        is_last = now == length - 1
        is_deep_update = float(torch.rand((), generator=generator)) < stage.deep_update_share
        remembered = draw_memory(now, stage.memory_frames, generator)

        with torch.autocast(pixels.device.type, enabled=False):  # distances of near keys cancel in bfloat16
            readout = keys.read(now, remembered, [values[index] for index in remembered])
        logits, sensory = network.segment(
            keys.frame(now), readout, sensory, update_sensory=not (is_last or is_deep_update)
        )
        foreground = torch.sigmoid(logits.float())  # (B, K, S, S)
        probabilities = soft_aggregate(foreground.transpose(0, 1)).transpose(0, 1)  # (B, K + 1, S, S)
        predictions.append(probabilities)
        keys.places.follow(probabilities[:, 1:])
        if not is_last:
            value, sensory = network.encode_value(
                pixels[:, now], keys.frame(now).f16, probabilities[:, 1:], sensory, deep_update=is_deep_update
            )
            values.append(value)
    return torch.stack(predictions, dim=1)


class _Places:
    """Where the cells of frames lie, seen from each object of each clip, as ``SpatialPrior`` has it."""

    def __init__(self, clips: int, position: float, grid: torch.Size) -> None:
        self._priors = [SpatialPrior(position) for _ in range(clips)]
        self._grid = grid[0], grid[1]
        self._seen: list[list[Tensor]] = []  # by frame and clip, (1 or K, h * w, 2)

    def follow(self, masks: Tensor) -> None:
        """Take in what is said of the next frame, (B, K, S, S)."""
        now = []
        for prior, found in zip(self._priors, masks.detach(), strict=True):
            prior.follow(dict(enumerate(found)))
            places = prior.places(range(len(found)), self._grid, masks.device)
            cells = list(places.values()) if places else [masks.new_zeros(2, *self._grid)]  # (2, h, w) each
            now.append(torch.stack([tokens_of(each) for each in cells]))
        self._seen.append(now)

    def squared_distances(self, clip: int, remembered: list[int]) -> Tensor:
        """(1 or K, h * w, N): squares of how far cells of the next frame lie from remembered ones."""
        now, *memory = (self._seen[index][clip] for index in (-1, *remembered))
        return torch.cdist(now, torch.cat(memory, dim=1), compute_mode=_EXACT).square()


class _Keys:
    """The features of all frames of all clips, and the reading of one frame from others."""

    def __init__(self, features: FrameFeatures, length: int, places: _Places) -> None:
        self._length = length
        self._features = features
        self.places = places

    def frame(self, index: int) -> FrameFeatures:
        """Those of frame ``index`` of every clip."""
        each = self._features
        return FrameFeatures(
            *(
                part[index :: self._length]
                for part in (each.key, each.shrinkage, each.selection, each.f16, each.f8, each.f4)
            )
        )

    def read(self, now: int, remembered: list[int], values: list[Tensor]) -> Tensor:
        """(B, K, CV, h, w): frame ``now`` read from the ``values`` of the frames ``remembered``."""
        query = self.frame(now)
        memory = [self.frame(index) for index in remembered]
        tokens = torch.stack(values, dim=3).flatten(3).float()  # (B, K, CV, N)
        count, objects, width, _ = tokens.shape
        rows = []
        for clip in range(count):
            key = torch.cat([tokens_of(each.key[clip]) for each in memory])  # (N, CK)
            shrinkage = torch.cat([tokens_of(each.shrinkage[clip])[:, 0] for each in memory])  # (N,)
            wanted = expand_query(tokens_of(query.key[clip]), tokens_of(query.selection[clip]))  # (Q, D)
            similarity = wanted @ expand_memory(key, shrinkage).T  # (Q, N)
            weight = shrinkage / math.sqrt(key.shape[1])  # (N,)
            distances = weight * self.places.squared_distances(clip, remembered)  # (1 or K, Q, N)
            affinity = (similarity - distances).softmax(dim=2)  # (1 or K, Q, N)
            rows.append(tokens[clip] @ affinity.mT)  # (K, CV, Q)
        return torch.stack(rows).view(count, objects, width, *query.key.shape[-2:])


def tokens_of(features: Tensor) -> Tensor:
    """(C, h, w) -> (h * w, C), float32 whatever the autocast."""
    return features.flatten(1).T.float()


def draw_memory(now: int, count: int, generator: Generator) -> list[int]:
    """The first frame and ``count - 1`` of the others before ``now``, all of them when there are no more."""
    others = torch.randperm(now - 1, generator=generator)[: count - 1] + 1
    return [0, *sorted(others.tolist())]
