"""Masks as closed splines whose points go on from frame to frame."""

from track_anything.export.splines.closed_spline import drawn
from track_anything.export.splines.filled import filled
from track_anything.export.splines.shape import Shape, between
from track_anything.export.splines.shapes import Shapes

__all__ = ["Shape", "Shapes", "between", "drawn", "filled"]
