"""Reads OpenEXR without what the export is made of: the header by hand, the pixels by FFmpeg's decoder."""

import struct
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

_MAGIC, _SCAN_LINES_VERSION = 20_000_630, 2
_PIXEL_TYPES = {0: "uint", 1: "half", 2: "float"}


def read_exr(path: Path) -> NDArray[np.float64]:
    """(H, W, 4) RGBA as stored."""
    with av.open(str(path)) as container:
        (frame,) = container.decode(video=0)
    assert frame.format.name == "gbrapf16le"
    return np.stack([_samples(frame.planes[place]) for place in (2, 0, 1, 3)], axis=2)


def _samples(plane: av.video.plane.VideoPlane) -> NDArray[np.float64]:
    lines = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return lines.view(np.float16)[:, : plane.width].astype(np.float64)


def header_of(path: Path) -> dict[str, tuple[str, bytes]]:
    """The attributes: type and content by name."""
    data = path.read_bytes()
    assert struct.unpack_from("<II", data) == (_MAGIC, _SCAN_LINES_VERSION)
    attributes, place = {}, 8
    while data[place]:
        name, place = _text(data, place)
        kind, place = _text(data, place)
        (size,) = struct.unpack_from("<I", data, place)
        attributes[name] = (kind, data[place + 4 : place + 4 + size])
        place += 4 + size
    return attributes


def channels_of(path: Path) -> dict[str, str]:
    """Pixel types by channel, in the order of the file."""
    kind, content = header_of(path)["channels"]
    assert kind == "chlist"
    channels, place = {}, 0
    while content[place]:
        name, place = _text(content, place)
        (pixel_type,) = struct.unpack_from("<I", content, place)
        channels[name] = _PIXEL_TYPES[pixel_type]
        place += 16  # type, how it is coded, and the sampling along both axes
    return channels


def _text(data: bytes, place: int) -> tuple[str, int]:
    end = data.index(0, place)
    return data[place:end].decode(), end + 1
