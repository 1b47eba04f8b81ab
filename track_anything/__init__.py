"""Click an object in a video and get its mask on every frame."""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from track_anything.errors import TrackAnythingError
    from track_anything.models import load_models
    from track_anything.project import Project
    from track_anything.session import Session

__all__ = ["Project", "Session", "TrackAnythingError", "load_models"]

_HOMES = {
    "errors": ["TrackAnythingError"],
    "models": ["load_models"],
    "project": ["Project"],
    "session": ["Session"],
}
__getattr__, __dir__, _ = lazy_loader.attach(__name__, submod_attrs=_HOMES)  # imported when asked for
