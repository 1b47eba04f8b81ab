"""Masks as run lengths and polygons, as COCO has them: pycocotools, behind a check of what it is fed.

pycocotools trusts its input: run lengths that do not fill the picture leave memory of others in it, and a
number without an end is read beyond the text.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from track_anything.types import Mask

_BITS, _MORE, _SIGN, _ZERO = 5, 0x20, 0x10, 48  # of the characters that run lengths are written with
_MOST_CHARACTERS = 7  # of a number: more than 32 bits
_MOST_CORNERS = 1_000_000  # of the polygons of a mask
_FARTHEST = 1 << 20  # pixels from the picture that a corner may lie


def encode_rle(mask: Mask) -> str:
    """The text for the ``counts`` of a COCO segmentation of an (H, W) mask: its runs down the columns."""
    encoded = coco.encode(np.asfortranarray(mask, np.uint8))
    return str(encoded["counts"].decode("ascii"))


def decode_rle(counts: str | Sequence[int], size: tuple[int, int]) -> Mask:
    """The (H, W) mask behind the ``counts`` of a COCO segmentation, text or list of runs.

    Raises:
        ValueError: the runs do not fill the size, or the text is damaged.
    """
    pixels = size[0] * size[1]
    runs = _runs_of(counts, pixels) if isinstance(counts, str) else _numbers(counts, pixels)
    if runs.size == 0 or (runs < 0).any() or runs.sum() != pixels:
        raise ValueError(f"the runs hold {runs.sum()} pixels, not {size[0]} x {size[1]}")
    described = {"size": list(size), "counts": counts if isinstance(counts, str) else runs.tolist()}
    packed = described if isinstance(counts, str) else coco.frPyObjects(described, *size)
    return np.asarray(coco.decode(packed), np.bool_)


def polygon_mask(polygons: Sequence[Sequence[float]], size: tuple[int, int]) -> Mask:
    """The (H, W) mask of polygons, each the x and y of its corners in turn; all that any covers is set.

    Raises:
        ValueError: a polygon has fewer than three corners, far too many, or one far outside of the picture.
    """
    corners = [np.asarray(polygon, np.float64) for polygon in polygons]
    is_polygon = all(one.ndim == 1 and one.size >= 6 and one.size % 2 == 0 for one in corners)
    if not corners or not is_polygon or sum(one.size for one in corners) > 2 * _MOST_CORNERS:
        raise ValueError("a polygon is the x and y of three corners or more, in turn")
    if not all((np.abs(one) < _FARTHEST).all() for one in corners):  # false for NaN
        raise ValueError("a polygon has a corner far outside of the picture")
    packed = coco.merge(coco.frPyObjects([one.tolist() for one in corners], *size))
    return np.asarray(coco.decode(packed), np.bool_)


def _numbers(counts: Sequence[Any], most: int) -> NDArray[np.int64]:
    if len(counts) > most + 2 or not all(type(count) is int and abs(count) <= most for count in counts):
        raise ValueError("the runs are not whole numbers of pixels in the picture")
    return np.array(counts, np.int64)


def _runs_of(text: str, most: int) -> NDArray[np.int64]:
    """The runs in a text: five bits to a character, the lowest first; from the fourth on, differences."""
    if not text or len(text) > _MOST_CHARACTERS * (most + 2) or not text.isascii():
        raise ValueError("the text of the run lengths is no such text")
    codes = np.frombuffer(text.encode("ascii"), np.uint8).astype(np.int64) - _ZERO
    goes_on = codes & _MORE > 0
    if codes.min() < 0 or codes.max() >= 2 * _MORE or goes_on[-1]:
        raise ValueError("the text of the run lengths is damaged or ends within a number")
    ends = np.flatnonzero(~goes_on)
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts + 1
    if lengths.max() > _MOST_CHARACTERS:
        raise ValueError("the text of the run lengths holds a number that is too long")
    places = np.arange(codes.size) - np.repeat(starts, lengths)
    numbers = np.add.reduceat((codes & (_MORE - 1)) << (_BITS * places), starts)
    numbers -= np.where(codes[ends] & _SIGN, np.int64(1) << (_BITS * lengths), 0)
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    return numbers
