"""From decoded frames to upright RGB images."""

from dataclasses import dataclass
from typing import Any, TypeVar

import cv2
import numpy as np
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from track_anything.types import AnyImage, DeepImage, Image
from track_anything.video.bit_depth import to_8_bits
from track_anything.video.orientation import UPRIGHT, Orientation

PixelT = TypeVar("PixelT", np.uint8, np.uint16)

_UNTAGGED = 2  # by this number FFmpeg says that a colour property is not stated
_HD_WIDTH, _HD_HEIGHT = 1280, 576

_PEAK = 65_535

SCALER_WHITE = 255 << 8
"""White in 16-bit RGB as FFmpeg's scaler has it, from and to luma of limited range."""


@dataclass(frozen=True)
class ColourTags:
    """How colours are meant, by the numbers of ITU-T H.273, which FFmpeg shares.

    Attributes:
        matrix: from RGB to luma and chroma.
        primaries: the colours of pure red, green and blue.
        transfer: the curve from light to code.
    """

    matrix: int
    primaries: int
    transfer: int


class Converter:
    """Turns decoded frames into upright RGB images, reusing the scaler between frames.

    Args:
        orientation: which way up the frames are stored.
        size: the (height, width) that frames of other sizes are fitted into; None leaves each as it is.
    """

    def __init__(self, orientation: Orientation = UPRIGHT, size: tuple[int, int] | None = None) -> None:
        self._reformatter = VideoReformatter()
        self._orientation = orientation
        self._size = size

    def image(self, frame: VideoFrame) -> Image:
        """(H, W, 3) RGB: untagged HD is read as BT.709, the display matrix is obeyed."""
        if is_deep(frame.format):  # the scaler's own way to 8 bits is off by two levels and more
            return to_8_bits(self.deep_image(frame))
        return np.asarray(self._upright(frame, "rgb24"), np.uint8)

    def deep_image(self, frame: VideoFrame) -> AnyImage:
        """The same with all levels that the frame has: a ``DeepImage`` if they are more than 256."""
        if not is_deep(frame.format):
            return self.image(frame)
        pixels = np.asarray(self._upright(frame, "rgb48le"), np.uint16)
        return _stretched(pixels, _scaler_white(frame))

    def _upright(self, frame: VideoFrame, pixel_format: str) -> NDArray[Any]:
        """(H, W, 3) RGB, contiguous."""
        is_hd = frame.width >= _HD_WIDTH or frame.height > _HD_HEIGHT
        is_untagged_hd = is_hd and frame.colorspace == _UNTAGGED
        rgb = self._reformatter.reformat(
            frame, format=pixel_format, src_colorspace=Colorspace.ITU709 if is_untagged_hd else None
        )
        pixels = self._orientation.upright(rgb.to_ndarray())  # (H, W, 3)
        return fitted(np.ascontiguousarray(pixels), self._size or pixels.shape[:2])


def is_deep(pixel_format: VideoFormat) -> bool:
    """Whether samples have more than 8 bits."""
    return max(component.bits for component in pixel_format.components) > 8


def fitted(pixels: NDArray[PixelT], size: tuple[int, int]) -> NDArray[PixelT]:
    """A (H, W, 3) image at another (height, width); what was upright and lies down now gets black bars."""
    height, width = pixels.shape[:2]
    if (height, width) == size:
        return pixels
    is_other_way = (height > width) != (size[0] > size[1]) and height != width and size[0] != size[1]
    scale = min(size[0] / height, size[1] / width)
    rows, columns = (round(height * scale), round(width * scale)) if is_other_way else size
    method = cv2.INTER_AREA if rows < height else cv2.INTER_CUBIC
    scaled = cv2.resize(pixels, (max(columns, 1), max(rows, 1)), interpolation=method)
    image = np.zeros((*size, 3), pixels.dtype)
    top, left = (size[0] - scaled.shape[0]) // 2, (size[1] - scaled.shape[1]) // 2
    image[top : top + scaled.shape[0], left : left + scaled.shape[1]] = scaled
    return image


def _scaler_white(frame: VideoFrame) -> int:
    """What the scaler makes of a frame's white in 16-bit RGB, which it gets by shifting luma to the left."""
    pixel_format = frame.format
    is_rgb = pixel_format.is_rgb or pixel_format.name.startswith("xyz")
    is_grey = len(pixel_format.components) < 3  # which the scaler takes for full range, whatever the tag
    is_full_range = is_grey or frame.color_range == ColorRange.JPEG
    if is_rgb:
        return _PEAK
    if not is_full_range:
        return SCALER_WHITE
    missing = max(16 - pixel_format.components[0].bits, 0)
    return _PEAK >> missing << missing


def _stretched(image: DeepImage, white: int) -> DeepImage:
    """(H, W, 3) with ``white`` moved to 65535; what was whiter ends there too, as it does in 8 bits."""
    if white == _PEAK:
        return image
    factors = np.full(4, _PEAK / white)  # OpenCV wants one for each channel, and counts four of them
    return np.asarray(cv2.multiply(image, factors), np.uint16)
