"""Pictures whose matte is known, because they are composed with it."""

import numpy as np

from track_anything.matting import BACKGROUND, FOREGROUND, UNKNOWN, Matte, Trimap
from track_anything.types import Image

RED, BLUE = (220, 60, 40), (30, 50, 200)


def ramp(height: int = 24, width: int = 40, band: int = 12) -> Matte:
    """(H, W): 1 on the left, 0 on the right, falling evenly over a band in the middle."""
    left = (width - band) / 2
    falling = 1 - (np.arange(width) + 0.5 - left) / band
    return np.tile(np.clip(falling, 0, 1).astype(np.float32), (height, 1))


def composed(alpha: Matte, colour: tuple[int, int, int] = RED, behind: tuple[int, int, int] = BLUE) -> Image:
    """(H, W, 3): one colour over another."""
    exact = alpha[..., None] * np.array(colour) + (1 - alpha[..., None]) * np.array(behind)
    return np.round(exact).astype(np.uint8)


def trimap_of(alpha: Matte) -> Trimap:
    """(H, W): unknown where a matte is neither 0 nor 1."""
    return np.where(alpha == 0, BACKGROUND, np.where(alpha == 1, FOREGROUND, UNKNOWN)).astype(np.uint8)
