"""From coded colours to linear light."""

import numpy as np
from numpy.typing import NDArray

from track_anything.errors import InputError

LEVELS = 65_536
UNTAGGED = 2  # the H.273 number for a colour property that is not stated
SRGB = 13

_NOT_LINEARISED = {9: "logarithmic", 10: "logarithmic", 16: "PQ", 17: "SMPTE ST 428", 18: "HLG"}
"""Curves by their H.273 number whose light goes far beyond white: what white is to be is for the program that
composes to say, and most sources have too few levels for it."""


def linear_levels(transfer: int) -> NDArray[np.float32]:
    """The light, 0 to 1, of each level of a 16-bit colour, (65536,); white is the last.

    It is what the curve of the camera was given: BT.709's for BT.709, BT.601 and BT.2020, which share it, and
    for colours that state none; those of sRGB, SMPTE 240M and of a gamma of 2.2 or 2.8 are taken back by
    their own.

    Args:
        transfer: the number of the curve in ITU-T H.273.

    Raises:
        InputError: the curve is that of HDR, of film or of digital cinema.
    """
    if transfer in _NOT_LINEARISED:
        raise InputError(
            f"the source has {_NOT_LINEARISED[transfer]} colours, which are not made linear here: export as "
            "ffv1 or png-mov, which keep them as they are coded, and let the compositing program do it"
        )
    code = np.arange(LEVELS) / (LEVELS - 1)
    match transfer:
        case 4:
            light = code**2.2
        case 5:
            light = code**2.8
        case 7:
            light = _light(code, slope=4.0, toe=0.0228215855, scale=1.1115721959, power=1 / 0.45)
        case 8:
            light = code
        case 13:
            light = _light(code, slope=12.92, toe=0.0031308, scale=1.055, power=2.4)
        case _:
            light = _light(code, slope=4.5, toe=0.0180539685, scale=1.0992968268, power=1 / 0.45)
    return light.astype(np.float32)


def _light(
    code: NDArray[np.float64], *, slope: float, toe: float, scale: float, power: float
) -> NDArray[np.float64]:
    """Undo a curve that is straight up to the light ``toe`` and a power above it."""
    is_straight = code <= slope * toe
    return np.where(is_straight, code / slope, ((code + scale - 1) / scale) ** power)
