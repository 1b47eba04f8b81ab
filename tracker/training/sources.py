"""Training data on disk: stills and videos with their label maps, decoded once and kept as bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import PIL.Image
import torch
import torch.nn.functional as F
from torch import Tensor

from tracker.errors import TrainingError
from tracker.training.config import SourceConfig

_IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
_GROUND_SPARE = 1.25  # how much larger than the frame a new ground is; the camera moves along the rest


@dataclass(frozen=True)
class LabelledFrame:
    """A picture on disk and the label map that belongs to it.

    Attributes:
        image: file of the picture.
        labels: file of the label map.
        ground: picture that takes the place of the background, or None.
        place: how far the camera has moved along the ground, 0 to 1.
    """

    image: Path
    labels: Path
    ground: Path | None = None
    place: float = 0.0

    def read(self) -> tuple[Tensor, Tensor]:
        """(3, H, W) uint8 RGB and (H, W) uint8 object ids, 0 = background."""
        image, labels = _decoded(self.image), _decoded(self.labels)
        if image.shape[:2] != labels.shape:
            raise TrainingError(f"{self.labels} has another size than {self.image}: mend the pair")
        picture = image.permute(2, 0, 1)  # (3, H, W)
        if self.ground is not None:
            picture = torch.where(labels == 0, _covering(self.ground, labels.shape, self.place), picture)
        return picture, labels


Clip = tuple[LabelledFrame, ...]
"""The frames of a video in order; a still is a clip of one."""


def find_clips(root: Path, source: SourceConfig, *, held_out: bool = False) -> tuple[Clip, ...]:
    """The stills or videos of a source in the order of their names.

    Args:
        root: the data folder.
        source: which part of it.
        held_out: those left for evaluation, instead of those to train on.

    Raises:
        TrainingError: a folder is missing, a picture has no label map, or nothing is left.
    """
    images, masks = root / source.images, root / source.masks
    for folder in (images, masks, root / source.grounds):
        if not folder.is_dir():
            raise TrainingError(f"there is no folder {folder}: give --data the folder that holds it")
    clips: list[Clip]
    if source.kind == "stills":
        clips = [(frame,) for frame in _labelled(images, masks)]
    else:
        clips = [
            _thinned(_labelled(folder, masks / folder.name), source.most_frames)
            for folder in sorted(images.iterdir())
            if folder.is_dir()
        ]
    if unknown := set(source.exclude) - {_name(clip, source) for clip in clips}:
        raise TrainingError(f"{images} has no {min(unknown)!r} to exclude: take the name out, or mend it")
    chosen = tuple(clip for index, clip in enumerate(clips) if _is_held_out(index, clip, source) == held_out)
    if not chosen:
        raise TrainingError(f"{images} holds nothing to use: put pictures there, or leave the source out")
    return _before(root / source.grounds, chosen) if source.grounds else chosen


def _before(folder: Path, clips: tuple[Clip, ...]) -> tuple[Clip, ...]:
    """Clips each before a picture of its own, along which the camera moves."""
    grounds = _pictures(folder)
    if not grounds:
        raise TrainingError(f"{folder} holds no picture: put grounds there, or leave them out of the source")
    return tuple(
        tuple(
            replace(frame, ground=grounds[number * len(grounds) // len(clips)], place=index / len(clip))
            for index, frame in enumerate(clip)
        )
        for number, clip in enumerate(clips)
    )


def _is_held_out(index: int, clip: Clip, source: SourceConfig) -> bool:
    is_turn = source.hold_out > 0 and index % source.hold_out == source.hold_out - 1
    return is_turn or _name(clip, source) in source.exclude


def _name(clip: Clip, source: SourceConfig) -> str:
    image = clip[0].image
    return image.stem if source.kind == "stills" else image.parent.name


def _labelled(images: Path, masks: Path) -> Clip:
    frames = []
    for image in _pictures(images):
        labels = masks / f"{image.stem}.png"
        if not labels.is_file():
            raise TrainingError(f"{image} has no label map {labels}: add it, or take the picture away")
        frames.append(LabelledFrame(image, labels))
    return tuple(frames)


def _pictures(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() in _IMAGE_SUFFIXES]


def _thinned(clip: Clip, most: int) -> Clip:
    """At most so many frames, the first and the last among them, evenly spaced; 0 = all."""
    if most == 0 or len(clip) <= most:
        return clip
    return tuple(clip[index] for index in np.linspace(0, len(clip) - 1, most).round().astype(int))


@cache
def _decoded(path: Path) -> Tensor:
    """The pixels of a file, kept: training comes back to each of them again and again."""
    with PIL.Image.open(path) as image:
        is_label_map = image.mode in ("1", "L", "P")
        return torch.from_numpy(np.array(image if is_label_map else image.convert("RGB"), np.uint8))


def _covering(path: Path, size: Sequence[int], place: float) -> Tensor:
    """A picture (3, H, W) uint8, enlarged until it covers a frame with some to spare, and cut at a place."""
    picture = _decoded(path).permute(2, 0, 1)[None].float()  # (1, 3, h, w)
    scale = _GROUND_SPARE * max(length / has for length, has in zip(size, picture.shape[2:], strict=True))
    enlarged = F.interpolate(picture, scale_factor=scale, mode="bilinear", align_corners=False)
    top, left = (int(place * (has - length)) for length, has in zip(size, enlarged.shape[2:], strict=True))
    return enlarged[0, :, top : top + size[0], left : left + size[1]].to(torch.uint8)
