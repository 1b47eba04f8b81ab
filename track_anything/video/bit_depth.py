"""How many levels the colours of an image have."""

import numpy as np

from track_anything.types import AnyImage, Image

_STEP = 257  # levels of 16 bits to one of 8: white is 65535 here and 255 there


def to_8_bits(image: AnyImage) -> Image:
    """(H, W, 3) RGB, each colour at the nearest of 256 levels; an image of 8 bits is handed back as it is."""
    if image.dtype == np.uint8:
        return image.astype(np.uint8, copy=False)
    return ((image.astype(np.uint32) + _STEP // 2) // _STEP).astype(np.uint8)
