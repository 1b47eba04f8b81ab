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


def decode_rle(counts: str | list[int], size: tuple[int, int]) -> Mask:
    """The (H, W) mask behind the ``counts`` of a COCO segmentation, text or list of runs.

    Raises:
        ValueError: the runs do not fill the size, or the text is damaged.
    """
    runs = np.array(_numbers_of(counts) if isinstance(counts, str) else counts, np.int64)
    if isinstance(counts, str):
        for place in range(3, len(runs)):
            runs[place] += runs[place - 2]
    if (runs < 0).any() or runs.sum() != size[0] * size[1]:
        raise ValueError(f"the runs hold {runs.sum()} pixels, not {size[0]} x {size[1]}")
    pixels = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return pixels.reshape(size, order="F")


def _numbers_of(text: str) -> list[int]:
    numbers, number, shift = [], 0, 0
    for sign in text:
        bits = ord(sign) - _ZERO
        number |= (bits & 0x1F) << shift
        shift += _BITS
        if bits & _MORE:
            continue
        numbers.append(number - (1 << shift) if bits & 0x10 else number)
        number, shift = 0, 0
    if shift:
        raise ValueError("the text of the run lengths ends within a number")
    return numbers
