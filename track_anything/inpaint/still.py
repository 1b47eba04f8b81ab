"""What no frame has seen: made up from its surroundings in one picture."""

from collections.abc import Callable, Mapping
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


STILL_METHODS: Mapping[str, Callable[[], Paint]] = {
    "telea": lambda: marched,
    "exemplar": lambda: exemplified,
    "diffusion": lambda: diffused,
    "migan": _by_migan,
}
"""The ways by name; a new one is one line."""


def usable_still_methods() -> list[str]:
    """The names of those that run here: ours, and an extra whose package is installed."""
    return [name for name in STILL_METHODS if name != "migan" or find_spec("onnxruntime") is not None]


def still_method(name: str) -> Paint:
    """A way by its name; InputError when there is no such way, or what it needs is not here."""
    if name not in STILL_METHODS:
        raise InputError(
            f"there is no way {name!r} to fill a still picture: choose one of {', '.join(STILL_METHODS)}"
        )
    return STILL_METHODS[name]()
