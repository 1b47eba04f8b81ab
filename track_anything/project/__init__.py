"""The durable state of a piece of work: a video, the edits to its objects, and their masks on disk."""

from track_anything.project.description import Description, check_free, is_begun, is_project
from track_anything.project.edits import WIDEST_BAND
from track_anything.project.lock import reserved
from track_anything.project.project import Project
from track_anything.project.whereabouts import find_source

__all__ = [
    "WIDEST_BAND",
    "Description",
    "Project",
    "check_free",
    "find_source",
    "is_begun",
    "is_project",
    "reserved",
]
