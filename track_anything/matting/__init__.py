"""From masks to mattes: how much of each pixel along an outline is the object, and in what colour."""

from importlib import import_module
from typing import TYPE_CHECKING

from track_anything.matting.alpha_source import Alpha, AlphaSource, Cutout, MaskSource, SoftAlpha
from track_anything.matting.guidance import guidance
from track_anything.matting.matte import Matte, share
from track_anything.matting.trimap import BACKGROUND, FOREGROUND, UNKNOWN, Trimap, make_trimap

if TYPE_CHECKING:
    from track_anything.matting.closed_form import closed_form_matte
    from track_anything.matting.foreground import estimate_foreground
    from track_anything.matting.guided_filter import guided_matte
    from track_anything.matting.mattes import Mattes, Matting

__all__ = [
    "BACKGROUND",
    "FOREGROUND",
    "UNKNOWN",
    "Alpha",
    "AlphaSource",
    "Cutout",
    "MaskSource",
    "Matte",
    "Mattes",
    "Matting",
    "SoftAlpha",
    "Trimap",
    "closed_form_matte",
    "estimate_foreground",
    "guidance",
    "guided_matte",
    "make_trimap",
    "share",
]

_HOMES = {
    "Mattes": "track_anything.matting.mattes",
    "Matting": "track_anything.matting.mattes",
    "closed_form_matte": "track_anything.matting.closed_form",
    "estimate_foreground": "track_anything.matting.foreground",
    "guided_matte": "track_anything.matting.guided_filter",
}


def __getattr__(name: str) -> object:
    """Import the solvers only when they are asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
