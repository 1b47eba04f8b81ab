"""Clips with several objects and exact masks: cut-outs of real stills that cross over real backgrounds."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.types import Image, LabelMap
from track_anything.video import open_video
from tracker.training.config import SourceConfig
from tracker.training.sources import find_clips

CLIP_SUFFIX = ".mp4"
_HEIGHT, _WIDTH = 360, 640
_LEAST_PIXELS = 1500  # of a cut-out in its still: smaller ones are blurs
_LEAST_SHOWN = 0.7  # of an object on frame 0
_EDGE = 2  # pixels of the still that a cut-out keeps clear of its border, or it would end in a straight line


@dataclass(frozen=True, eq=False)
class CutOut:
    """One object of a still: (h, w, 3) RGB and its (h, w) mask."""

    image: Image
    mask: NDArray[np.bool_]


@dataclass(frozen=True)
class Flight:
    """How a cut-out moves: from one side of the picture to the other and back, past the middle each time.

    Attributes:
        amplitude: (x, y) of the swing in pixels.
        phase: of the swing at frame 0, in radians.
        period: frames of a whole swing.
        length: of the cut-out's longer side in pixels, on average.
        breath: how much its size changes, as a share.
        sway: how far it leans, in degrees.
    """

    amplitude: tuple[float, float]
    phase: float
    period: float
    length: float
    breath: float
    sway: float

    def transform(self, index: int, cut_out: CutOut) -> NDArray[np.float64]:
        """(2, 3) affine map from the cut-out's pixels to those of a frame."""
        angle = self.phase + 2 * math.pi * index / self.period
        rows, columns = cut_out.mask.shape
        scale = self.length / max(rows, columns) * (1 + self.breath * math.sin(2 * angle))
        matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), self.sway * math.sin(angle), scale)
        matrix[:, 2] += (
            _WIDTH / 2 + self.amplitude[0] * math.cos(angle) - columns / 2,
            _HEIGHT / 2 + self.amplitude[1] * math.sin(angle) - rows / 2,
        )
        return np.asarray(matrix, np.float64)


@dataclass(frozen=True, eq=False)
class Composite:
    """A clip whose frames are drawn when asked for; a higher object id lies in front.

    Attributes:
        name: for people.
        background: (T, H, W, 3).
        cut_outs: the objects, ids from 1 on.
        flights: of each.
    """

    name: str
    background: NDArray[np.uint8]
    cut_outs: tuple[CutOut, ...]
    flights: tuple[Flight, ...]

    def __len__(self) -> int:
        return len(self.background)

    @property
    def shows_all_at_first(self) -> bool:
        """Whether most of each object can be seen on frame 0, where its mask is given."""
        _, label_map = self.draw(0)
        for object_id, (cut_out, flight) in enumerate(zip(self.cut_outs, self.flights, strict=True), start=1):
            scale = np.linalg.norm(flight.transform(0, cut_out)[:, 0])
            drawn = np.count_nonzero(cut_out.mask) * scale**2
            if np.count_nonzero(label_map == object_id) < _LEAST_SHOWN * drawn:
                return False
        return True

    def frames(self) -> Iterator[Image]:
        """The pictures in order."""
        return (self.draw(index)[0] for index in range(len(self)))

    def draw(self, index: int) -> tuple[Image, LabelMap]:
        """The (H, W, 3) picture of a frame and its (H, W) true label map."""
        picture = self.background[index].astype(np.float32)
        label_map = np.zeros(picture.shape[:2], np.uint8)
        for object_id, (cut_out, flight) in enumerate(zip(self.cut_outs, self.flights, strict=True), start=1):
            matrix = flight.transform(index, cut_out)
            size = (_WIDTH, _HEIGHT)
            alpha = cv2.warpAffine(cut_out.mask.astype(np.float32), matrix, size, flags=cv2.INTER_LINEAR)
            colour = cv2.warpAffine(
                cut_out.image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            picture += alpha[:, :, None] * (colour.astype(np.float32) - picture)
            label_map[alpha > 0.5] = object_id
        return picture.round().astype(np.uint8), label_map


def make_composites(
    root: Path,
    sources: Sequence[SourceConfig],
    backgrounds: Path,
    *,
    counts: Sequence[int],
    clips: int,
    length: int,
    seed: int = 0,
) -> list[Composite]:
    """Make clips that a training has not seen: only stills that ``sources`` hold out, and other videos.

    Args:
        root: the data folder.
        sources: of stills; their ``hold_out`` says which.
        backgrounds: folder of video files.
        counts: numbers of objects to make clips with.
        clips: how many per number.
        length: frames of each.
        seed: the same one makes the same clips.
    """
    rng = np.random.default_rng(seed)
    cut_outs = [cut_out for source in sources for cut_out in _held_out(root, source)]
    videos = sorted(backgrounds.glob(f"*{CLIP_SUFFIX}"))
    composites: list[Composite] = []
    while len(composites) < len(counts) * clips:
        count = counts[len(composites) // clips]
        background = _background(videos[len(composites) % len(videos)], length)
        chosen = [cut_outs[index] for index in rng.choice(len(cut_outs), count, replace=False)]
        flights = [_draw_flight(rng, place, count, length) for place in range(count)]
        composite = Composite(f"{count} objects", background, tuple(chosen), tuple(flights))
        if composite.shows_all_at_first:
            composites.append(composite)
    return composites


def _draw_flight(rng: np.random.Generator, place: int, count: int, length: int) -> Flight:
    """A swing that begins at a place of its own, so that all objects can be told apart at frame 0."""
    return Flight(
        amplitude=(rng.uniform(0.28, 0.36) * _WIDTH, rng.uniform(0.08, 0.2) * _HEIGHT),
        phase=math.pi * (place + 0.5) / count + rng.uniform(-0.1, 0.1),
        period=length * rng.uniform(0.9, 1.6) * rng.choice((-1, 1)),
        length=rng.uniform(0.35, 0.55) * _HEIGHT,
        breath=rng.uniform(0, 0.15),
        sway=rng.uniform(0, 12),
    )


def _held_out(root: Path, source: SourceConfig) -> Iterator[CutOut]:
    for (frame,) in find_clips(root, source, held_out=True):
        image, labels = (part.numpy() for part in frame.read())
        for object_id in np.unique(labels[labels > 0]):
            mask = labels == object_id
            rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
            box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
            touches = (
                min(rows[0], columns[0]) < _EDGE
                or rows[-1] >= mask.shape[0] - _EDGE
                or columns[-1] >= mask.shape[1] - _EDGE
            )
            if not touches and np.count_nonzero(mask) >= _LEAST_PIXELS:
                yield CutOut(np.ascontiguousarray(image.transpose(1, 2, 0)[box]), mask[box])


def _background(path: Path, length: int) -> NDArray[np.uint8]:
    """(T, H, W, 3): the first frames of a video, forwards and backwards until there are enough."""
    with open_video(path) as video:
        count = min(length, len(video))
        frames = [
            cv2.resize(frame, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
            for frame in video.frames(0, count)
        ]
    there_and_back = [*range(count), *range(count - 2, 0, -1)] or [0]
    return np.stack([frames[there_and_back[index % len(there_and_back)]] for index in range(length)])
