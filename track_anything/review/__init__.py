"""How every mask stands, and which frame to fix next."""

from track_anything.review.doubt import frames_in_doubt
from track_anything.review.ranking import frames_to_fix
from track_anything.review.report import MaskReport, MaskStatus, notes_of_tracking, report

__all__ = ["MaskReport", "MaskStatus", "frames_in_doubt", "frames_to_fix", "notes_of_tracking", "report"]
