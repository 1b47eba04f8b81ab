"""How every mask stands, and which frame to fix next."""

from track_anything.review.doubt import frames_in_doubt
from track_anything.review.markers import Marker, MarkerKind, markers_of
from track_anything.review.ranking import frames_to_fix
from track_anything.review.report import MaskReport, MaskStatus, memory_of_tracking, notes_of_tracking, report
from track_anything.review.track_changes import ChangedStretch, ObjectChanges, TrackChanges, TrackComparison

__all__ = [
    "ChangedStretch",
    "Marker",
    "MarkerKind",
    "MaskReport",
    "MaskStatus",
    "ObjectChanges",
    "TrackChanges",
    "TrackComparison",
    "frames_in_doubt",
    "frames_to_fix",
    "markers_of",
    "memory_of_tracking",
    "notes_of_tracking",
    "report",
]
