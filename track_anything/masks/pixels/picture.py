"""A picture of masks, as its file has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageOps
from numpy.typing import NDArray

from track_anything.types import Mask

_LOSSY = frozenset({"JPEG", "MPO", "WEBP"})
_MIDDLE_GREY, _HALF = 128, 0.5
"""A palette of greys is brightness where dark is the background: in place 0, or on most of the picture."""

_LOSSY_GREY = 24  # levels by which codecs let the channels of a grey drift apart


@dataclass(frozen=True, eq=False)
class Pixels:
    """A picture of masks.

    Attributes:
        values: (H, W) greys, ids or booleans, (H, W, 3) RGB or (H, W, 4) RGBA.
        is_indexed: values are places in a palette and not brightness.
        is_lossy: they went through a codec that changes them a little.
        palette: (N, 3) RGB by place, of indexed values.
    """

    values: NDArray[Any]
    is_indexed: bool = False
    is_lossy: bool = False
    palette: NDArray[np.uint8] | None = None

    @classmethod
    def of(cls, image: PIL.Image.Image) -> "Pixels":
        """Those of an opened picture; what Pillow raises when it is damaged."""
        is_lossy = image.format in _LOSSY
        upright = PIL.ImageOps.exif_transpose(image)
        if upright.mode == "P":
            palette = np.array(upright.getpalette("RGB") or [0, 0, 0], int).reshape(-1, 3)
            places = np.array(upright)
            greys = palette[:, 0][np.minimum(places, len(palette) - 1)]
            are_greys = bool((palette == palette[:, :1]).all())
            is_dark = palette[0, 0] == palette.min() or (greys < _MIDDLE_GREY).mean() > _HALF
            if not are_greys or not is_dark:
                return cls(places, is_indexed=True, palette=palette.astype(np.uint8))
            upright = upright.convert("L")
        if upright.mode in ("LA", "PA", "La", "RGBa"):
            upright = upright.convert("RGBA")
        is_plain = upright.mode in ("1", "L", "RGB", "RGBA") or upright.mode.startswith(("I", "F"))
        return cls(np.array(upright if is_plain else upright.convert("RGB")), is_lossy=is_lossy).simplified()

    def simplified(self) -> "Pixels":
        """Without an alpha that is opaque everywhere, and grey where all colours are."""
        values = self.values
        if values.ndim == 3 and values.shape[2] == 4 and (values[..., 3] == np.iinfo(values.dtype).max).all():
            values = values[..., :3]
        if values.ndim == 3 and values.shape[2] == 3:
            channels = values.astype(np.int32)
            spread = channels.max(axis=2) - channels.min(axis=2)
            if not (spread > (_LOSSY_GREY if self.is_lossy else 0)).any():
                values = values[..., 1]
        return Pixels(values, self.is_indexed, self.is_lossy)

    def coloured(self) -> "Pixels":
        """With the colours of its palette in the place of indices; others as they are."""
        if self.palette is None:
            return self
        return Pixels(self.palette[np.minimum(self.values, len(self.palette) - 1)])


def have_one_palette(samples: Sequence[Pixels]) -> bool:
    """Whether a place means one colour in all pictures that use it, or else nothing is told by colours.

    Programs that choose a palette for each picture give one object another place on every frame. Only where
    the colours are no more than the places can they be what objects are known by.
    """
    meant: dict[int, set[tuple[int, ...]]] = {}
    for one in samples:
        if one.palette is not None:
            for place in np.unique(one.values).tolist():
                if place < len(one.palette):  # void need not have a colour
                    meant.setdefault(place, set()).add(tuple(one.palette[place].tolist()))
    colours = set().union(*meant.values())
    return all(len(each) == 1 for each in meant.values()) or len(colours) > len(meant)


def is_interior(values: NDArray[Any]) -> Mask:
    """(H, W): where all four neighbours are equal, those beyond the rim taken as equal."""
    padded = np.pad(values, 1, mode="edge")
    centre = padded[1:-1, 1:-1]
    sides = (padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:])
    return np.asarray(np.all([side == centre for side in sides], axis=0), np.bool_)
