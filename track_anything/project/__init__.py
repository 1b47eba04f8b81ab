"""The durable state of a piece of work: a video, the edits to its objects, and their masks on disk."""

from track_anything.project.description import Description, check_free, is_project
from track_anything.project.project import Project

__all__ = ["Description", "Project", "check_free", "is_project"]
