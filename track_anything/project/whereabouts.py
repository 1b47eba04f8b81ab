"""Finding the video of a project again, when the two were moved."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from track_anything.errors import VideoError
from track_anything.project.description import Description
from track_anything.video.fingerprint import has_fingerprint
from track_anything.video.stills import is_many_files

_LEVELS = 2  # folders above the project in which its video may lie: what ``track`` makes is one below
_MOST_LOOKED_AT = 1000  # entries of such a folder


def find_source(description: Description, folder: Path, told: Path | None = None) -> Path:
    """Where the video of a project is now.

    It is looked for where it was seen last, at the same place as seen from the project, and beside the
    project, there also under another name. What is found must be the video that the project was made with.

    Args:
        description: of the project.
        folder: of the project.
        told: where somebody says that it is; nothing else is looked at then.

    Raises:
        VideoError: it is in none of these places, or what was told is another video.
    """
    if told is not None:
        if not _is_there(told):
            raise VideoError(f"{told} does not exist: check the path")
        if not has_fingerprint(told, description.fingerprint):
            raise VideoError(f"{told} is not the video this project was made with: give that one")
        return told
    for place in _places(description, folder):
        if _is_it(place, description):
            return place
    if _is_there(description.source):
        raise VideoError(
            f"{description.source} is not the video this project was made with: say where that is (--source)"
        )
    raise VideoError(
        f"the video of this project is no longer at {description.source}, nor beside the project: "
        "say where it is now (--source)"
    )


def _places(description: Description, folder: Path) -> Iterator[Path]:
    yield description.source
    if description.relative is not None:
        yield folder / description.relative
    above = folder.resolve().parents[:_LEVELS]
    yield from (each / description.source.name for each in above)
    for each in above:
        try:
            yield from islice(each.iterdir(), _MOST_LOOKED_AT)
        except OSError:
            continue


def _is_it(place: Path, description: Description) -> bool:
    try:
        return _is_there(place) and has_fingerprint(place, description.fingerprint)
    except (OSError, VideoError):
        return False


def _is_there(place: Path) -> bool:
    """Whether there is something, or a pattern that names several files."""
    return place.exists() or is_many_files(place)
