"""Pictures that Pillow does not read: those of film and of measured light, and TIFFs of unusual numbers."""

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from track_anything.video.converter import Converter
from track_anything.video.picture_size import MAX_PIXELS

_READERS = {".exr": "exr_pipe", ".hdr": "hdr_pipe", ".dpx": "dpx_pipe"}

SUFFIXES_BY_FFMPEG = frozenset(_READERS)
"""Of the files that FFmpeg reads."""

_TIFF_SIGNS = (b"II*\0", b"MM\0*", b"II+\0")
_BIG = 43  # in the third byte: offsets of 64 bits
_REDUCED, _WIDTH, _HEIGHT, _ORIENTATION = 254, 256, 257, 274
_TRANSPOSED = 5  # orientations from 5 on exchange height and width

TIFF_SUFFIXES = frozenset({".tif", ".tiff"})
"""Of the files that OpenCV reads where Pillow does not."""


def suffix_of(name: str) -> str:
    """In lower case, with its dot."""
    return PurePosixPath(name).suffix.lower()


def other_pages(name: str, data: bytes) -> list[tuple[int, tuple[int, int]]]:
    """The pictures in such a file, by number, with (height, width), from headers alone.

    Args:
        name: of the file; its suffix tells the kind.
        data: the file's content.

    Raises:
        ValueError: it is none of these kinds, damaged, or too large.
    """
    if suffix_of(name) in _READERS:
        with _opened(name, data) as container:
            codec = container.streams.video[0].codec_context
            return [(0, _checked(codec.height, codec.width))]
    return list(_pages_of_tiff(data))


def other_pixels(name: str, data: bytes, page: int) -> NDArray[Any]:
    """One picture of such a file, (H, W) or (H, W, 3) RGB: 8 bits or floats.

    Light that was measured, as in OpenEXR, is shown by the curve of sRGB; what is brighter than 1 is white.

    Raises:
        ValueError: it cannot be decoded.
    """
    if suffix_of(name) not in _READERS:
        pixels = _page_of_tiff(data, page)
        if pixels is None:
            raise ValueError("it is a TIFF of a kind that is not read here, or damaged")
        return np.ascontiguousarray(pixels[..., 2::-1]) if pixels.ndim == 3 else pixels
    with _opened(name, data) as container:
        frame = next(container.decode(video=0), None)
        if frame is None:
            raise ValueError("it holds no picture that can be decoded")
        if frame.format.name.startswith("grayf32"):
            return _shown(frame.to_ndarray())
        if "f32" in frame.format.name or "f16" in frame.format.name:
            return _shown(frame.reformat(format="gbrpf32le").to_ndarray())
        image = Converter().deep_image(frame)
        return image if image.dtype == np.uint8 else image.astype(np.float32) / np.iinfo(image.dtype).max


@contextmanager
def _opened(name: str, data: bytes) -> Iterator[InputContainer]:
    try:
        with av.open(io.BytesIO(data), "r", format=_READERS[suffix_of(name)]) as container:
            yield container
    except FFmpegError as error:
        raise ValueError(f"{error.strerror}") from error


def _pages_of_tiff(data: bytes) -> Iterator[tuple[int, tuple[int, int]]]:
    """The pages of a TIFF that are no small copies of others, with their upright sizes."""
    if data[:4] not in _TIFF_SIGNS:
        raise ValueError("it is no picture of the kind that its suffix says")
    file, seen = io.BytesIO(data), set[int]()
    try:
        directory = ImageFileDirectory_v2(data[: 16 if data[2] == _BIG else 8])
        while directory.next and directory.next not in seen:
            number = len(seen)
            seen.add(directory.next)
            file.seek(directory.next)
            directory.load(file)
            height, width = _checked(int(directory[_HEIGHT]), int(directory[_WIDTH]))
            if not int(directory.get(_REDUCED, 0)) & 1:
                is_transposed = int(directory.get(_ORIENTATION, 1)) >= _TRANSPOSED
                yield number, ((width, height) if is_transposed else (height, width))
    except (KeyError, TypeError, struct.error, SyntaxError, OSError) as error:
        raise ValueError("its directory is damaged") from error


def _checked(height: int, width: int) -> tuple[int, int]:
    if min(height, width) <= 0 or height * width > MAX_PIXELS:
        raise ValueError(f"{width} x {height} pixels are no size that is read: scale it to 8K or less")
    return height, width


def _page_of_tiff(data: bytes, page: int) -> NDArray[Any] | None:
    """A page of a TIFF of floats in colour, or of 64 bits, upright; None where there is none."""
    try:
        is_read, pages = cv2.imdecodemulti(
            np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED, range=(page, page + 1)
        )
    except cv2.error as error:  # beyond the last, by some versions
        raise ValueError("its pixels cannot be decoded") from error
    return np.asarray(pages[0]) if is_read and pages else None


def _shown(light: NDArray[Any]) -> NDArray[np.float32]:
    """Light from 0 to 1 by the curve of sRGB (IEC 61966-2-1)."""
    linear = np.clip(np.nan_to_num(light), 0, 1)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(curved, np.float32)
