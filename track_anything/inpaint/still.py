"""What no frame has seen: made up from its surroundings in one picture."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TypeAlias

import cv2
import numpy as np

from track_anything.errors import InputError
from track_anything.inpaint.exemplar import exemplified
from track_anything.inpaint.membrane import membrane
from track_anything.types import Image, Mask

Paint: TypeAlias = Callable[[Image, Mask], Image]
"""Fills the (H, W) hole of a (H, W, 3) picture, and changes nothing else."""

_RADIUS = 5  # pixels round each one that OpenCV looks at


def diffused(image: Image, hole: Mask) -> Image:
    """Colours carried on smoothly from the rim: never wrong by much, and without texture."""
    smooth = membrane(image.astype(np.float32), ~hole)
    return np.where(hole[..., None], np.clip(np.rint(smooth), 0, 255), image).astype(np.uint8)


def marched(image: Image, hole: Mask) -> Image:
    """Edges carried on from the rim inward.

    Telea, "An Image Inpainting Technique Based on the Fast Marching Method", JGT 2004, by OpenCV.
    """
    filled = cv2.inpaint(image, hole.astype(np.uint8), _RADIUS, cv2.INPAINT_TELEA)
    return np.asarray(filled, np.uint8)


def _by_migan() -> Paint:
    from track_anything.inpaint.migan import load_migan

    return load_migan()


@dataclass(frozen=True)
class StillMethod:
    """A way to fill a still picture.

    Attributes:
        build: makes it.
        needs: the package that it is an extra with; empty = it is ours.
    """

    build: Callable[[], Paint]
    needs: str = ""


STILL_METHODS: Mapping[str, StillMethod] = {
    "telea": StillMethod(lambda: marched),
    "exemplar": StillMethod(lambda: exemplified),
    "diffusion": StillMethod(lambda: diffused),
    "migan": StillMethod(_by_migan, "onnxruntime"),
}
"""The ways by name; a new one is one line."""


def usable_still_methods() -> list[str]:
    """The names of those that run here: ours, and extras whose package is installed."""
    return [name for name, method in STILL_METHODS.items() if not method.needs or find_spec(method.needs)]


def check_still(name: str) -> None:
    """Raise InputError when there is no such way."""
    if name not in STILL_METHODS:
        raise InputError(
            f"there is no way {name!r} to fill a still picture: choose one of {', '.join(STILL_METHODS)}"
        )


def still_method(name: str) -> Paint:
    """A way by its name; InputError when there is no such way, or what it needs is not here."""
    check_still(name)
    return STILL_METHODS[name].build()
