"""What the pixels of masks mean that others made."""

from track_anything.masks.pixels.colours import Colour
from track_anything.masks.pixels.picture import Pixels
from track_anything.masks.pixels.rule import READINGS, PixelRule, Reading, rule_for

__all__ = ["READINGS", "Colour", "PixelRule", "Pixels", "Reading", "rule_for"]
