"""How every mask stands, and which frame to fix next."""

from track_anything.review.ranking import frames_to_fix
from track_anything.review.report import MaskReport, MaskStatus

__all__ = ["MaskReport", "MaskStatus", "frames_to_fix"]
