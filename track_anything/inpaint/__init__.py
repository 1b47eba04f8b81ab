"""Removing objects: what they hide is carried in from frames that show it."""

from track_anything.inpaint.filled_windows import FilledWindows
from track_anything.inpaint.hole import HoleShape, HoleWeight
from track_anything.inpaint.inpainter import FlowInpainter, Inpainter
from track_anything.inpaint.removal import Removal
from track_anything.inpaint.shadows import Suggestion
from track_anything.inpaint.still import STILL_METHODS

__all__ = [
    "STILL_METHODS",
    "FilledWindows",
    "FlowInpainter",
    "HoleShape",
    "HoleWeight",
    "Inpainter",
    "Removal",
    "Suggestion",
]
