"""Arrays and pictures in the form in which they go to the browser."""

import base64
import gzip
import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.types import Image, Mask

_FASTEST = 1  # of zlib's levels; the masks' runs are long anyway
_JPEG_QUALITY = 92


def packed(mask: Mask) -> str:
    """A (H, W) mask as base64 of zlib-compressed bits, row by row, first pixel in the highest bit."""
    return base64.b64encode(zlib.compress(np.packbits(mask).tobytes(), _FASTEST)).decode()


def longest_text(size: tuple[int, int]) -> int:
    """How many characters ``packed`` makes at most of a (H, W) mask of any content."""
    bits = (size[0] * size[1] + 7) // 8
    compressed = bits + bits // 1000 + 64  # zlib: 5 bytes per block of 16 KiB that cannot be compressed
    return (compressed + 2) // 3 * 4


def unpacked(text: str, size: tuple[int, int]) -> Mask:
    """The (H, W) mask that ``packed`` made a text of; InputError for anything else."""
    count = size[0] * size[1]
    try:
        expected = (count + 7) // 8
        inflater = zlib.decompressobj()
        bits = inflater.decompress(base64.b64decode(text, validate=True), expected + 1)
    except (ValueError, zlib.error) as error:
        raise InputError("the painted mask did not arrive whole: paint it again") from error
    if len(bits) != expected:
        raise InputError(
            f"the painted mask has not the {size[1]} x {size[0]} pixels of the frame: reload the page"
        )
    return np.unpackbits(np.frombuffer(bits, np.uint8), count=count).reshape(size).astype(np.bool_)


def gzipped(pixels: NDArray[np.uint8]) -> bytes:
    """Bytes of an array, row by row, compressed as ``Content-Encoding: gzip`` says."""
    return gzip.compress(pixels.tobytes(), _FASTEST)


def json_safe(text: str) -> str:
    """A text without half characters, which file names of another encoding have and JSON cannot."""
    return text.encode(errors="replace").decode()


def png(pixels: NDArray[np.uint8]) -> bytes:
    """(H, W, 4) RGB and straight alpha as a PNG file."""
    options = (cv2.IMWRITE_PNG_COMPRESSION, _FASTEST)
    _, encoded = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA), options)
    return encoded.tobytes()


def jpeg(image: Image, quality: int = _JPEG_QUALITY) -> bytes:
    """An (H, W, 3) RGB image as a JPEG file."""
    options = (cv2.IMWRITE_JPEG_QUALITY, quality)
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    return encoded.tobytes()


def shrunk(image: Image, height: int) -> Image:
    """The image at a given height, at least one pixel wide; smaller ones stay as they are."""
    rows, columns = image.shape[:2]
    if rows <= height:
        return image
    size = (max(1, round(columns * height / rows)), height)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)  # (h, w, 3)
