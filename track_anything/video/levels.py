"""Pictures with more than 8 bits: how their levels are meant, and how they become RGB."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import PIL.Image
import PIL.ImageOps
from numpy.typing import NDArray

from track_anything.types import DeepImage
from track_anything.video.orientation import Orientation

_PEAK = 65_535
_DEEP_MODES = ("I", "F")
_USUAL_PEAKS = (255, 1023, 4095)
"""Of integers of 16 bits that hold fewer: from 8, 10 or 12 bits. What uses more is taken for 16."""

_ORIENTATION = 0x0112
_ORIENTATIONS = {
    2: Orientation(is_flipped_across=True),
    3: Orientation(is_flipped_down=True, is_flipped_across=True),
    4: Orientation(is_flipped_down=True),
    5: Orientation(is_transposed=True),
    6: Orientation(is_transposed=True, is_flipped_across=True),
    7: Orientation(is_transposed=True, is_flipped_down=True, is_flipped_across=True),
    8: Orientation(is_transposed=True, is_flipped_down=True),
}
"""What photographs say by EXIF; those not named are upright."""

_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0
_SAMPLE_FORMAT, _UNSIGNED = 339, 1


@dataclass(frozen=True)
class Levels:
    """What black and white are in pictures of integers of 16 bits or of floats.

    Attributes:
        black: becomes 0.
        white: becomes 65535; what is beyond ends there too.
    """

    black: float = 0
    white: float = _PEAK

    @classmethod
    def of(cls, pictures: Iterable[NDArray[Any]]) -> "Levels":
        """Those of a whole sequence, so that no frame is stretched differently from the next.

        Integers that never exceed 255, 1023 or 4095 are of 8, 10 or 12 bits; the first one of 16 bits that
        does ends the search. Floats reach from 0 to 1; where they reach further, and where integers do that
        16 bits cannot hold, from the least to the largest.

        Args:
            pictures: some of them, or all, as ``deep_pixels`` gives them.
        """
        lowest, highest, is_float = 0.0, 0.0, False
        for pixels in pictures:
            finite = pixels[np.isfinite(pixels)]
            if finite.size:
                lowest, highest = min(lowest, float(finite.min())), max(highest, float(finite.max()))
            is_float |= pixels.dtype.kind == "f"
            if pixels.dtype == np.uint16 and lowest == 0 and highest > _USUAL_PEAKS[-1] and not is_float:
                break
        if is_float or lowest < 0 or highest > _PEAK:
            return cls(lowest, max(highest, 1.0) if lowest == 0 else highest)
        return cls(0, next((peak for peak in _USUAL_PEAKS if 0 < highest <= peak), _PEAK))

    @property
    def note(self) -> str:
        """What to say of it; empty where nothing was decided."""
        return "" if self == Levels() else f"levels from {self.black:g} to {self.white:g} are black to white"

    def image(self, pixels: NDArray[Any]) -> DeepImage:
        """(H, W) or (H, W, 3) pixels as RGB of 16 bits."""
        span = (self.white - self.black) or 1.0
        scaled = (np.nan_to_num(pixels.astype(np.float64)) - self.black) * (_PEAK / span)
        image = np.rint(np.clip(scaled, 0, _PEAK)).astype(np.uint16)
        return np.repeat(image[..., None], 3, axis=2) if image.ndim == 2 else image  # (H, W, 3)


def is_deep_picture(image: PIL.Image.Image) -> bool:
    """Whether a picture has more than 8 bits; Pillow gives the colours of one with 8 all the same."""
    tiles = getattr(image, "tile", None)  # how the file's bytes become pixels; only opened files have it
    raw = str(tiles[0][3]) if tiles else ""
    return image.mode.startswith(_DEEP_MODES) or ";16" in raw


def deep_pixels(image: PIL.Image.Image, data: bytes, page: int) -> NDArray[Any]:
    """The pixels of a deep picture, (H, W) or (H, W, 3), upright, with all their levels.

    Args:
        image: the opened picture.
        data: the content of its file.
        page: which picture in the file.

    Raises:
        ValueError: they cannot be decoded.
    """
    if image.mode.startswith(_DEEP_MODES):
        return _of_one_channel(image)
    encoded = np.frombuffer(data, np.uint8)
    is_read, pages = cv2.imdecodemulti(encoded, cv2.IMREAD_UNCHANGED, range=(page, page + 1))
    pixels = pages[0] if is_read and pages else cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise ValueError("its pixels cannot be decoded")
    rgb = pixels[..., 2::-1] if pixels.ndim == 3 else pixels
    if image.format != "TIFF":  # those OpenCV has turned already
        rgb = _ORIENTATIONS.get(image.getexif().get(_ORIENTATION, 1), Orientation()).upright(rgb)
    return np.ascontiguousarray(rgb)


def _of_one_channel(image: PIL.Image.Image) -> NDArray[Any]:
    """(H, W) numbers of which more is brighter, whichever way round a TIFF has them."""
    tags = getattr(image, "tag_v2", {})
    is_negative = tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO
    is_unsigned = tags.get(_SAMPLE_FORMAT, (0,))[0] == _UNSIGNED
    pixels = np.asarray(PIL.ImageOps.exif_transpose(image))
    if pixels.dtype == np.int32 and is_unsigned:  # Pillow's own type has a sign
        pixels = pixels.view(np.uint32)
    if is_negative and pixels.dtype.kind == "u":
        return np.iinfo(pixels.dtype).max - pixels
    return pixels
