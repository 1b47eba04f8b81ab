"""One OpenEXR file: named channels, and what programs have to know of its colours."""

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from track_anything.export.folders.linear_light import SRGB, UNTAGGED, linear_levels
from track_anything.export.order import Order
from track_anything.export.source_facts import SourceFacts
from track_anything.types import AnyImage, DeepImage
from track_anything.video.converter import ColourTags

_BEFORE_ATTRIBUTES = 8  # bytes: the magic number and the version
_LINES_OF_A_CHUNK = 16  # compressed by ZIP

PICTURES = ColourTags(matrix=0, primaries=1, transfer=SRGB)
"""What still images without a profile are."""

_D65 = (0.3127, 0.329)
_C = (0.310, 0.316)
_BT_709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, *_D65)
CHROMATICITIES = {
    1: _BT_709,
    UNTAGGED: _BT_709,
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, *_C),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, *_D65),
    6: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    7: (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, *_D65),
    8: (0.681, 0.319, 0.243, 0.692, 0.145, 0.049, *_C),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, *_D65),
    10: (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1 / 3, 1 / 3),
    11: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.314, 0.351),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, *_D65),
    22: (0.630, 0.340, 0.295, 0.605, 0.155, 0.077, *_D65),
}
"""(x, y) of red, green, blue and white by the number of the primaries in ITU-T H.273, table 2."""


@dataclass(frozen=True, eq=False)
class SourceLight:
    """The colours of a source as linear light.

    Attributes:
        tags: how its colours are meant.
        pixel_aspect: width over height of a pixel.
        levels: (65536,) light of every 16-bit level.
    """

    tags: ColourTags
    pixel_aspect: Fraction
    levels: NDArray[np.float32]

    @classmethod
    def of(cls, order: Order) -> "SourceLight":
        """That of an order's source; InputError when it cannot be opened or made linear."""
        facts = SourceFacts.of(order.source, order.info, order.reader)
        tags = facts.tags or PICTURES
        return cls(tags, facts.pixel_aspect, linear_levels(tags.transfer))

    def light(self, image: AnyImage) -> NDArray[np.float32]:
        """(H, W, 3), 0 to 1."""
        return self.levels[of_16_bits(image)]

    def header(self, size: tuple[int, int]) -> dict[str, Any]:
        """The attributes of a file of this (height, width) which is in this light."""
        import OpenEXR

        window = (np.zeros(2, np.int32), np.array([size[1] - 1, size[0] - 1], np.int32))
        return {
            "type": OpenEXR.scanlineimage,
            "compression": OpenEXR.ZIP_COMPRESSION,
            "dataWindow": window,
            "displayWindow": window,
            "pixelAspectRatio": float(self.pixel_aspect),
            "chromaticities": CHROMATICITIES.get(self.tags.primaries, _BT_709),
        }


def of_16_bits(colours: AnyImage) -> DeepImage:
    """(H, W, 3) with white at 65535."""
    if colours.dtype == np.uint16:
        return colours.astype(np.uint16, copy=False)
    return colours.astype(np.uint16) * np.uint16(257)


def write_exr(path: Path, header: Mapping[str, Any], channels: Mapping[str, NDArray[Any]]) -> None:
    """Write (H, W) channels by name, float16 or float32; OSError when it cannot be written."""
    import OpenEXR

    kept = {name: np.ascontiguousarray(pixels) for name, pixels in channels.items()}
    height = next(iter(kept.values())).shape[0]
    with OpenEXR.File(dict(header), kept) as file:
        file.write(str(path))
    if not _is_whole(path, height):  # the library says nothing of a full disk
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _is_whole(path: Path, height: int) -> bool:
    """Whether a file ends where the last of its chunks does ("OpenEXR File Layout")."""
    with path.open("rb") as file:
        file.seek(_BEFORE_ATTRIBUTES)
        while _text(file):
            _text(file)  # the type
            file.seek(_number(file, 4), os.SEEK_CUR)
        places = [_number(file, 8) for _ in range(-(-height // _LINES_OF_A_CHUNK))]
        last = max(places, default=0)
        file.seek(last + 4)  # behind the number of its first line
        end = last + 8 + _number(file, 4)
    return all(places) and end == path.stat().st_size


def _text(file: BinaryIO) -> bytes:
    return b"".join(iter(lambda: file.read(1).strip(b"\0"), b""))


def _number(file: BinaryIO, count: int) -> int:
    return int.from_bytes(file.read(count), "little")
