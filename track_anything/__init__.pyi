__all__ = [
    "Project",
    "Session",
    "TrackAnythingError",
    "load_models",
]

from .errors import TrackAnythingError
from .models import load_models
from .project import Project
from .session import Session
