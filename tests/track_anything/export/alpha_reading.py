"""Reads video with alpha by FFmpeg's decoders alone, without what the export is made of."""

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np

BITS = {"yuva420p": 8, "yuva444p12le": 12, "rgba64be": 16, "gbrap16le": 16}
"""Per sample, of the pixel formats that the decoders hand out."""


RGBA = ("rgba64be", "gbrap16le")


@dataclass(frozen=True)
class ReadFrame:
    time: Fraction
    image: np.ndarray  # (H, W, 3) uint8
    alpha: np.ndarray  # (H, W) in 0 to 1
    tags: tuple[int, int, int, int]  # matrix, primaries, transfer, range


def read(path):
    """Every frame; VP9 through libvpx, since FFmpeg's own decoder drops alpha."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        decoder = None
        if stream.codec_context.name == "vp9":
            decoder = av.CodecContext.create("libvpx-vp9", "r")
        frames = []
        for packet in container.demux(stream):
            decoded = packet.decode() if decoder is None else decoder.decode(packet if packet.size else None)
            frames += [_read(frame, stream.time_base) for frame in decoded]
        return frames


def _read(frame, time_base):
    if frame.format.name in RGBA:
        image = (frame.to_ndarray(format="rgba64le")[..., :3] >> 8).astype(
            np.uint8
        )  # the scaler would dither
    else:
        image = frame.to_ndarray(format="rgb24")
    tags = (frame.colorspace, frame.color_primaries, frame.color_trc, frame.color_range)
    return ReadFrame(frame.pts * time_base, image, _alpha(frame, image), tags)


def _alpha(frame, image):
    name = frame.format.name
    if name == "yuv420p":
        assert np.ptp(image, axis=2).max() <= 2, "a matte is grey"
        return image[..., 1] / 255
    peak = 2 ** BITS[name] - 1
    if name in RGBA:
        return frame.to_ndarray(format="rgba64le")[..., 3] / peak
    plane = frame.planes[3]
    lines = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    sample = np.uint8 if peak < 256 else np.uint16
    return lines.view(sample)[:, : plane.width] / peak
