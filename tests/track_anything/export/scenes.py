"""Scenes at the edges of what an export may be given, with exact masks, alpha and names."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.track_anything.video.clips import picture
from track_anything.export import Order
from track_anything.masks.overlay import OBJECT_PALETTE
from track_anything.matting import SoftAlpha
from track_anything.review import MaskReport, MaskStatus
from track_anything.types import Image, LabelMap, Mask
from track_anything.video import VideoInfo

_CELLS = 16  # of the grid of small masks, in a row


@dataclass(frozen=True)
class Scene:
    """Objects on a clip of drawn pictures; it is the ``MaskSource`` of its own exports.

    Attributes:
        names: of the objects, by id.
        absent: objects that are on no frame.
        size: (height, width) of a frame.
        frame_count: frames.
        source: name of the source.
    """

    names: dict[int, str]
    absent: frozenset[int] = frozenset()
    size: tuple[int, int] = (48, 64)
    frame_count: int = 3
    source: str = "clip"

    def mask(self, frame: int, object_id: int) -> Mask:
        """A few large masks that overlap, or a grid of many small ones."""
        mask = np.zeros(self.size, bool)
        if object_id in self.absent:
            return mask
        height, width = self.size
        place = object_id - 1
        if len(self.names) > _CELLS:
            row, column = place // _CELLS * (height // _CELLS), place % _CELLS * (width // _CELLS)
            mask[row : row + 3, column + frame : column + frame + 4] = True
        else:
            top, left = height // 3 + 2 * (place % 8), 4 + 3 * place + frame
            mask[top : top + height // 3, left : left + width // 3] = True
        return mask

    def probability(self, frame: int, object_id: int) -> NDArray[np.float32]:
        """1 inside, 0 outside, and something between along the outline."""
        blurred = cv2.GaussianBlur(self.mask(frame, object_id).astype(np.float32), (3, 3), 0)
        return np.asarray(np.clip(blurred * 1.2, 0, 1), np.float32)

    def confidence(self, frame: int, object_id: int) -> float | None:
        """None for every third object."""
        return None if object_id % 3 == 0 else (object_id + frame) / 300

    def standing(self, frame: int, object_id: int) -> MaskReport:
        """Untracked without a confidence, and refined for every second object."""
        confidence = self.confidence(frame, object_id)
        status = MaskStatus.UNTRACKED if confidence is None else MaskStatus.TRACKED
        return MaskReport(frame, object_id, status, confidence, "colour", object_id % 2 == 0)

    def image(self, frame: int) -> Image:
        return picture(frame, self.size)

    def label_map(self, frame: int) -> LabelMap:
        """Later objects lie over earlier ones."""
        label_map = np.zeros(self.size, np.uint8)
        for object_id in self.names:
            label_map[self.mask(frame, object_id)] = object_id
        return label_map

    def alpha(self, frame: int) -> NDArray[np.float32]:
        """Of all objects together, as ``matting/test_union.py`` holds it to be right."""
        return SoftAlpha(self, self.names).together(frame, self.image(frame))

    def frames(self) -> Iterator[int]:
        return iter(range(self.frame_count))

    def order(self, path: Path, *, overwrite: bool = False) -> Order:
        """An order of all of it; the source is a folder of images beside the export."""
        source = path.parent / self.source
        source.mkdir(exist_ok=True)
        info = VideoInfo.of_constant_rate(self.frame_count, *self.size, Fraction(25))
        alphas = SoftAlpha(self, self.names)
        return Order(path, info, source, self.names, self, alphas, OBJECT_PALETTE, overwrite)


AWKWARD_NAMES = [
    "röte Kugel", "a/b", "犬", "  ..", "🐕‍🦺", "..",
    "a\\b", 'say "hi", twice\nor more', "=1+1", "ears. ", "x" * 300,
    "犬" * 100, "-",
]  # fmt: skip

SCENES = {
    "one frame": Scene({1: "ball", 2: "box"}, frame_count=1),
    "odd size": Scene({1: "ball", 2: "box"}, size=(33, 47)),
    "255 objects": Scene({o: f"object {o}" for o in range(1, 256)}, size=(64, 96), frame_count=2),
    "an object on no frame": Scene({1: "ball", 2: "ghost"}, absent=frozenset({2})),
    "nothing on any frame": Scene({1: "ghost"}, absent=frozenset({1})),
    "awkward names": Scene(dict(enumerate(AWKWARD_NAMES, start=1)), source="...röte Kugel."),
    "a source of dots": Scene({7: "ball"}, source="...mp4"),
}
