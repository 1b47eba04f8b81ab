"""A disc that moves over a floor, and its shadow, as the frames of a clip."""

from pathlib import Path

import numpy as np
import PIL.Image

from track_anything.types import Image, Mask

HEIGHT, WIDTH, FRAMES = 96, 160, 16


def disc(frame: int) -> Mask:
    y, x = np.ogrid[:HEIGHT, :WIDTH]
    return np.asarray((x - 20 - 8 * frame) ** 2 + (y - 40) ** 2 <= 12**2)


def shadow(frame: int) -> Mask:
    y, x = np.ogrid[:HEIGHT, :WIDTH]
    return np.asarray(((x - 20 - 8 * frame) / 12) ** 2 + ((y - 56) / 5) ** 2 <= 1) & ~disc(frame)


def picture(frame: int, *, has_shadow: bool = True) -> Image:
    floor = np.random.default_rng(0).integers(120, 136, (HEIGHT, WIDTH, 1)).repeat(3, axis=2)
    floor = np.where(shadow(frame)[..., None] & has_shadow, floor * 0.6, floor)
    return np.where(disc(frame)[..., None], (220, 60, 40), floor).astype(np.uint8)


def draw_shadow_clip(folder: Path, *, has_shadow: bool = True) -> Path:
    """Write the frames as images; returns the folder."""
    folder.mkdir(parents=True)
    for frame in range(FRAMES):
        PIL.Image.fromarray(picture(frame, has_shadow=has_shadow)).save(folder / f"{frame:05}.png")
    return folder
