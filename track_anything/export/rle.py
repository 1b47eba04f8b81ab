"""Masks as run lengths, in the text form of the COCO data set."""

import numpy as np
from numpy.typing import NDArray

from track_anything.types import Mask

_BITS, _MORE, _ZERO = 5, 0x20, 48


def encode_rle(mask: Mask) -> str:
    """The text for the ``counts`` of a COCO segmentation of an (H, W) mask.

    Runs go down the columns, from background on. From the fourth on, a run is written as the difference to
    the run two before it; numbers are cut into five bits, the lowest first, with a sixth that says that more
    follow, and 48 is added so that the text is printable.
    """
    runs = _runs(mask)
    differences = np.concatenate([runs[:3], runs[3:] - runs[1:-2]])
    return "".join(map(_signs_of, differences.tolist()))


def _runs(mask: Mask) -> NDArray[np.int64]:
    """Lengths of the runs down the columns, that of background first, 0 when there is none."""
    pixels = np.asarray(mask, bool).ravel(order="F")
    edges = np.flatnonzero(np.diff(pixels)) + 1
    runs = np.diff(np.concatenate([[0], edges, [pixels.size]]))
    return np.concatenate([[0], runs]) if pixels[0] else runs


def _signs_of(number: int) -> str:
    signs = []
    is_complete = False
    while not is_complete:
        low, number = number & 0x1F, number >> _BITS
        is_complete = number == (-1 if low & 0x10 else 0)  # the highest bit written is the sign
        signs.append(chr(low + (0 if is_complete else _MORE) + _ZERO))
    return "".join(signs)
