"""How every mask stands, and which frame to fix next."""

from track_anything.review.doubt import frames_in_doubt
from track_anything.review.ranking import frames_to_fix
from track_anything.review.report import MaskReport, MaskStatus, memory_of_tracking, notes_of_tracking, report
from track_anything.review.track_changes import ChangedStretch, ObjectChanges, TrackChanges, TrackComparison

__all__ = [
    "ChangedStretch",
    "MaskReport",
    "MaskStatus",
    "ObjectChanges",
    "TrackChanges",
    "TrackComparison",
    "frames_in_doubt",
    "frames_to_fix",
    "memory_of_tracking",
    "notes_of_tracking",
    "report",
]
