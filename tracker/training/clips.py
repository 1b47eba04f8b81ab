"""Clips to train on: a still or a video as the ground, cut-outs of stills moving over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from tracker.training.appearance import add_noise, blur_by_motion, recolour
from tracker.training.config import SourceConfig, StageConfig
from tracker.training.motion import FILMED, PASTED, STILL, MotionRange, Placement, draw_path, sample
from tracker.training.sources import Clip, find_clips

_PASTE_SHARE = 0.5  # of clips that get a cut-out although they have objects enough
_BLUR_SHARE = 0.2
_UNSEEN = 0  # channel of what belongs to no object


@dataclass(frozen=True, eq=False)
class ClipBatch:
    """Clips and what is true of them.

    Attributes:
        frames: (B, T, 3, S, S) in [0, 1].
        labels: (B, T, S, S) int64, 0 = background, 1 to K the objects of the first frame.
        objects: K.
    """

    frames: Tensor
    labels: Tensor
    objects: int

    @property
    def masks(self) -> Tensor:
        """(B, T, K, S, S) float32, 1 inside each object."""
        return F.one_hot(self.labels, self.objects + 1).movedim(-1, 2)[:, :, 1:].float()


@dataclass(frozen=True, eq=False)
class _Layer:
    """What one source shows along one path: a picture, and the shares of its objects in every pixel."""

    frames: Tensor  # (T, 3, S, S) in [0, 1]
    masks: Tensor  # (T, N, S, S)


class ClipMaker:
    """Makes batches of clips; the same generator state makes the same batch on any device.

    Args:
        root: the data folder.
        sources: where clips come from.
        device: where the pictures are warped, painted and kept.
    """

    def __init__(self, root: Path, sources: Sequence[SourceConfig], device: torch.device | str) -> None:
        self._device = torch.device(device)
        self._clips = {source: find_clips(root, source) for source in sources}

    def batch(self, stage: StageConfig, generator: Generator) -> ClipBatch:
        """Draw a batch as a stage wants it."""
        kind = "videos" if _chance(generator, stage.video_share) else "stills"
        objects = 1
        if stage.max_objects > 1 and _chance(generator, 0.5):
            objects = 2 + _choice(generator, stage.max_objects - 1)
        clips = [self._clip(kind, objects, stage, generator) for _ in range(stage.batch)]
        frames, labels = zip(*clips, strict=True)
        return ClipBatch(torch.stack(frames), torch.stack(labels), objects)

    def _clip(
        self, kind: str, objects: int, stage: StageConfig, generator: Generator
    ) -> tuple[Tensor, Tensor]:
        """(T, 3, S, S) frames and (T, S, S) labels of one clip."""
        ground = self._ground(kind, objects, stage, generator)
        frames, count = ground.frames, ground.masks.shape[1]
        shares = list(ground.masks.unbind(1))  # (T, S, S) each
        pasted = max(objects - count, int(_chance(generator, _PASTE_SHARE)))
        for _ in range(pasted):
            layer = self._cut_out(stage, generator)
            alpha = layer.masks  # (T, 1, S, S)
            frames = frames * (1 - alpha) + layer.frames * alpha
            shares = [share * (1 - alpha[:, 0]) for share in shares]
            if len(shares) < objects:
                shares.append(alpha[:, 0])
        frames = recolour(frames, generator)
        if _chance(generator, _BLUR_SHARE):
            frames = blur_by_motion(frames, generator)
        return add_noise(frames, generator), _labels(torch.stack(shares, dim=1))

    def _ground(self, kind: str, objects: int, stage: StageConfig, generator: Generator) -> _Layer:
        clip = self._draw(kind, generator)
        chosen = _frames_with_skips(clip, stage, generator) if len(clip) > 1 else clip
        images, label_maps = zip(*(frame.read() for frame in chosen), strict=True)
        labels = torch.stack(label_maps)  # (T or 1, H, W)
        ids = _ids(labels[0])
        order = torch.randperm(len(ids), generator=generator).tolist()
        kept = [ids[position] for position in order[:objects]]
        placement = _look_at(labels[0], kept, generator)
        motion = FILMED if len(clip) > 1 else STILL
        return self._layer(torch.stack(images), labels, kept, stage, motion, placement, generator)

    def _cut_out(self, stage: StageConfig, generator: Generator) -> _Layer:
        """One object of a still on a path of its own, in colours of its own."""
        (frame,) = self._draw("stills", generator)
        image, labels = frame.read()
        ids = _ids(labels)
        kept = [ids[_choice(generator, len(ids))]] if ids else [1]
        placement = _place_somewhere(labels == kept[0], generator)
        layer = self._layer(
            image[None], labels[None], kept, stage, PASTED, placement, generator, outside="zeros"
        )
        return _Layer(recolour(layer.frames, generator, strength=0.5), layer.masks)

    def _layer(
        self,
        images: Tensor,
        labels: Tensor,
        kept: list[int],
        stage: StageConfig,
        motion: MotionRange,
        placement: Placement,
        generator: Generator,
        *,
        outside: str = "reflection",
    ) -> _Layer:
        path = draw_path(generator, stage.frames, stage.size, motion, placement).to(self._device)
        ids = torch.tensor(kept or [256], device=self._device).view(1, -1, 1, 1)
        masks = (labels.to(self._device)[:, None] == ids).float()  # (T or 1, N, H, W)
        return _Layer(
            sample(images.to(self._device), path, padding="reflection") / 255,
            sample(masks, path, padding=outside),
        )

    def _draw(self, kind: str, generator: Generator) -> Clip:
        sources = [source for source in self._clips if source.kind == kind]
        weights = torch.tensor([source.weight for source in sources])
        source = sources[int(torch.multinomial(weights, 1, generator=generator))]
        return self._clips[source][_choice(generator, len(self._clips[source]))]


def _frames_with_skips(clip: Clip, stage: StageConfig, generator: Generator) -> Clip:
    """T frames of a video in its order or backwards, some frames apart; fewer apart where it is short."""
    most = max(1, min(stage.max_skip, (len(clip) - 1) // (stage.frames - 1)))
    steps = torch.randint(1, most + 1, (stage.frames - 1,), generator=generator).cumsum(0).tolist()
    first = _choice(generator, max(1, len(clip) - steps[-1]))
    indices = [min(first + step, len(clip) - 1) for step in (0, *steps)]
    if _chance(generator, 0.5):
        indices.reverse()
    return tuple(clip[index] for index in indices)


def _look_at(labels: Tensor, kept: list[int], generator: Generator) -> Placement:
    """A crop of a picture, about the objects kept if there are any."""
    height, width = labels.shape
    extent = min(height, width) * _uniform(generator, 0.55, 1.05)
    is_kept = torch.isin(labels, torch.tensor(kept, dtype=labels.dtype))
    centre = _centroid(is_kept) if is_kept.any() else (width / 2, height / 2)
    shift = 0.25 * extent
    moved = [
        min(max(place + _uniform(generator, -shift, shift), extent / 2), length - extent / 2)
        if extent < length
        else length / 2
        for place, length in zip(centre, (width, height), strict=True)
    ]
    return Placement(
        (moved[0], moved[1]), extent, angle=_uniform(generator, -10, 10), is_mirrored=_chance(generator, 0.5)
    )


def _place_somewhere(mask: Tensor, generator: Generator) -> Placement:
    """A cut-out of 15 to 60 % of the crop's side, anywhere in it."""
    rows, columns = mask.any(dim=1).nonzero(), mask.any(dim=0).nonzero()
    across = max(len(rows), len(columns), 1)
    extent = across / _uniform(generator, 0.15, 0.6)
    offset = (_uniform(generator, -0.35, 0.35), _uniform(generator, -0.35, 0.35))
    centre = _centroid(mask) if mask.any() else (0.0, 0.0)
    return Placement(centre, extent, offset, _uniform(generator, -20, 20), _chance(generator, 0.5))


def _labels(shares: Tensor) -> Tensor:
    """(T, K, S, S) shares -> (T, S, S) labels; an object that the first frame does not show is none."""
    shares = shares * (shares[:1] > 0.5).any(dim=3, keepdim=True).any(dim=2, keepdim=True)
    strongest = shares.max(dim=1)
    return torch.where(strongest.values > 0.5, strongest.indices + 1, _UNSEEN)


def _ids(labels: Tensor) -> list[int]:
    """The objects of a label map, ascending."""
    return [int(value) for value in np.unique(labels.numpy()) if value]


def _centroid(mask: Tensor) -> tuple[float, float]:
    rows, columns = mask.nonzero(as_tuple=True)
    return float(columns.float().mean()), float(rows.float().mean())


def _chance(generator: Generator, probability: float) -> bool:
    return float(torch.rand((), generator=generator)) < probability


def _choice(generator: Generator, count: int) -> int:
    return int(torch.randint(count, (), generator=generator))


def _uniform(generator: Generator, least: float, greatest: float) -> float:
    return least + (greatest - least) * float(torch.rand((), generator=generator))
