"""A sequence of a DAVIS-shaped folder: ``JPEGImages/NAME/*`` with ``Annotations/NAME/*.png``."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from track_anything.errors import InputError
from track_anything.masks import read_label_map, read_mask
from track_anything.types import FrameIndex, Mask, ObjectId
from track_anything.video import Video, open_video

_IMAGES, _ANNOTATIONS = "JPEGImages", "Annotations"
_ONLY_OBJECT = 1
VOID = 255
"""In label maps of several objects: pixels of which nothing is known and which are not scored."""


@dataclass(frozen=True)
class DavisSequence:
    """Frames and the true mask of each.

    Attributes:
        name: name of its folders.
        video: the frames.
        annotations: the file of each frame's mask.
        has_objects: whether each value but 0 and ``VOID`` is an object of its own; otherwise every pixel that
            is not 0 is object 1, as in DAVIS-2016.
    """

    name: str
    video: Video
    annotations: tuple[Path, ...]
    has_objects: bool = False

    @classmethod
    def open(cls, data: Path, name: str, *, has_objects: bool = False, pattern: str = "*") -> "DavisSequence":
        """Open one sequence.

        Args:
            data: the folder of all sequences.
            name: of this one.
            has_objects: see the attribute.
            pattern: of the names of the frames that are read, without their suffix.

        Raises:
            InputError: a folder is missing, frames and masks differ in number, or no frame is left to score.
        """
        images, masks = data / _IMAGES / name, data / _ANNOTATIONS / name
        for folder in (images, masks):
            if not folder.is_dir():
                raise InputError(
                    f"there is no folder {folder}: give --data a folder that holds this sequence"
                )
        frames = images if pattern == "*" else images / f"{pattern}.*"
        video, annotations = open_video(frames), tuple(sorted(masks.glob(f"{pattern}.png")))
        if len(video) != len(annotations):
            raise InputError(
                f"{name} has {len(video)} frames but {len(annotations)} masks: complete its folders"
            )
        if len(video) < 3:
            raise InputError(
                f"{name} has {len(video)} frames: at least 3 are needed to score those in between"
            )
        return cls(name, video, annotations, has_objects)

    def __len__(self) -> int:
        return len(self.annotations)

    def truth(self, index: FrameIndex) -> Mask:
        """The true (H, W) mask of a frame, of all objects together."""
        return read_mask(self.annotations[index], (self.video.info.height, self.video.info.width))

    def truths(self, index: FrameIndex) -> dict[ObjectId, Mask]:
        """The true (H, W) mask of each object that a frame shows."""
        if not self.has_objects:
            return {_ONLY_OBJECT: self.truth(index)}
        label_map = read_label_map(self.annotations[index])
        ids = sorted({*np.unique(label_map).tolist()} - {0, VOID})
        return {object_id: label_map == object_id for object_id in ids}

    def known(self, index: FrameIndex) -> Mask:
        """The (H, W) pixels of a frame of which the truth is known."""
        if not self.has_objects:
            return np.ones((self.video.info.height, self.video.info.width), np.bool_)
        return np.asarray(read_label_map(self.annotations[index]) != VOID, np.bool_)

    @property
    def scored(self) -> range:
        """The frames that count: all but the first, which is given, and the last, as DAVIS has it."""
        return range(1, len(self) - 1)


def sequence_names(data: Path) -> list[str]:
    """The names of all sequences that have masks, sorted; InputError when there is none."""
    folder = data / _ANNOTATIONS
    names = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if not names:
        raise InputError(
            f"{folder} holds no sequences: give --data a folder with {_IMAGES} and {_ANNOTATIONS}"
        )
    return names
