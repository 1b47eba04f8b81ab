"""Masks as palette PNG files, the form the DAVIS benchmark and every labelling tool reads."""

from io import BytesIO
from pathlib import Path

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.masks.pixels import Pixels, rule_for
from track_anything.types import LabelMap, Mask

_ZLIB_LEVEL = 1  # label maps are flat: level 1 is 6 kB and 3 ms at 720p, higher levels save little
_UNREADABLE = (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError)  # what Pillow raises
_INDEXED_MODES = ("P", "L", "1")


def _davis_palette() -> NDArray[np.uint8]:
    """Spread the bits of each id over red, green and blue, the most significant colour bits first.

    Source: the colour map of the PASCAL VOC development kit, which DAVIS uses.
    """
    ids = np.arange(256)
    palette = np.zeros((256, 3), np.uint8)
    for level in range(8):
        for channel in range(3):
            bit = (ids >> (3 * level + channel)) & 1
            palette[:, channel] |= (bit << (7 - level)).astype(np.uint8)
    palette.setflags(write=False)
    return palette


DAVIS_PALETTE = _davis_palette()
"""(256, 3) uint8 RGB, read-only: the colour of every object id; the background is black."""


def encode_label_map(label_map: LabelMap) -> bytes:
    """The palette PNG of a (H, W) label map; reading it back gives the same ids."""
    image = PIL.Image.fromarray(np.ascontiguousarray(label_map, np.uint8))
    image.putpalette(DAVIS_PALETTE.tobytes())
    encoded = BytesIO()
    image.save(encoded, format="PNG", compress_level=_ZLIB_LEVEL)
    return encoded.getvalue()


def write_label_map(path: Path, label_map: LabelMap) -> None:
    """Write a (H, W) label map as a palette PNG; making the write atomic is the caller's business."""
    path.write_bytes(encode_label_map(label_map))


def read_label_map(path: Path) -> LabelMap:
    """Read a (H, W) label map from an indexed or 8-bit greyscale image.

    Raises:
        InputError: the file is missing or damaged, or its pixels are colours and not object ids.
    """
    image = _open_image(path, "label map")
    if image.mode not in _INDEXED_MODES:
        raise InputError(
            f"{path} holds {image.mode} pixels, not object ids: save it as an indexed or 8-bit greyscale PNG"
        )
    return np.array(image, np.uint8)


def read_mask(path: Path, size: tuple[int, int]) -> Mask:
    """Read the mask of one object, by the rule that ``pixels`` states for masks of others.

    Greys between black and white are cut at half, as is transparency; of ids and colours all but the
    background and void belong to the object.

    Args:
        path: an image of any kind; of an indexed image the index counts, not the colour.
        size: the (height, width) that the mask must have, that of the frame.

    Raises:
        InputError: the file is missing or damaged, it has another size, or it is a picture and no mask.
    """
    image = _open_image(path, "mask")
    height, width = size
    if (image.height, image.width) != size:
        raise InputError(
            f"mask {path} is {image.width} x {image.height} pixels but the frame is {width} x {height}: "
            "export the mask at the size of the frame"
        )
    pixels = Pixels.of(image)
    try:
        found = rule_for([pixels]).masks(pixels)
    except InputError as error:
        raise InputError(f"mask {path}: {error}") from error
    return np.asarray(np.any([np.zeros(size, np.bool_), *found.values()], axis=0), np.bool_)


def _open_image(path: Path, what: str) -> PIL.Image.Image:
    try:
        with PIL.Image.open(path) as image:
            image.load()
            copy = image.copy()
            copy.format = image.format  # which tells whether its pixels are exact
            return copy
    except FileNotFoundError:
        raise InputError(f"{what} {path} does not exist: check the path") from None
    except _UNREADABLE as error:
        raise InputError(f"{what} {path} cannot be read ({error}): give an image file, best a PNG") from error
