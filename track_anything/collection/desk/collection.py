"""Videos that are labelled together, each with a project of its own."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from track_anything.collection.desk.reviewing import review_project, without_objects
from track_anything.collection.desk.standing import NextFrame, Standing, VideoState, standing_of
from track_anything.collection.place import is_url
from track_anything.collection.table import read_table
from track_anything.errors import InputError, OutputError, ProjectError, unknown
from track_anything.models import Models, load_models
from track_anything.project import Project, is_project
from track_anything.session import Session
from track_anything.system.files import make_folder, portable_name, remedy, write_durably
from track_anything.tracking.plan import has_open_frames
from track_anything.types import FrameIndex
from track_anything.video import IMAGE_SUFFIXES

_VIDEOS = frozenset(
    (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".ts", ".mts", ".mxf", ".wmv", ".zip")
)
_FACTS = "desk.json"
_PROJECTS = "projects"


@dataclass(frozen=True)
class CollectionVideo:
    """A video of a collection.

    Attributes:
        name: by which it is called, no other has it.
        source: the file or folder.
        project: folder of its project, which need not be there yet.
    """

    name: str
    source: Path
    project: Path


class Collection:
    """The videos of a folder or a table, with their projects in a folder beside them.

    Args:
        source: a folder of videos (and of folders of pictures), or a table as for ``read_table``.
        folder: of the projects; None = beside the source, with ``-desk`` behind its name.

    Attributes:
        name: of the source.
        folder: of the projects, and of what else is kept of the collection.
        videos: by name.

    Raises:
        InputError: there is no video, or the table cannot be read.
    """

    def __init__(self, source: Path, folder: Path | None = None) -> None:
        self.name = source.resolve().name
        self.folder = folder or source.with_name(f"{source.stem}-desk")
        found = _in_folder(source) if source.is_dir() else _in_table(source)
        if not found:
            raise InputError(f"{source} holds no videos: give a folder of them, or a table")
        self.videos = {
            name: CollectionVideo(name, path, self.folder / _PROJECTS / _folder_of(name, path))
            for name, path in found.items()
        }

    def video(self, name: str) -> CollectionVideo:
        """The video of a name; InputError when there is none."""
        if name not in self.videos:
            raise unknown("video", name, self.videos)
        return self.videos[name]

    def standings(self) -> Iterator[tuple[CollectionVideo, Standing]]:
        """How far every video is; opens projects for reading alone."""
        done = self.done
        for video in self.videos.values():
            if not is_project(video.project):
                yield video, Standing(VideoState.UNTOUCHED)
                continue
            with Project(video.project, read_only=True) as project:
                yield video, standing_of(video.name, project, is_done=video.name in done)

    def next_frames(self) -> list[NextFrame]:
        """The frames of all videos that need a person, those first where a correction should help most."""
        found = [
            each
            for _, standing in self.standings()
            if standing.state is VideoState.IN_DOUBT
            for each in standing.next_frames
        ]
        return sorted(found, key=lambda each: (-each.gain, each.video, each.frame, each.object_id))

    def session(self, name: str, models: Callable[[], Models] = load_models) -> Session:
        """The session of a video, begun or gone on with; see ``Session.create`` and ``Session.open``."""
        video = self.video(name)
        if is_project(video.project):
            return Session.open(video.project, models, source=video.source)
        make_folder(video.project.parent)
        return Session.create(video.source, video.project, models)

    def track(self, name: str, models: Callable[[], Models] = load_models) -> int:
        """Track what is left in a video that has objects; returns the number of frames."""
        with self.session(name, models) as session:
            if not session.project.state.objects:
                return 0
            if has_open_frames(session.project):
                session.track()
            return sum(1 for _ in session.unfinished())

    def review(self, name: str, frames: tuple[FrameIndex, FrameIndex] | None = None) -> None:
        """Say that the masks of a video, or of a span of it, are right: they are locked, as one step to undo.

        Args:
            name: of the video.
            frames: from the first up to, not including, the second; None = all that are to be labelled.

        Raises:
            InputError: it has no objects yet, or frames without a mask.
            ProjectError: it is open elsewhere.
        """
        video = self.video(name)
        if not is_project(video.project):
            raise without_objects(name)
        with Project(video.project) as project:
            review_project(name, project, frames)

    def mark_done(self, name: str, *, is_done: bool = True) -> None:
        """Say that nothing is left to do in a video, or take that back."""
        named = {self.video(name).name}
        done = self.done | named if is_done else self.done - named
        try:
            make_folder(self.folder)
            text = json.dumps({"done": sorted(done)}, indent=1, ensure_ascii=False) + "\n"
            write_durably(self.folder / _FACTS, text.encode("utf-8", "replace"))
        except OSError as error:
            what = f"{self.folder} cannot be written ({error.strerror})"
            raise OutputError(f"{what}: {remedy(error)}") from error

    @property
    def done(self) -> frozenset[str]:
        """The names of the videos of which a person said that they are done; ProjectError when damaged."""
        path = self.folder / _FACTS
        try:
            return frozenset(map(str, json.loads(path.read_bytes())["done"]))
        except FileNotFoundError:
            return frozenset()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ProjectError(f"{path} is damaged: delete it, and say anew which videos are done") from error


def _in_folder(folder: Path) -> dict[str, Path]:
    found = {}
    for path in sorted(folder.iterdir()):
        is_file = path.is_file() and path.suffix.lower() in _VIDEOS
        is_pictures = path.is_dir() and any(each.suffix.lower() in IMAGE_SUFFIXES for each in path.iterdir())
        if (is_file or is_pictures) and not path.name.startswith("."):
            found[path.name] = path
    return found


def _in_table(path: Path) -> dict[str, Path]:
    rows = read_table(str(path)).rows
    far = next((row.video for row in rows if is_url(row.video)), None)
    if far is not None:
        raise InputError(f"{far} is not on this machine: copy it here to label it")
    return {row.id: Path(row.video) for row in rows if row.video}


def _folder_of(name: str, source: Path) -> str:
    """A name for a project that no other video has, also when it is one for files of another kind."""
    mark = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{portable_name(source.stem).strip(' .')[:80] or 'video'}-{mark}"
