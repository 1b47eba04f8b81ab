"""Beginning a project on a video, and coming back to one."""

from pathlib import Path
from typing import NamedTuple

from track_anything.errors import VideoError
from track_anything.project.description import Description, check_free
from track_anything.project.lock import reserved
from track_anything.project.project import Project
from track_anything.types import OnProgress
from track_anything.video import AbsentVideo, Reader, Video, fingerprint


class Opened(NamedTuple):
    """A project with the frames that it is about.

    Attributes:
        project: the durable state; open.
        video: its frames, fast to come by.
        source: the file or folder they come from.
    """

    project: Project
    video: Video
    source: Path


def begin(source: Path, folder: Path, reader: Reader, progress: OnProgress | None = None) -> Opened:
    """Start a project on a video; see ``Session.create``."""
    check_free(folder)
    with reserved(folder) as lock:
        check_free(folder)  # nobody else can begin one from here on
        video = reader.store(source, folder / "cache" / "frames", progress)
        project = Project.create(folder, Description(source, fingerprint(source), video.info), lock)
    return Opened(project, video, source)


def reopen(
    folder: Path,
    source: Path | None,
    reader: Reader,
    *,
    read_only: bool = False,
    needs_video: bool = True,
    progress: OnProgress | None = None,
) -> Opened:
    """Go on with a project; see ``Session.open``."""
    project = Project(folder, read_only=read_only)
    place, info = project.description.source, project.description.video
    try:
        place = project.locate_source(source)
        frames = project.cache / "frames"
        video: Video = (
            reader.stored(place, frames, info) if read_only else reader.store(place, frames, progress)
        )
    except VideoError as error:
        if needs_video:
            project.close()
            raise
        video = AbsentVideo(info, error)
    except BaseException:
        project.close()
        raise
    return Opened(project, video, place)
