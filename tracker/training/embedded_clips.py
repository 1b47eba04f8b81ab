"""Clips of which the segmenter's embeddings are kept on disk: its encoder is frozen and runs once a frame."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Generator, Tensor

from tracker.modeling.canvas import Canvas
from tracker.training.clips import UNKNOWN, ClipMaker, frames_with_skips
from tracker.training.config import StageConfig, TrainingConfig
from tracker.training.draws import chance, choice
from tracker.training.sources import Clip, LabelledFrame, find_clips

_LEAST_PIXELS = 60  # of an object at half the canvas: fewer are not worth following
_TRIES = 20  # to find frames whose first one shows an object
_MIRRORED_SHARE = 0.1  # of videos: a mirrored frame is embedded anew, which costs more than learning from it
_SEVERAL_SHARE = 0.5  # of clips that may have more than one object
_NO_ONE = 0
_DRAWN_SEED = 77_000_003

Embed = Callable[[NDArray[np.uint8]], Tensor]
"""From an (H, W, 3) image to the segmenter's embedding without its padding, (256, h, w)."""


@dataclass(frozen=True, eq=False)
class EmbeddedClip:
    """One clip at the size of its own grid.

    Attributes:
        embeddings: (T, 256, h, w) float32.
        pictures: (T, 3, 8h, 8w) in [0, 1], black beyond the frame.
        labels: (T, 8h, 8w) int64, 0 = background, 1 to K the objects, ``UNKNOWN``.
        objects: K.
    """

    embeddings: Tensor
    pictures: Tensor
    labels: Tensor
    objects: int


class EmbeddedClips:
    """Draws clips from videos, and from clips of moved cut-outs that are made once and come again.

    Args:
        root: the data folder.
        config: sources, and how many drawn clips there are.
        embed: the segmenter's encoder.
        folder: where embeddings are kept; it may be deleted at any time.
        long_side: of the segmenter's canvas in pixels.
    """

    def __init__(
        self, root: Path, config: TrainingConfig, embed: Embed, folder: Path, long_side: int
    ) -> None:
        self._embed, self._folder, self._long_side = embed, folder, long_side
        self._drawn_clips = config.drawn_clips
        self._maker = ClipMaker(root, config.sources, "cpu")
        self._sources = [source for source in config.sources if source.kind == "videos"]
        self._clips = [find_clips(root, source) for source in self._sources]

    def draw(self, stage: StageConfig, generator: Generator) -> EmbeddedClip:
        """One clip of at most ``stage.max_objects`` objects."""
        objects = 1 + int(stage.max_objects > 1 and chance(generator, _SEVERAL_SHARE))
        is_video = chance(generator, stage.video_share)
        frames, void = (
            self._of_video(stage, generator) if is_video else (self._of_drawn(stage, generator), UNKNOWN)
        )
        embeddings, pictures, labels = (torch.stack(parts) for parts in zip(*frames, strict=True))
        ids = _large_ids(labels[0], void)
        kept = [ids[place] for place in torch.randperm(len(ids), generator=generator).tolist()[:objects]]
        chosen = torch.full_like(labels, _NO_ONE)
        for number, object_id in enumerate(kept, start=1):
            chosen[labels == object_id] = number
        chosen[(labels == void) | (labels == UNKNOWN)] = UNKNOWN
        return EmbeddedClip(embeddings, pictures, chosen, max(1, len(kept)))

    def _of_video(self, stage: StageConfig, generator: Generator) -> tuple[list[tuple[Tensor, ...]], int]:
        """Frames of a video in its order or backwards, some of them apart, mirrored or not."""
        weights = torch.tensor([source.weight for source in self._sources])
        source = int(torch.multinomial(weights, 1, generator=generator))
        clips, void = self._clips[source], self._sources[source].void
        frames: Clip = ()
        for _ in range(_TRIES):
            frames = frames_with_skips(clips[choice(generator, len(clips))], stage, generator)
            if _large_ids(frames[0].read()[1].long(), void):
                break
        is_mirrored = chance(generator, _MIRRORED_SHARE)
        return [self._frame(frame, is_mirrored=is_mirrored) for frame in frames], void

    def _frame(self, frame: LabelledFrame, *, is_mirrored: bool) -> tuple[Tensor, Tensor, Tensor]:
        image, labels = frame.read()  # (3, H, W), (H, W)
        if is_mirrored:
            image, labels = image.flip(-1), labels.flip(-1)
        name = hashlib.sha256(f"{frame.image} {frame.ground} {is_mirrored}".encode()).hexdigest()[:24]
        pixels = image.permute(1, 2, 0).contiguous().numpy()  # (H, W, 3)
        return self._kept(name, pixels), *self._at_half(pixels, labels.long())

    def _of_drawn(self, stage: StageConfig, generator: Generator) -> list[tuple[Tensor, ...]]:
        """A clip of ``ClipMaker``'s: the same number always gives the same."""
        number = choice(generator, self._drawn_clips)
        own = Generator().manual_seed(_DRAWN_SEED + number)
        shape = _shape(stage)
        batch = self._maker.batch(shape, own)
        frames = (batch.frames[0] * 255).round().clamp(0, 255).to(torch.uint8)  # (T, 3, S, S)
        images = frames.permute(0, 2, 3, 1).contiguous().numpy()  # (T, S, S, 3)
        name = hashlib.sha256(repr((number, shape)).encode()).hexdigest()[:20]
        return [
            (self._kept(f"{name}-{index:02d}", image), *self._at_half(image, labels))
            for index, (image, labels) in enumerate(zip(images, batch.labels[0], strict=True))
        ]

    def _kept(self, name: str, image: NDArray[np.uint8]) -> Tensor:
        """An embedding (256, h, w), from disk if it was made before."""
        path = self._folder / f"{name}.npy"
        if path.is_file():
            return torch.from_numpy(np.load(path)).float()
        embedding = self._embed(image).half().cpu().numpy()
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part.npy")
        np.save(temporary, embedding)
        temporary.replace(path)
        return torch.from_numpy(embedding).float()

    def _at_half(self, image: NDArray[np.uint8], labels: Tensor) -> tuple[Tensor, Tensor]:
        """The picture (3, 8h, 8w) and the labels (8h, 8w) at half the canvas."""
        canvas = Canvas.fit_long(image.shape[:2], self._long_side)
        picture = canvas.place_half(image, torch.device("cpu"))[0]
        rows, columns = (max(1, round(length / 2)) for length in canvas.inner_size)
        below, right = picture.shape[1] - rows, picture.shape[2] - columns
        nearest = F.interpolate(labels[None, None].float(), (rows, columns), mode="nearest-exact")
        return (
            picture,
            F.pad(nearest, (0, right, 0, below), value=UNKNOWN)[0, 0].long(),
        )


def _shape(stage: StageConfig) -> StageConfig:
    """What of a stage a drawn clip depends on: embeddings outlive another rate or number of iterations."""
    return replace(
        stage,
        name="",
        iterations=1,
        batch=1,
        learning_rate=0.0,
        trunk_learning_rate=0.0,
        memory_frames=1,
        deep_update_share=0.0,
    )


def _large_ids(labels: Tensor, void: int) -> list[int]:
    """The objects of (H, W) labels that are large enough, ascending."""
    ids, counts = np.unique(labels.numpy(), return_counts=True)
    return [
        int(object_id)
        for object_id, count in zip(ids, counts, strict=True)
        if object_id > 0 and object_id != void and count >= _LEAST_PIXELS
    ]
