"""Frames with alpha, in the forms that encoders take."""

from typing import Protocol

import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from track_anything.types import AnyImage, DeepImage
from track_anything.video.bit_depth import to_8_bits
from track_anything.video.converter import SCALER_WHITE

_PEAK_16 = 65_535
_BLACK, _WHITE, _NEUTRAL = 16, 235, 128
"""Luma of black and white, and chroma of grey, in the limited range that every player expects."""


class AlphaFrame(Protocol):
    """One way to make a frame: straight (H, W, 3) RGB and (H, W) float32 alpha in [0, 1]."""

    def __call__(
        self,
        image: AnyImage,
        alpha: NDArray[np.float32],
        *,
        premultiplied: bool,
        matrix: Colorspace,
        reformatter: VideoReformatter,
    ) -> VideoFrame:
        """The frame, with colours multiplied by alpha on demand; ``matrix`` is for luma and chroma."""
        ...


class YuvaFrame:
    """Luma, chroma and alpha in planes; alpha is rounded here, since the scaler would truncate it.

    Args:
        pixel_format: by FFmpeg's name, with an alpha plane.
        bits: per sample.
    """

    def __init__(self, pixel_format: str, bits: int) -> None:
        self._pixel_format = pixel_format
        self._peak = 2**bits - 1
        self._dtype = np.uint8 if bits == 8 else np.uint16

    def __call__(
        self,
        image: AnyImage,
        alpha: NDArray[np.float32],
        *,
        premultiplied: bool,
        matrix: Colorspace,
        reformatter: VideoReformatter,
    ) -> VideoFrame:
        """See ``AlphaFrame``."""
        is_as_stored = image.dtype == np.uint8 and not premultiplied
        if is_as_stored:
            rgb = VideoFrame.from_ndarray(to_8_bits(image), format="rgb24")
        else:
            deep = _scaled(image, alpha if premultiplied else None, white=SCALER_WHITE)
            rgb = VideoFrame.from_ndarray(deep, format="rgb48le")
        # One thread: each writes beyond the end of its last line, over what another has begun.
        frame = reformatter.reformat(
            rgb, format=self._pixel_format, dst_colorspace=matrix, dst_color_range=ColorRange.MPEG, threads=1
        )
        _fill(frame.planes[3], np.rint(alpha * self._peak).astype(self._dtype))
        return frame


class RgbaFrame:
    """Red, green, blue and alpha of 16 bits each: no colours lose anything in it.

    Args:
        pixel_format: by FFmpeg's name, of 16 bits per sample.
    """

    def __init__(self, pixel_format: str) -> None:
        self._pixel_format = pixel_format

    def __call__(
        self,
        image: AnyImage,
        alpha: NDArray[np.float32],
        *,
        premultiplied: bool,
        matrix: Colorspace,  # noqa: ARG002 - RGB goes through none
        reformatter: VideoReformatter,
    ) -> VideoFrame:
        """See ``AlphaFrame``."""
        rgba = np.empty((*alpha.shape, 4), np.uint16)  # (H, W, 4)
        rgba[..., :3] = _scaled(image, alpha if premultiplied else None, white=_PEAK_16)
        rgba[..., 3] = np.rint(alpha * _PEAK_16)
        return reformatter.reformat(
            VideoFrame.from_ndarray(rgba, format="rgba64le"), format=self._pixel_format
        )


class MatteFrame:
    """Alpha alone, as grey in 4:2:0: black where it is 0 and white where it is 1."""

    def __call__(
        self,
        image: AnyImage,  # noqa: ARG002 - a matte shows no colours
        alpha: NDArray[np.float32],
        *,
        premultiplied: bool,  # noqa: ARG002
        matrix: Colorspace,  # noqa: ARG002 - grey is the same by all of them
        reformatter: VideoReformatter,  # noqa: ARG002
    ) -> VideoFrame:
        """See ``AlphaFrame``; (H, W) must be even."""
        height, width = alpha.shape
        frame = VideoFrame(width, height, "yuv420p")
        _fill(frame.planes[0], np.rint(_BLACK + (_WHITE - _BLACK) * alpha).astype(np.uint8))
        for plane in frame.planes[1:]:
            _fill(plane, np.full((plane.height, plane.width), _NEUTRAL, np.uint8))
        return frame


def _scaled(image: AnyImage, alpha: NDArray[np.float32] | None, *, white: int) -> DeepImage:
    """(H, W, 3) with white at ``white``: the coded colours, times alpha as compositing programs mean it."""
    scale = np.float32(white / np.iinfo(image.dtype).max)
    return np.rint(image * (scale if alpha is None else alpha[..., None] * scale)).astype(np.uint16)


def _fill(plane: VideoPlane, samples: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
    """Write (H, W) samples into a plane, whose lines are longer than the picture is wide."""
    data = np.ascontiguousarray(samples).view(np.uint8)  # (H, bytes of a line)
    lines = np.zeros((plane.height, plane.line_size), np.uint8)
    lines[:, : data.shape[1]] = data
    plane.update(lines.tobytes())
