"""From decoded frames to upright RGB images."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from track_anything.types import AnyImage, DeepImage, Image

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
    """Turns decoded frames into upright RGB images, reusing the scaler between frames."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def image(self, frame: VideoFrame) -> Image:
        """(H, W, 3) RGB: untagged HD is read as BT.709, the rotation flag is obeyed."""
        return np.ascontiguousarray(self._upright(frame, "rgb24"), np.uint8)

    def deep_image(self, frame: VideoFrame) -> AnyImage:
        """The same with all levels that the frame has: a ``DeepImage`` if they are more than 256."""
        if not is_deep(frame.format):
            return self.image(frame)
        pixels = np.ascontiguousarray(self._upright(frame, "rgb48le"), np.uint16)
        return _stretched(pixels, _scaler_white(frame))

    def _upright(self, frame: VideoFrame, pixel_format: str) -> NDArray[Any]:
        """(H, W, 3) RGB."""
        is_hd = frame.width >= _HD_WIDTH or frame.height > _HD_HEIGHT
        is_untagged_hd = is_hd and frame.colorspace == _UNTAGGED
        rgb = self._reformatter.reformat(
            frame, format=pixel_format, src_colorspace=Colorspace.ITU709 if is_untagged_hd else None
        )
        pixels = rgb.to_ndarray()  # (H, W, 3) as stored
        return np.rot90(pixels, _quarter_turns(frame))  # (H, W, 3), counter-clockwise


def is_deep(pixel_format: VideoFormat) -> bool:
    """Whether samples have more than 8 bits."""
    return max(component.bits for component in pixel_format.components) > 8


def upright_size(frame: VideoFrame) -> tuple[int, int]:
    """(height, width) of a frame after rotation."""
    is_turned = _quarter_turns(frame) % 2 == 1
    return (frame.width, frame.height) if is_turned else (frame.height, frame.width)


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


def _quarter_turns(frame: VideoFrame) -> int:
    return round(frame.rotation / 90)
