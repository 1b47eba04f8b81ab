"""What no frame has seen: made up from its surroundings in one picture."""

from collections.abc import Callable
from typing import TypeAlias

import cv2
import numpy as np

from track_anything.inpaint.exemplar import exemplified
from track_anything.inpaint.membrane import membrane
from track_anything.types import Choice, Choices, Image, Mask

Paint: TypeAlias = Callable[[Image, Mask], Image]
"""Fills the (H, W) hole of a (H, W, 3) picture, and changes nothing else."""

_RADIUS = 5  # pixels round each one that OpenCV looks at


def diffused(image: Image, hole: Mask) -> Image:
    """Colours carried on smoothly from the rim: never wrong by much, and without texture."""
    smooth = membrane(image.astype(np.float32), ~hole)
    return np.where(hole[..., None], np.clip(np.rint(smooth), 0, 255), image).astype(np.uint8)


def marched(image: Image, hole: Mask) -> Image:
    """Edges continued from the rim inward.

    Telea, "An Image Inpainting Technique Based on the Fast Marching Method", JGT 2004, by OpenCV.
    """
    filled = cv2.inpaint(image, hole.astype(np.uint8), _RADIUS, cv2.INPAINT_TELEA)
    return np.asarray(filled, np.uint8)


def _by_migan() -> Paint:
    from track_anything.inpaint.migan import load_migan

    return load_migan()


StillMethod: TypeAlias = Choice[[], Paint]
"""A way to fill a still picture."""

STILL_METHODS: Choices[StillMethod, [], Paint] = Choices(
    "inpainting method",
    {
        "telea": Choice(lambda: marched, "edges continued from the rim"),
        "exemplar": Choice(lambda: exemplified, "matching texture"),
        "diffusion": Choice(lambda: diffused, "a smooth fill"),
        "migan": Choice(_by_migan, "MI-GAN, a network", "onnxruntime", "migan"),
    },
)
"""The methods by name; a new one is one line."""
