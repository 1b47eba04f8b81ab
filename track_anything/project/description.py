"""What a project is about: its video, and where that was when it was seen last."""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from track_anything.errors import ProjectError
from track_anything.project.lock import LOCK_FILE
from track_anything.system.files import make_folder, remedy, unreadable, write_durably
from track_anything.video.info import VideoInfo

SCHEMA = 2
_FILE = "project.json"
_NOT_OF_A_PROJECT = {LOCK_FILE, "cache"}  # what is there while the video is read in


def _is_path(value: object) -> object:
    """A path may hold bytes of another encoding, which no text may."""
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("not a path")
    return value


class _Content(BaseModel):
    """What is in the file; the first schema knew no relative place."""

    source: Annotated[Any, AfterValidator(_is_path)]
    fingerprint: str
    video: dict[str, Any]
    relative: Annotated[Any, AfterValidator(_is_path)] | None = None


class _Version(BaseModel):
    """What is told first of a file that may be of a later version."""

    schema_: Annotated[int, Field(alias="schema", ge=1)]


@dataclass(frozen=True)
class Description:
    """The video of a project.

    Attributes:
        source: the video file or image folder, where it was seen last.
        fingerprint: tells the same content at another place from other content.
        video: its size, number of frames and timestamps.
        relative: the same place as seen from the project's folder, if that was possible.
    """

    source: Path
    fingerprint: str
    video: VideoInfo
    relative: Path | None = None

    def write(self, folder: Path) -> None:
        """Make a folder a project; ProjectError when it cannot be written or is in use already."""
        check_free(folder)
        try:
            make_folder(folder)
            write_durably(folder / _FILE, self._encoded(folder), exclusive=True)
        except FileExistsError as error:
            raise _taken(folder) from error
        except OSError as error:
            raise ProjectError(f"cannot write {folder} ({error.strerror}): choose another folder") from error

    def moved(self, folder: Path, source: Path) -> "Description":
        """The description of a video that is somewhere else by now, which is remembered where that can be."""
        found = replace(self, source=source)
        try:
            write_durably(folder / _FILE, found._encoded(folder))
        except OSError:  # a disk that can only be read: it is told again next time
            return found
        return Description.read(folder)

    def _encoded(self, folder: Path) -> bytes:
        source = self.source.resolve()
        try:
            relative = os.path.relpath(source, folder.resolve())
        except ValueError:  # on another drive
            relative = None
        content = {
            "schema": SCHEMA,
            "source": str(source),
            "relative": relative,
            "fingerprint": self.fingerprint,
            "video": self.video.to_json(),
        }
        return json.dumps(content, ensure_ascii=False).encode(errors="surrogatepass")

    @classmethod
    def read(cls, folder: Path) -> "Description":
        """Read the description of a project.

        Raises:
            ProjectError: there is none, or it cannot be read, is damaged, or of a later version.
        """
        if not is_project(folder):
            raise ProjectError(f"{folder} is not a project: it has no {_FILE}")
        try:
            text = (folder / _FILE).read_bytes()
        except OSError as error:
            raise unreadable(folder / _FILE, error) from error
        try:
            told = json.loads(text)
            version = _Version.model_validate(told).schema_
            if version > SCHEMA:
                raise ProjectError(
                    f"{folder} was made by a newer version (schema {version}, not {SCHEMA}): "
                    "update track-anything"
                )
            content = _Content.model_validate(told)
            return cls(
                Path(content.source),
                content.fingerprint,
                VideoInfo.from_json(content.video),
                Path(content.relative) if content.relative else None,
            )
        except (ValueError, RecursionError) as error:
            raise ProjectError(f"{folder / _FILE} is damaged: restore it from a backup") from error


def is_project(folder: Path) -> bool:
    """Whether a folder holds a project; ProjectError when that cannot be told."""
    try:
        return (folder / _FILE).is_file()
    except OSError as error:
        raise unreadable(folder, error) from error


def is_begun(folder: Path) -> bool:
    """Whether a folder holds what a project leaves whose video was not read to its end, and nothing else."""
    try:
        names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    except OSError as error:
        raise unreadable(folder, error) from error
    return bool(names) and names <= _NOT_OF_A_PROJECT


def check_free(folder: Path) -> None:
    """Raise ProjectError when a new project cannot be made in a folder: it holds more than a frame cache."""
    try:
        if not folder.exists():
            return
        if not folder.is_dir():
            raise ProjectError(f"{folder} is a file: choose a folder for the project")
        if is_project(folder):
            raise _taken(folder)
        stranger = next((path.name for path in folder.iterdir() if path.name not in _NOT_OF_A_PROJECT), None)
    except OSError as error:
        raise ProjectError(
            f"{folder} cannot be used ({error.strerror}): {remedy(error)}, or choose another folder"
        ) from error
    if stranger is not None:
        raise ProjectError(
            f"{folder} is not empty (it holds {stranger}): choose a new folder for the project"
        )


def _taken(folder: Path) -> ProjectError:
    return ProjectError(f"{folder} is a project already: resume it, or choose another folder")
