"""Click an object in a video and get its mask on every frame."""

from importlib import import_module
from typing import TYPE_CHECKING

from track_anything.errors import TrackAnythingError

if TYPE_CHECKING:
    from track_anything.models import load_models
    from track_anything.project import Project
    from track_anything.session import Session

__all__ = ["Project", "Session", "TrackAnythingError", "load_models"]

_HOMES = {
    "Project": "track_anything.project",
    "Session": "track_anything.session",
    "load_models": "track_anything.models",
}


def __getattr__(name: str) -> object:
    """Import the larger parts only when they are asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
