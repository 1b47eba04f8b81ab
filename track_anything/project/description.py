"""What a project is about: its video and where that came from; written once."""

import json
from dataclasses import dataclass
from pathlib import Path

from track_anything.errors import ProjectError, VideoError
from track_anything.files import write_durably
from track_anything.video.fingerprint import fingerprint
from track_anything.video.info import VideoInfo
from track_anything.video.stills import is_many_files

SCHEMA = 1
_FILE = "project.json"


@dataclass(frozen=True)
class Description:
    """The unchanging part of a project.

    Attributes:
        source: the video file or image folder.
        fingerprint: tells the same content at another place from other content.
        video: its size, number of frames and timestamps.
    """

    source: Path
    fingerprint: str
    video: VideoInfo

    def write(self, folder: Path) -> None:
        """Make a folder a project; ProjectError when it cannot be written or is in use already."""
        check_free(folder)
        content = {
            "schema": SCHEMA,
            "source": str(self.source.resolve()),
            "fingerprint": self.fingerprint,
            "video": self.video.to_json(),
        }
        try:
            folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps(content, ensure_ascii=False)
            write_durably(folder / _FILE, text.encode(errors="surrogatepass"))  # a path of another encoding
        except OSError as error:
            raise ProjectError(f"cannot write {folder} ({error.strerror}): choose another folder") from error

    @classmethod
    def read(cls, folder: Path) -> "Description":
        """Read the description of a project; ProjectError when there is none, or it is damaged or too new."""
        if not is_project(folder):
            raise ProjectError(f"{folder} is not a project: it has no {_FILE}")
        try:
            content = json.loads((folder / _FILE).read_bytes())
            if content["schema"] > SCHEMA:
                raise ProjectError(
                    f"{folder} was made by a newer version (schema {content['schema']}, not {SCHEMA}): "
                    "update track-anything"
                )
            return cls(Path(content["source"]), content["fingerprint"], VideoInfo.from_json(content["video"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ProjectError(f"{folder / _FILE} is damaged: restore it from a backup") from error

    def check_source(self, path: Path) -> None:
        """Raise VideoError when this is not the video that the project was made with."""
        if not path.exists() and not is_many_files(path):
            raise VideoError(
                f"the video of this project is no longer at {path}: say where it is now (--source)"
            )
        if fingerprint(path) != self.fingerprint:
            raise VideoError(f"{path} is not the video this project was made with: give that one")


def is_project(folder: Path) -> bool:
    """Whether a folder holds a project."""
    return (folder / _FILE).is_file()


def check_free(folder: Path) -> None:
    """Raise ProjectError when a new project cannot be made in a folder: it holds more than a frame cache."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ProjectError(f"{folder} is a file: choose a folder for the project")
    if is_project(folder):
        raise ProjectError(f"{folder} is a project already: resume it, or choose another folder")
    stranger = next((path.name for path in folder.iterdir() if path.name != "cache"), None)
    if stranger is not None:
        raise ProjectError(
            f"{folder} is not empty (it holds {stranger}): choose a new folder for the project"
        )
