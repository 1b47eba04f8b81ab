"""Masks in colour: which colours are objects, and which are blends of two or noise of a codec."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from track_anything.masks.pixels.picture import Pixels, is_interior

Colour: TypeAlias = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

_LOSSY_COLOUR = 48  # levels by which codecs change a channel of one colour
_LEAST_SHARE = 0.01  # of the pixels of the largest object: what fills less is noise of a codec
_FEWEST_BLENDS = 4  # of smooth edges; fewer may be thin objects, as colours of DAVIS lie between each other
_OFF_THE_WAY = 1.5  # levels by which rounding moves a blend
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
    areas = {_unpacked(number): count for number, count in counts.items()}
    thin = [_unpacked(number) for number in sorted(every - counts.keys())] if is_exact else []
    blends = {colour for colour in thin if _is_blend(colour, list(areas))}
    are_edges = len(blends) >= _FEWEST_BLENDS
    return areas | {colour: 1 for colour in thin if not (are_edges and colour in blends)}


def _unpacked(number: int) -> Colour:
    return number >> 16, number >> 8 & 255, number & 255


def _is_blend(colour: Colour, whole: Sequence[Colour]) -> bool:
    """Whether a colour lies between two that fill areas, as those of smooth edges do."""
    place = np.array(colour, float)
    for first, second in combinations(np.array(whole, float).reshape(-1, 3), 2):
        way = second - first
        share = float((place - first) @ way / (way @ way))
        if 0 < share < 1 and np.abs(first + share * way - place).max() <= _OFF_THE_WAY:
            return True
    return False


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
