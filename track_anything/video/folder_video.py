"""Still pictures as a video."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageOps
from numpy.typing import NDArray

from track_anything.errors import VideoError
from track_anything.system.lifecycle import Closing
from track_anything.types import AnyImage, FrameIndex, Image
from track_anything.video.bit_depth import to_8_bits
from track_anything.video.info import VideoInfo
from track_anything.video.levels import Levels, deep_pixels, is_deep_picture
from track_anything.video.other_pictures import (
    SUFFIXES_BY_FFMPEG,
    TIFF_SUFFIXES,
    other_pages,
    other_pixels,
    suffix_of,
)
from track_anything.video.rates import constant_rate
from track_anything.video.stills import UNREADABLE, Still, find_stills, pages_of
from track_anything.video.video import check_frame, frame_range

_EXIF_ORIENTATION = 0x0112
_EXIF_TRANSPOSED = 5  # orientations from 5 on exchange height and width
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257
_LOOKED_AT = 16  # pictures by which the levels of a sequence are told
_MILLISECONDS = Fraction(1, 1000)


class FolderVideo(Closing):
    """Pictures as a video: those of a folder, by a pattern, in a zip file, or the pages of one file.

    Args:
        source: where the pictures are; see ``find_stills``.
        frame_rate: frames per second; an animated picture has times of its own.

    Attributes:
        is_deep: whether a picture has more than 8 bits per sample.

    Raises:
        VideoError: there is no picture, one cannot be read, or one has another size than the first.
    """

    def __init__(self, source: Path, *, frame_rate: Fraction = Fraction(25)) -> None:
        self._stills: list[Still] = []
        self.is_deep = False
        durations: list[float | None] = []
        sizes: list[tuple[int, int]] = []
        for still in find_stills(source):
            for page, duration, size in self._looked_into(still):
                self._stills.append(page)
                durations.append(duration)
                sizes.append(size)
        height, width = sizes[0]
        for still, size in zip(self._stills, sizes, strict=True):
            if size != (height, width):
                raise VideoError(
                    f"{still} is {size[1]} x {size[0]} pixels but {self._stills[0].name} is {width} x "
                    f"{height}: give images of one size"
                )
        note = self._levels.note if self.is_deep else ""
        count, notes = len(self._stills), (note,) if note else ()
        times = _times_of(durations)
        if times is None:
            self._info = VideoInfo.of_constant_rate(count, height, width, frame_rate, notes)
        else:
            rate = constant_rate(times, _MILLISECONDS)
            self._info = VideoInfo(
                height, width, times, _MILLISECONDS, tuple(range(count)), constant_rate=rate, notes=notes
            )

    @property
    def info(self) -> VideoInfo:
        """Size and timestamps."""
        return self._info

    def __len__(self) -> int:
        return self._info.frame_count

    def frame(self, index: FrameIndex) -> Image:
        """Picture ``index``; see ``Video.frame``."""
        return to_8_bits(self.deep_frame(index))

    def deep_frame(self, index: FrameIndex) -> AnyImage:
        """The same with all its levels, if they are more than 256."""
        check_frame(index, len(self))
        pixels = _pixels(self._stills[index])
        return pixels if pixels.dtype == np.uint8 else self._levels.image(pixels)

    def frames(self, start: FrameIndex = 0, stop: FrameIndex | None = None) -> Iterator[Image]:
        """The pictures in order, one in memory at a time; see ``Video.frames``."""
        for index in frame_range(start, stop, len(self)):
            yield self.frame(index)

    def deep_frames(self, start: FrameIndex = 0, stop: FrameIndex | None = None) -> Iterator[AnyImage]:
        """The same, each a ``DeepImage`` where it has more than 8 bits per sample."""
        for index in frame_range(start, stop, len(self)):
            yield self.deep_frame(index)

    @cached_property
    def _levels(self) -> Levels:
        return Levels.of(self._looked_at())

    def _looked_at(self) -> Iterator[NDArray[Any]]:
        """Some pictures, and the others where all these have integers of 16 bits.

        A single one that is bright tells what dark ones cannot: that 16 bits are meant.
        """
        places = set(np.linspace(0, len(self._stills) - 1, _LOOKED_AT).astype(int).tolist())
        has_16_bits = True
        for place in sorted(places):
            pixels = _pixels(self._stills[place])
            if pixels.dtype != np.uint8:
                has_16_bits &= pixels.dtype == np.uint16
                yield pixels
        if has_16_bits:
            others = (_pixels(still) for place, still in enumerate(self._stills) if place not in places)
            yield from (pixels for pixels in others if pixels.dtype != np.uint8)

    def _looked_into(self, still: Still) -> Iterator[tuple[Still, float | None, tuple[int, int]]]:
        """The pictures in a file: each with how long it is shown and its upright size, from headers alone."""
        try:
            with _opened(still) as image:
                if image is None:
                    self.is_deep = True
                    for number, size in other_pages(still.name, still.data()):
                        yield replace(still, page=number), None, size
                    return
                for page, duration in pages_of(still, image):
                    self.is_deep |= is_deep_picture(image)
                    yield page, duration, _upright_size(image)
        except UNREADABLE as error:
            raise _unreadable(still, error) from error


def read_image(path: Path) -> Image:
    """A picture file as (H, W, 3) RGB, upright, without its pages; VideoError when it cannot be read."""
    pixels = _pixels(Still(path))
    return pixels if pixels.dtype == np.uint8 else to_8_bits(Levels.of([pixels]).image(pixels))


def _pixels(still: Still) -> NDArray[Any]:
    """(H, W, 3) uint8 RGB, upright; (H, W) or (H, W, 3) as stored where there are more levels."""
    try:
        with _opened(still) as image:
            if image is None:
                return other_pixels(still.name, still.data(), still.page)
            if is_deep_picture(image):
                return deep_pixels(image, still.data(), still.page)
            upright = PIL.ImageOps.exif_transpose(image)
            return np.array(upright.convert("RGB"))  # (H, W, 3)
    except UNREADABLE as error:
        raise _unreadable(still, error) from error


@contextmanager
def _opened(still: Still) -> Iterator[PIL.Image.Image | None]:
    """A picture opened by Pillow; None where it is of a kind that Pillow does not read."""
    if suffix_of(still.name) in SUFFIXES_BY_FFMPEG:
        yield None
        return
    try:
        image = still.open()
    except PIL.UnidentifiedImageError:
        if suffix_of(still.name) not in TIFF_SUFFIXES:
            raise
        yield None
        return
    with image:
        yield image


def _upright_size(image: PIL.Image.Image) -> tuple[int, int]:
    """(height, width) of an opened picture, from its header."""
    is_transposed = image.getexif().get(_EXIF_ORIENTATION, 1) >= _EXIF_TRANSPOSED
    tags = getattr(
        image, "tag_v2", {}
    )  # Pillow tells the size of a TIFF as stored or upright, by its version
    width, height = tags.get(_TIFF_WIDTH, image.width), tags.get(_TIFF_HEIGHT, image.height)
    return (width, height) if is_transposed else (height, width)


def _times_of(durations: Sequence[float | None]) -> tuple[int, ...] | None:
    """When pictures are shown that last so many milliseconds; None where that is not told of each."""
    if len(durations) < 2 or not all(durations):
        return None
    ends = np.cumsum([max(round(duration or 0), 1) for duration in durations])
    return (0, *map(int, ends[:-1]))


def _unreadable(still: Still, error: Exception) -> VideoError:
    return VideoError(f"image {still} cannot be read ({error}): replace it or take it out of the folder")
