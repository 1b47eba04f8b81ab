"""What the pixels of masks that others made mean, by one rule for a whole set of them.

==========  ==========================================================================================
reading     taken when
==========  ==========================================================================================
labels      pixels of one value lie together in areas; also every palette whose colours are not greys
binary      there is one value beside 0
soft        greys reach up to white and lie in seams between black and white: cut at half
alpha       transparency varies: cut at half
colours     pixels are in colour: each colour that fills an area is an object, blends go to the nearest
==========  ==========================================================================================

In labels of 8 and 16 bits, 255 and 65535 are void, as in PASCAL VOC, unless ids are spread evenly up to it;
10000 is void beside the ids of KITTI MOTS. Palettes that give one place several colours are read as colours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError
from track_anything.masks.pixels.colours import Colour, areas_of, has_flat_colours, merged, packed
from track_anything.masks.pixels.picture import Pixels, have_one_palette, is_interior
from track_anything.types import Mask

Reading: TypeAlias = Literal["labels", "binary", "soft", "alpha", "colours"]
READINGS: tuple[Reading, ...] = get_args(Reading)

_LEAST_INTERIOR = 0.25  # of the pixels between black and white of labels, that have their like on all sides
_MANY_LEVELS = 64
_MIDDLE = (0.06, 0.94)  # of white: what is no plateau of a soft mask that is nearly sure
_MOST_OBJECTS = 255
_BLACK = 24  # the most that a channel of a black background holds in lossy pictures
_USUAL_PEAKS = (255, 1023, 4095)
_KITTI_IDS, _KITTI_VOID = range(1000, 3000), 10_000  # class * 1000 + instance of KITTI MOTS


@dataclass(frozen=True)
class PixelRule:
    """How masks are read out of pixels.

    Attributes:
        reading: the kind.
        threshold: of soft, alpha and binary: what is above it belongs to the object.
        void: ids of labels that are nobody's.
        colours: the objects' colours by id.
        background: the colour of no object.
        object_id: of the object of binary, soft and alpha.
    """

    reading: Reading
    threshold: float = 0
    void: frozenset[int] = frozenset()
    colours: Mapping[int, Colour] = field(default_factory=dict)
    background: Colour = (0, 0, 0)
    object_id: int = 1

    @property
    def meaning(self) -> str:
        """In words, for people."""
        void = f"; {', '.join(map(str, sorted(self.void)))} is void, nobody's" if self.void else ""
        return {
            "labels": f"each value is an object{void}",
            "binary": "black and white, one object",
            "soft": "greys between black and white, one object, cut at half",
            "alpha": "transparency, one object, cut at half",
            "colours": f"each of {len(self.colours)} colours but #{_hex(self.background)} is an object{void}",
        }[self.reading]

    def name(self, object_id: int) -> str | None:
        """What to call an object that nothing else names."""
        return f"#{_hex(self.colours[object_id])}" if object_id in self.colours else None

    def masks(self, pixels: Pixels) -> dict[int, Mask]:
        """The (H, W) masks that are not empty, by id; InputError when the rule does not fit the picture."""
        values = (pixels.coloured() if self.reading == "colours" else pixels).values
        match self.reading:
            case "labels":
                if values.ndim != 2:
                    raise InputError("it is in colours, but the others hold ids: save all in one way")
                found = {int(one): values == one for one in np.unique(values) if one > 0}
                return {one: mask for one, mask in found.items() if one not in self.void}
            case "colours":
                return self._coloured(values)
            case "alpha":
                opaque = np.full(values.shape[:2], np.inf) if values.shape[2:] != (4,) else values[..., 3]
                mask = opaque > self.threshold
            case _:
                mask = (values if values.ndim == 2 else values[..., :3].max(axis=2)) > self.threshold
        return {self.object_id: mask} if mask.any() else {}

    def _coloured(self, values: NDArray[Any]) -> dict[int, Mask]:
        rgb = values[..., :3] if values.ndim == 3 else np.repeat(values[..., None], 3, axis=2)
        ids = [0, *self.colours]
        palette = np.array([self.background, *self.colours.values()], np.int32)  # (K + 1, 3)
        numbers = packed(rgb)
        distinct, places = np.unique(numbers, return_inverse=True)
        colours = np.stack([distinct >> 16, distinct >> 8 & 255, distinct & 255], axis=1)  # (N, 3)
        distances = ((colours[:, None] - palette[None]) ** 2).sum(axis=2)  # (N, K + 1)
        nearest = np.array(ids)[distances.argmin(axis=1)][places].reshape(numbers.shape)
        if values.shape[2:] == (4,):
            nearest[values[..., 3] <= np.iinfo(values.dtype).max // 2] = 0
        return {int(one): nearest == one for one in np.unique(nearest) if one and one not in self.void}


def rule_for(
    samples: Sequence[Pixels], reading: Reading | None = None, *, has_void: bool = True
) -> PixelRule:
    """The rule for a set of pictures.

    Args:
        samples: some of them, spread over the set; for colours all.
        reading: how, where somebody has said it.
        has_void: whether the highest value may be void.

    Raises:
        InputError: they are no masks, or cannot be read that way.
    """
    chosen = reading or _reading_of(samples)
    samples = [one.coloured() for one in samples] if chosen == "colours" else samples
    match chosen:
        case "labels":
            return PixelRule("labels", void=_void_in(samples) if has_void else frozenset())
        case "binary":
            return PixelRule("binary")
        case "colours":
            return _colour_rule(samples)
        case "alpha":
            most = [float(one.values[..., 3].max()) for one in samples if one.values.shape[2:] == (4,)]
            return PixelRule("alpha", threshold=max(most, default=255) / 2)
        case "soft":
            return PixelRule("soft", threshold=_white(samples) / 2)


def _reading_of(samples: Sequence[Pixels]) -> Reading:
    if any(one.is_indexed for one in samples):
        return "labels" if have_one_palette(samples) else "colours"
    if any(one.values.ndim == 3 for one in samples):
        alphas = [np.unique(one.values[..., 3]) for one in samples if one.values.shape[2:] == (4,)]
        is_soft = len(alphas) > 0 and np.unique(np.concatenate(alphas)).size > 2
        is_cutout = len(alphas) > 0 and (is_soft or not has_flat_colours(samples))
        return "alpha" if is_cutout else "colours"
    levels = _levels(samples)
    levels = levels[levels > 0]
    if levels.size <= 1:
        is_id = levels.size and levels[0] < _white(samples) / 2 and levels[0] > 1
        return "labels" if is_id else "binary"
    if any(one.values.dtype.kind == "f" for one in samples):
        return "soft"
    white = _white(samples)
    if levels[-1] < white / 2:
        return "labels"
    if any(one.is_lossy for one in samples):
        return "soft"
    low, high = (_MIDDLE[0] * white, _MIDDLE[1] * white) if levels.size > _MANY_LEVELS else (0, levels[-1])
    return "labels" if _interior(samples, low, high) >= _LEAST_INTERIOR else "soft"


def _white(samples: Sequence[Pixels]) -> float:
    """The value of a pixel that wholly belongs to an object in a soft mask."""
    highest = max((float(one.values.max(initial=0)) for one in samples), default=0)
    if any(one.values.dtype.kind == "f" for one in samples):
        return 1.0 if highest <= 1 else highest
    if all(one.values.dtype == np.uint8 for one in samples):
        return 255.0
    is_bool = all(one.values.dtype == np.bool_ for one in samples)
    return 1.0 if is_bool else float(highest if highest in _USUAL_PEAKS else 65_535)


def _levels(samples: Sequence[Pixels]) -> NDArray[Any]:
    return np.unique(np.concatenate([np.unique(one.values) for one in samples])) if samples else np.zeros(0)


def _interior(samples: Sequence[Pixels], low: float, high: float) -> float:
    """Of the pixels between two values, the share that has its like on all four sides; 0 without any."""
    inside, total = 0, 0
    for one in samples:
        is_between = (one.values > low) & (one.values < high)
        inside += int((is_between & is_interior(one.values)).sum())
        total += int(is_between.sum())
    return inside / total if total else 0.0


def _void_in(samples: Sequence[Pixels]) -> frozenset[int]:
    """The highest value of the type, where it is there and no further step of evenly spread ids."""
    levels = [int(level) for level in _levels(samples) if level > 0]
    peak = 255 if all(one.values.dtype == np.uint8 for one in samples) else 65_535
    others = [level for level in levels if level != peak]
    if _KITTI_VOID in levels and all(level in _KITTI_IDS for level in levels if level != _KITTI_VOID):
        return frozenset({_KITTI_VOID})
    if peak not in levels or not others:
        return frozenset()
    step = peak / (len(others) + 1)
    is_spread = all(abs(level - step * (place + 1)) <= 1 for place, level in enumerate(others))
    return frozenset() if is_spread else frozenset({peak})


def _hex(colour: Colour) -> str:
    return "".join(f"{channel:02x}" for channel in colour)


def _colour_rule(samples: Sequence[Pixels]) -> PixelRule:
    areas = areas_of(samples)
    if any(one.is_lossy for one in samples):
        areas = merged(areas)
    black = [colour for colour in areas if max(colour) <= (_BLACK if samples[0].is_lossy else 0)]
    background = black[0] if black else max(areas, key=lambda colour: areas[colour], default=(0, 0, 0))
    objects = [colour for colour in areas if colour != background]
    if len(objects) > _MOST_OBJECTS:
        raise InputError(
            f"there are {len(objects)} colours, so these are pictures and no masks: give masks, or "
            "transparent pictures"
        )
    return PixelRule("colours", colours=dict(enumerate(objects, start=1)), background=background)
