"""Shot cuts of a project's video, found once and kept in its cache."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from track_anything.system.files import unwritable
from track_anything.types import FrameIndex, Image, OnProgress
from track_anything.video import Video
from track_anything.video.shots import find_cuts

_CUTS: TypeAdapter[tuple[int, ...]] = TypeAdapter(tuple[Annotated[int, Field(ge=0)], ...])


def cuts_of(video: Video, cache: Path, progress: OnProgress | None = None) -> tuple[FrameIndex, ...]:
    """The first frame of every shot but the first, ascending.

    Args:
        video: looked through from beginning to end unless the file is there.
        cache: a JSON file, made when it is missing or damaged.
        progress: called with (frames done, frames in all) while the video is looked through.

    Raises:
        ProjectError: the file cannot be written.
    """
    try:
        return _CUTS.validate_json(cache.read_bytes())
    except (OSError, ValueError):
        cuts = find_cuts(_counted(video, progress))
    temporary = cache.with_suffix(".part")
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(cuts), "utf-8")
        temporary.replace(cache)
    except OSError as error:
        raise unwritable(cache, error) from error
    return cuts


def _counted(video: Video, progress: OnProgress | None) -> Iterator[Image]:
    for done, image in enumerate(video.frames(), start=1):
        yield image
        if progress is not None:
            progress(done, len(video))
