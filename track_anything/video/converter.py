"""From decoded frames to upright RGB images."""

from dataclasses import dataclass

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter

from track_anything.types import Image

_UNTAGGED = 2  # by this number FFmpeg says that a colour property is not stated
_HD_WIDTH, _HD_HEIGHT = 1280, 576


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
        is_hd = frame.width >= _HD_WIDTH or frame.height > _HD_HEIGHT
        is_untagged_hd = is_hd and frame.colorspace == _UNTAGGED
        rgb = self._reformatter.reformat(
            frame, format="rgb24", src_colorspace=Colorspace.ITU709 if is_untagged_hd else None
        )
        pixels = rgb.to_ndarray()  # (H, W, 3) as stored
        upright = np.rot90(pixels, _quarter_turns(frame))  # (H, W, 3), counter-clockwise
        return np.ascontiguousarray(upright, np.uint8)


def upright_size(frame: VideoFrame) -> tuple[int, int]:
    """(height, width) of a frame after rotation."""
    is_turned = _quarter_turns(frame) % 2 == 1
    return (frame.width, frame.height) if is_turned else (frame.height, frame.width)


def _quarter_turns(frame: VideoFrame) -> int:
    return round(frame.rotation / 90)
