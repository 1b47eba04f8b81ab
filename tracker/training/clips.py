"""Clips to train on: a still or a video as the ground, cut-outs of stills moving over it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from tracker.training.appearance import add_noise, blur_by_motion, recolour
from tracker.training.config import SourceConfig, StageConfig
from tracker.training.draws import chance, choice, uniform
from tracker.training.motion import FILMED, PASTED, STILL, WILDER, MotionRange, Placement, draw_path, sample
from tracker.training.sources import Clip, find_clips

_PASTE_SHARE = 0.5  # of clips that get a cut-out although they have objects enough
_BLUR_SHARE = 0.2
_UNSEEN = 0  # channel of what belongs to no object
_NO_ID = 256  # no label map holds it
_WILD_GROWTH = 0.08  # per frame, as a logarithm
_HARDNESS_RATE = 0.3
_HARDEST = 3.0

UNKNOWN = -1
"""Label of pixels that cost nothing."""


@dataclass(frozen=True, eq=False)
class ClipBatch:
    """Clips and what is true of them.

    Attributes:
        frames: (B, T, 3, S, S) in [0, 1].
        labels: (B, T, S, S) int64, 0 = background, 1 to K the objects of the first frame, ``UNKNOWN``.
        objects: K.
        origins: per clip what its ground was made from.
    """

    frames: Tensor
    labels: Tensor
    objects: int
    origins: tuple["Origin", ...] = ()

    @property
    def masks(self) -> Tensor:
        """(B, T, K, S, S) float32, 1 inside each object."""
        return F.one_hot(self.labels.clamp(min=0), self.objects + 1).movedim(-1, 2)[:, :, 1:].float()


@dataclass(frozen=True)
class Origin:
    """A still or video that was drawn: the number of its source and its own within it."""

    source: int
    index: int


@dataclass(frozen=True, eq=False)
class _Layer:
    """What one source shows along one path: a picture, and the shares of its objects in every pixel."""

    frames: Tensor  # (T, 3, S, S) in [0, 1]
    masks: Tensor  # (T, N, S, S)
    void: Tensor  # (T, S, S)


@dataclass(frozen=True, eq=False)
class _Material:
    """Pictures and label maps that layers are cut from.

    Attributes:
        images: (T or 1, 3, H, W) uint8.
        labels: (T or 1, H, W) uint8.
        kept: the ids of the objects that count.
        void: label of what is unknown, -1 = none.
    """

    images: Tensor
    labels: Tensor
    kept: list[int]
    void: int


class ClipMaker:
    """Makes batches of clips; the same generator state and hardness make the same batch on any device.

    Args:
        root: the data folder.
        sources: where clips come from.
        device: where the pictures are warped, painted and kept.
    """

    def __init__(self, root: Path, sources: Sequence[SourceConfig], device: torch.device | str) -> None:
        self._device = torch.device(device)
        self._sources = tuple(sources)
        self._clips = [find_clips(root, source) for source in sources]
        self.hardness = [torch.ones(len(clips)) for clips in self._clips]
        """Per source and clip: its running loss, relative to the others'."""

    def batch(self, stage: StageConfig, generator: Generator) -> ClipBatch:
        """Draw a batch as a stage wants it."""
        kind = "videos" if chance(generator, stage.video_share) else "stills"
        objects = 1
        if stage.max_objects > 1 and chance(generator, 0.5):
            objects = 2 + choice(generator, stage.max_objects - 1)
        clips = [self._clip(kind, objects, stage, generator) for _ in range(stage.batch)]
        frames, labels, origins = zip(*clips, strict=True)
        return ClipBatch(torch.stack(frames), torch.stack(labels), objects, origins)

    def learn(self, origins: Sequence[Origin], losses: Sequence[float]) -> None:
        """Note how hard clips were: their losses, each relative to the mean of its batch."""
        mean = max(sum(losses) / len(losses), 1e-6)
        for origin, loss in zip(origins, losses, strict=True):
            hardness = self.hardness[origin.source]
            hardness[origin.index] += _HARDNESS_RATE * (min(loss / mean, _HARDEST) - hardness[origin.index])

    def _clip(
        self, kind: str, objects: int, stage: StageConfig, generator: Generator
    ) -> tuple[Tensor, Tensor, Origin]:
        """(T, 3, S, S) frames and (T, S, S) labels of one clip, and where its ground came from."""
        origin, material = self._material(kind, objects, stage, generator)
        placement = _look_at(material.labels[0], material.kept, generator)
        motion = FILMED if len(material.images) > 1 else STILL
        ground = self._layer(material, stage, motion, placement, generator)
        frames, void = ground.frames, ground.void
        shares = list(ground.masks.unbind(1)) if material.kept else []  # (T, S, S) each
        pasted = max(objects - len(shares), int(chance(generator, _PASTE_SHARE)))
        layers = []
        if shares and chance(generator, stage.twin_share):
            layers.append((self._pasted(_one_of(material, generator), stage, generator), False))
        for number in range(pasted):
            is_object = len(shares) + number < objects
            cut_out = self._cut_out(stage, generator)
            copies = 1 + int(is_object and chance(generator, stage.twin_share))
            layers += [
                (self._pasted(cut_out, stage, generator), is_object and not copy) for copy in range(copies)
            ]
        for layer, is_object in layers:
            alpha = layer.masks  # (T, 1, S, S)
            frames = frames * (1 - alpha) + layer.frames * alpha
            shares = [share * (1 - alpha[:, 0]) for share in shares]
            void = void * (1 - alpha[:, 0])
            if is_object:
                shares.append(alpha[:, 0])
        frames = recolour(frames, generator)
        if chance(generator, _BLUR_SHARE):
            frames = blur_by_motion(frames, generator)
        return add_noise(frames, generator), _labels(torch.stack(shares, dim=1), void), origin

    def _material(
        self, kind: str, objects: int, stage: StageConfig, generator: Generator
    ) -> tuple[Origin, _Material]:
        """What the ground of a clip is made from, with at most so many of its objects."""
        origin = self._draw(kind, stage, generator)
        clip = self._clips[origin.source][origin.index]
        chosen = frames_with_skips(clip, stage, generator) if len(clip) > 1 else clip
        images, label_maps = zip(*(frame.read() for frame in chosen), strict=True)
        labels = torch.stack(label_maps)  # (T or 1, H, W)
        void = self._sources[origin.source].void
        ids = _ids(labels[0], void)
        order = torch.randperm(len(ids), generator=generator).tolist()
        kept = [ids[position] for position in order[:objects]]
        return origin, _Material(torch.stack(images), labels, kept, void)

    def _cut_out(self, stage: StageConfig, generator: Generator) -> _Material:
        """One object of a still, in colours of its own."""
        origin = self._draw("stills", stage, generator)
        (frame,) = self._clips[origin.source][origin.index]
        image, labels = frame.read()
        void = self._sources[origin.source].void
        ids = _ids(labels, void)
        kept = [ids[choice(generator, len(ids))]] if ids else [1]
        image = (recolour(image[None] / 255, generator, strength=0.5) * 255).to(torch.uint8)
        return _Material(image, labels[None], kept, void)

    def _pasted(self, material: _Material, stage: StageConfig, generator: Generator) -> _Layer:
        """A cut-out on a path of its own."""
        placement = _place_somewhere(material.labels[0] == material.kept[0], generator)
        return self._layer(material, stage, PASTED, placement, generator, outside="zeros")

    def _layer(
        self,
        material: _Material,
        stage: StageConfig,
        motion: MotionRange,
        placement: Placement,
        generator: Generator,
        *,
        outside: str = "reflection",
    ) -> _Layer:
        if chance(generator, stage.wild_share):
            motion = replace(
                motion, turn=WILDER * motion.turn, growth=max(WILDER * motion.growth, _WILD_GROWTH)
            )
        is_returning = outside == "zeros" and chance(generator, stage.return_share)
        path = draw_path(
            generator, stage.frames, stage.size, motion, placement, is_returning=is_returning
        ).to(self._device)
        labels = material.labels.to(self._device)[:, None]  # (T or 1, 1, H, W)
        ids = torch.tensor([*(material.kept or [_NO_ID]), material.void], device=self._device).view(
            1, -1, 1, 1
        )
        masks = sample((labels == ids).float(), path, padding=outside)  # (T, N + 1, S, S)
        pictures = sample(material.images.to(self._device), path, padding="reflection") / 255
        return _Layer(pictures, masks[:, :-1], masks[:, -1])

    def _draw(self, kind: str, stage: StageConfig, generator: Generator) -> Origin:
        numbers = [number for number, source in enumerate(self._sources) if source.kind == kind]
        weights = torch.tensor([self._sources[number].weight for number in numbers])
        source = numbers[int(torch.multinomial(weights, 1, generator=generator))]
        chances = 1 - stage.hardness + stage.hardness * self.hardness[source]
        return Origin(source, int(torch.multinomial(chances, 1, generator=generator)))


def _one_of(material: _Material, generator: Generator) -> _Material:
    """The first frame of a ground, of which one object counts."""
    kept = [material.kept[choice(generator, len(material.kept))]]
    return _Material(material.images[:1], material.labels[:1], kept, material.void)


def frames_with_skips(clip: Clip, stage: StageConfig, generator: Generator) -> Clip:
    """T frames of a video in its order or backwards, some frames apart; fewer apart where it is short."""
    most = max(1, min(stage.max_skip, (len(clip) - 1) // (stage.frames - 1)))
    steps = torch.randint(1, most + 1, (stage.frames - 1,), generator=generator).cumsum(0).tolist()
    first = choice(generator, max(1, len(clip) - steps[-1]))
    indices = [min(first + step, len(clip) - 1) for step in (0, *steps)]
    if chance(generator, 0.5):
        indices.reverse()
    return tuple(clip[index] for index in indices)


def _look_at(labels: Tensor, kept: list[int], generator: Generator) -> Placement:
    """A crop of a picture, about the objects kept if there are any."""
    height, width = labels.shape
    extent = min(height, width) * uniform(generator, 0.55, 1.05)
    is_kept = torch.isin(labels, torch.tensor(kept, dtype=labels.dtype))
    centre = _centroid(is_kept) if is_kept.any() else (width / 2, height / 2)
    shift = 0.25 * extent
    moved = [
        min(max(place + uniform(generator, -shift, shift), extent / 2), length - extent / 2)
        if extent < length
        else length / 2
        for place, length in zip(centre, (width, height), strict=True)
    ]
    return Placement(
        (moved[0], moved[1]), extent, angle=uniform(generator, -10, 10), is_mirrored=chance(generator, 0.5)
    )


def _place_somewhere(mask: Tensor, generator: Generator) -> Placement:
    """A cut-out of 15 to 60 % of the crop's side, anywhere in it."""
    rows, columns = mask.any(dim=1).nonzero(), mask.any(dim=0).nonzero()
    across = max(len(rows), len(columns), 1)
    extent = across / uniform(generator, 0.15, 0.6)
    offset = (uniform(generator, -0.35, 0.35), uniform(generator, -0.35, 0.35))
    centre = _centroid(mask) if mask.any() else (0.0, 0.0)
    return Placement(centre, extent, offset, uniform(generator, -20, 20), chance(generator, 0.5))


def _labels(shares: Tensor, void: Tensor) -> Tensor:
    """(T, K, S, S) and (T, S, S) shares -> (T, S, S) labels; what the first frame lacks is no object."""
    shares = shares * (shares[:1] > 0.5).any(dim=3, keepdim=True).any(dim=2, keepdim=True)
    strongest = shares.max(dim=1)
    labels = torch.where(strongest.values > 0.5, strongest.indices + 1, _UNSEEN)
    return torch.where(void > 0.5, UNKNOWN, labels)


def _ids(labels: Tensor, void: int = -1) -> list[int]:
    """The objects of a label map, ascending."""
    return [int(value) for value in np.unique(labels.numpy()) if value and value != void]


def _centroid(mask: Tensor) -> tuple[float, float]:
    rows, columns = mask.nonzero(as_tuple=True)
    return float(columns.float().mean()), float(rows.float().mean())
