"""A folder of still images as a video."""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageOps

from track_anything.errors import VideoError
from track_anything.lifecycle import Closing
from track_anything.types import FrameIndex, Image
from track_anything.video.info import VideoInfo
from track_anything.video.video import check_frame, frame_range

IMAGE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"})
_UNREADABLE = (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError)  # what Pillow raises
_EXIF_ORIENTATION = 0x0112
_EXIF_TRANSPOSED = 5  # orientations from 5 on exchange height and width


class FolderVideo(Closing):
    """The images directly inside a folder, in natural order: ``frame2.png`` comes before ``frame10.png``.

    Args:
        folder: where the images are; hidden files and files of other kinds are passed over.
        frame_rate: frames per second.

    Raises:
        VideoError: there is no image, an image cannot be read, or one has another size than the first.
    """

    def __init__(self, folder: Path, *, frame_rate: Fraction = Fraction(25)) -> None:
        self._paths = sorted(filter(_is_image, folder.iterdir()), key=_natural_key)
        if not self._paths:
            kinds = ", ".join(sorted(IMAGE_SUFFIXES))
            raise VideoError(f"{folder} holds no images: give a folder of {kinds} files, or a video file")
        height, width = _size(self._paths[0])
        for path in self._paths:
            size = _size(path)
            if size != (height, width):
                raise VideoError(
                    f"{path} is {size[1]} x {size[0]} pixels but {self._paths[0].name} is {width} x {height}"
                    ": give images of one size"
                )
        self._info = VideoInfo.of_constant_rate(len(self._paths), height, width, frame_rate)

    @property
    def info(self) -> VideoInfo:
        """Size and timestamps."""
        return self._info

    def __len__(self) -> int:
        return self._info.frame_count

    def frame(self, index: FrameIndex) -> Image:
        """Image ``index`` of the folder; see ``Video.frame``."""
        check_frame(index, len(self))
        return read_image(self._paths[index])

    def frames(self, start: FrameIndex = 0, stop: FrameIndex | None = None) -> Iterator[Image]:
        """The images in order, one in memory at a time; see ``Video.frames``."""
        for index in frame_range(start, stop, len(self)):
            yield read_image(self._paths[index])


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".") and path.is_file()


def _natural_key(path: Path) -> list[tuple[int, int, str]]:
    """Numbers compare by value and before text, so that unpadded names sort as a person would."""
    parts = re.findall(r"\d+|\D+", path.stem)
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part.lower()) for part in parts]


def _size(path: Path) -> tuple[int, int]:
    """(height, width) of the upright image, from its header alone."""
    try:
        with PIL.Image.open(path) as image:
            is_transposed = image.getexif().get(_EXIF_ORIENTATION, 1) >= _EXIF_TRANSPOSED
            return (image.width, image.height) if is_transposed else (image.height, image.width)
    except _UNREADABLE as error:
        raise _unreadable(path, error) from error


def read_image(path: Path) -> Image:
    """An image file as (H, W, 3) RGB, upright; VideoError when it cannot be read."""
    try:
        with PIL.Image.open(path) as image:
            upright = PIL.ImageOps.exif_transpose(image)
            has_16_bits = upright.mode.startswith("I")
            if has_16_bits:
                grey = (np.array(upright).astype(np.uint16) >> 8).astype(np.uint8)  # (H, W)
                return np.repeat(grey[..., None], 3, axis=2)  # (H, W, 3)
            return np.array(upright.convert("RGB"))  # (H, W, 3)
    except _UNREADABLE as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> VideoError:
    return VideoError(f"image {path} cannot be read ({error}): replace it or take it out of the folder")
