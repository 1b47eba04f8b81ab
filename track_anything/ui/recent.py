"""What the opening page shows of projects from before, without opening them."""

from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from track_anything.errors import ProjectError
from track_anything.project import Description
from track_anything.session import Session
from track_anything.ui.wire import jpeg, shrunk
from track_anything.ui.workspace import Entry
from track_anything.video import open_video
from track_anything.video.sample import sample_clip

_PICTURE = "picture.jpg"
_HEIGHT = 216  # pixels; twice what is shown, for screens of double density
_QUALITY = 80
_WHERE = 0.1  # share of the video: many begin with black


def keep_picture(entry: Entry, session: Session) -> None:
    """Keep a small picture of a video beside its project; where the disk is full there is none."""
    path = entry.folder / _PICTURE
    if path.exists():
        return
    frame = int(_WHERE * session.project.frame_count)
    with suppress(OSError):
        path.write_bytes(jpeg(shrunk(session.video.frame(frame), _HEIGHT), _QUALITY))


def picture(entry: Entry) -> bytes | None:
    """The picture that was kept, a JPEG; None without one."""
    try:
        return (entry.folder / _PICTURE).read_bytes()
    except OSError:
        return None


def has_picture(entry: Entry) -> bool:
    """Whether a picture was kept."""
    return (entry.folder / _PICTURE).exists()


@cache
def sample_picture() -> bytes:
    """A JPEG of the sample clip."""
    with open_video(sample_clip()) as video:
        return jpeg(shrunk(video.frame(0), _HEIGHT), _QUALITY)


def describe_entry(entry: Entry) -> dict[str, Any]:
    """A project as JSON values: name, seconds since 1970 of its last change and, if known, its length."""
    told: dict[str, Any] = {
        "id": entry.id,
        "name": entry.name,
        "used": _last_use(entry),
        "frames": None,
        "rate": None,
        "has_picture": has_picture(entry),
    }
    with suppress(ProjectError):
        info = Description.read(entry.project).video
        told |= {"frames": info.frame_count, "rate": float(info.average_rate)}
    return told


def _last_use(entry: Entry) -> float:
    times = [_modified(path) for path in (entry.project / "journal.log", entry.folder / "entry.json")]
    return max(times)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
