"""Masks in colour: which colours are objects, and which are blends of two or noise of a codec."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.masks.pixels.picture import Pixels, is_interior

Colour: TypeAlias = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

_LOSSY_COLOUR = 48  # levels by which codecs change a channel of one colour
_LEAST_SHARE = 0.01  # of the pixels of the largest object: what fills less is noise of a codec
_FEW = 32  # colours: so many are all meant, however thin what they fill


def packed(rgb: NDArray[Any]) -> NDArray[np.int32]:
    """(H, W) numbers 0xRRGGBB of (H, W, 3) colours."""
    channels = rgb.astype(np.int32)
    return channels[..., 0] << 16 | channels[..., 1] << 8 | channels[..., 2]


def _rgb_of(pixels: Pixels) -> NDArray[Any]:
    """(H, W, 3), black where it is transparent."""
    values = pixels.values
    if values.ndim == 2:
        return np.repeat(values[..., None], 3, axis=2)
    if values.shape[2] == 4:
        return np.where(values[..., 3:] > np.iinfo(values.dtype).max // 2, values[..., :3], 0)
    return values


def areas_of(samples: Sequence[Pixels]) -> dict[Colour, int]:
    """The colours that fill areas, with how many pixels lie within, in the order in which they appear."""
    counts: dict[int, int] = {}
    every: set[int] = set()
    for one in samples:
        rgb = np.ascontiguousarray(_rgb_of(one))
        whole = packed(cv2.medianBlur(rgb, 5) if one.is_lossy else rgb)
        inside, numbers = np.unique(whole[is_interior(whole)], return_counts=True)
        for colour, number in zip(inside.tolist(), numbers.tolist(), strict=True):
            counts[colour] = counts.get(colour, 0) + number
        if len(every) <= _FEW:
            every |= set(np.unique(whole).tolist())
    is_exact = len(every) <= _FEW and not any(one.is_lossy for one in samples)
    for colour in sorted(every) if is_exact else ():
        counts.setdefault(colour, 1)
    return {(colour >> 16, colour >> 8 & 255, colour & 255): number for colour, number in counts.items()}


def has_flat_colours(samples: Sequence[Pixels]) -> bool:
    """Whether what can be seen of pictures with transparency is a few colours and no photograph."""
    return 2 < len(areas_of(samples)) <= _FEW


def _are_near(colour: Colour, other: Colour) -> bool:
    return max(abs(a - b) for a, b in zip(colour, other, strict=True)) <= _LOSSY_COLOUR


def merged(areas: Mapping[Colour, int]) -> dict[Colour, int]:
    """What a codec made of one colour put together, under its most frequent form."""
    kept: dict[Colour, int] = {}
    for colour, number in sorted(areas.items(), key=lambda item: -item[1]):
        home = next((other for other in kept if _are_near(colour, other)), colour)
        kept[home] = kept.get(home, 0) + number
    least = sorted(kept.values())[-2:][0] * _LEAST_SHARE  # of the largest object, or of what is alone
    return {colour: kept[colour] for colour in areas if kept.get(colour, 0) > least}
