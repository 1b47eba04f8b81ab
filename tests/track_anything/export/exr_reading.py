"""Reads OpenEXR without what the export is made of: the header by hand, the pixels by FFmpeg's decoder."""

import json
import struct
from pathlib import Path

import av
import numpy as np
import OpenEXR
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


def read_channels(path: Path) -> tuple[dict[str, object], dict[str, NDArray[np.float32]]]:
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return dict(file.header()), {name: channel.pixels.copy() for name, channel in file.channels().items()}


def cryptomatte(path: Path) -> dict[str, NDArray[np.float64]]:
    """Coverage by name, as the specification says to read a file; of a reader that knows nothing of ours."""
    header, channels = read_channels(path)
    (key,) = {name.split("/")[1] for name in header if name.startswith("cryptomatte/")}
    told = {
        name: str(header[f"cryptomatte/{key}/{name}"]) for name in ("name", "hash", "conversion", "manifest")
    }
    assert (told["hash"], told["conversion"]) == ("MurmurHash3_32", "uint32_to_float32")
    assert len(key) == 7
    ids = {}
    for name, text in json.loads(told["manifest"]).items():
        assert len(text) == 8
        ids[name] = struct.unpack("<f", struct.pack("<I", int(text, 16)))[0]
    ranks = sorted(
        name[: -len(".R")] for name in channels if name.startswith(told["name"]) and name.endswith(".R")
    )
    assert ranks == [f"{told['name']}{number:02}" for number in range(len(ranks))]
    coverage = {name: np.zeros(channels["R"].shape) for name in ids}
    before = np.full(channels["R"].shape, np.inf)
    for rank in ranks:
        for id_channel, part_channel in (("R", "G"), ("B", "A")):
            found, part = channels[f"{rank}.{id_channel}"], channels[f"{rank}.{part_channel}"]
            assert found.dtype == part.dtype == np.float32
            assert (part <= before).all()
            assert ((found == 0) == (part == 0)).all()
            before = part
            for name, own in ids.items():
                coverage[name] += np.where(found == np.float32(own), part, 0)
    return coverage
