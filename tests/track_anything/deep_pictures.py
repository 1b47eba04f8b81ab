"""Pictures of more than 8 bits per sample whose colours are known by the standards' formulas alone."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RED_BLUE = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 9: (0.2627, 0.0593)}
"""What red and blue weigh in luma, by the H.273 number of the matrix."""

LIMITED, FULL = 1, 2  # as FFmpeg numbers the ranges

Planes = Sequence[np.ndarray]


def frame_of(planes: Planes, pixel_format: str, matrix: int = 1, color_range: int = LIMITED) -> av.VideoFrame:
    """A frame of (H, W) samples, which are put into it as they are."""
    height, width = planes[0].shape
    frame = av.VideoFrame(width, height, pixel_format)
    for plane, samples in zip(frame.planes, planes, strict=True):
        data = np.ascontiguousarray(samples, np.uint16).view(np.uint8)
        lines = np.zeros((plane.height, plane.line_size), np.uint8)
        lines[:, : data.shape[1]] = data
        plane.update(lines.tobytes())
    frame.colorspace, frame.color_range = matrix, color_range
    return frame


def planes_of(frame: av.VideoFrame) -> Planes:
    """The (H, W) samples of a frame of more than 8 bits."""
    return [
        np.frombuffer(plane, np.uint8)
        .reshape(plane.height, plane.line_size)
        .view(np.uint16)[:, : plane.width]
        for plane in frame.planes
    ]


def colours(planes: Planes, bits: int, matrix: int = 1, color_range: int = LIMITED) -> np.ndarray:
    """(H, W, 3) RGB, 0 to 65535 and not rounded, of luma and chroma; chroma pixels are as large as needed."""
    luma, *chroma = (np.asarray(plane, np.float64) / 2 ** (bits - 8) for plane in planes[:3])
    if color_range == LIMITED:
        luma, half, span = (luma - 16) / 219, 128, 224
    else:
        peak = (2**bits - 1) / 2 ** (bits - 8)
        luma, half, span = luma / peak, 128, peak
    larger = [
        np.kron(one, np.ones((-(-luma.shape[0] // one.shape[0]), -(-luma.shape[1] // one.shape[1]))))
        for one in chroma
    ]
    to_blue, to_red = ((one[: luma.shape[0], : luma.shape[1]] - half) / span for one in larger)
    of_red, of_blue = RED_BLUE[matrix]
    red, blue = luma + 2 * (1 - of_red) * to_red, luma + 2 * (1 - of_blue) * to_blue
    green = (luma - of_red * red - of_blue * blue) / (1 - of_red - of_blue)
    return np.clip(np.stack([red, green, blue], axis=2), 0, 1) * 65535


def ramp(height: int, width: int, bits: int = 10, subsampled: tuple[int, int] = (1, 1)) -> Planes:
    """Luma through all its limited range from left to right, with a tint that differs from top to bottom."""
    unit = 2 ** (bits - 8)
    luma = np.rint(np.linspace(16 * unit, 235 * unit, width))[None].repeat(height, axis=0)
    down, right = subsampled
    rows = np.linspace(-6, 6, height // down)[:, None].repeat(width // right, axis=1)
    return [luma, np.rint((128 + rows) * unit), np.rint((128 - rows / 2) * unit)]


def write_deep(
    path: Path, codec: str, pixel_format: str, frames: Sequence[Planes], options: dict[str, str] | None = None
) -> Path:
    """Encode pictures of BT.709 and limited range."""
    height, width = frames[0][0].shape
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=options or {})
        stream.height, stream.width, stream.pix_fmt = height, width, pixel_format
        context = stream.codec_context
        context.colorspace, context.color_primaries, context.color_trc = 1, 1, 1
        context.color_range = LIMITED
        for index, planes in enumerate(frames):
            frame = frame_of(planes, pixel_format)
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
