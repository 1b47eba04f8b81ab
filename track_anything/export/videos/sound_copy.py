"""The sound of a stranger's video, copied by a child process into a file of its own."""

import shutil
import time
from pathlib import Path

from track_anything.errors import OutputError, VideoError
from track_anything.export.source_facts import REMEDY
from track_anything.export.videos.video_container import VideoContainer
from track_anything.video.child import Worker

_SLOWEST = 1 << 20  # bytes of the source per second; sound is copied a hundred times as fast
_CALLS = 10  # times the patience of the child that any copy may take
_LONGEST_NOTE = 500  # characters
_MOST_NOTES = 100


def copy_sound(source: Path, into: Path, container: VideoContainer, worker: Worker) -> list[str] | None:
    """Have a child copy the sound of a video, and end it when it does so for ever or without measure.

    Args:
        source: the video.
        into: the file to be made.
        container: what that is a file of.
        worker: a child that was begun for ``READING_SOURCE``.

    Returns:
        What is changed by it, a line each; None where there is no sound.

    Raises:
        VideoError: the sound cannot be read, or the child fails.
        OutputError: the copy would take more than half of the free disk.
    """
    deadline = time.monotonic() + _CALLS * worker.patience + source.stat().st_size / _SLOWEST
    most = shutil.disk_usage(into.parent).free // 2
    worker.send(do="sound", source=str(source), into=str(into), container=container.name)
    while "end" not in (told := worker.answer()):
        if time.monotonic() > deadline:
            worker.close()
            raise VideoError(f"{source} cannot be read: its sound has no end; {REMEDY}")
        if into.is_file() and into.stat().st_size > most:
            worker.close()
            raise OutputError(
                f"the sound of {source} would take more than half of the free disk: free some space, or "
                f"{REMEDY}"
            )
    notes, count = told.get("notes"), told.get("tracks")
    are_notes = isinstance(notes, list) and len(notes) <= _MOST_NOTES
    if not are_notes or not isinstance(count, int):
        raise worker.nonsense()
    said = [" ".join(str(note)[:_LONGEST_NOTE].split()) for note in notes or ()]
    return said if count > 0 else None
