"""What was done in a collection, in order, as a table for research."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from track_anything.collection.desk.collection import CollectionVideo
from track_anything.errors import OutputError
from track_anything.project import is_project
from track_anything.project.journal import Journal
from track_anything.system.files import remedy

COLUMNS = ("video", "place", "edit", "follows", "kind", "object_id", "first_frame", "last_frame", "values")
"""``place`` counts the lines of a project's journal; ``edit`` is a number, ``follows`` that of the edit
before it in its branch; an undo or redo is a line with the kind ``move`` that names the edit it went to."""

_JOURNAL = "journal.log"


def write_edit_log(videos: Iterable[CollectionVideo], path: Path) -> int:
    """Write every edit of all videos as CSV; returns how many lines; OutputError when that fails."""
    count = 0
    try:
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for video in videos:
                for line in lines_of(video):
                    writer.writerow(line)
                    count += 1
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}): {remedy(error)}") from error
    return count


def lines_of(video: CollectionVideo) -> Iterator[tuple[object, ...]]:
    """The lines of a video; none when it has no project."""
    if not is_project(video.project):
        return
    for place, record in enumerate(Journal(video.project / _JOURNAL, read_only=True).records):
        if "edit" not in record:
            yield (video.name, place, record.get("head"), "", "move", "", "", "", "")
            continue
        edit: dict[str, Any] = dict(record["edit"])
        kind = edit.pop("kind", "")
        first, last = _frames(edit)
        yield (
            video.name, place, record.get("number"), record.get("parent"), kind, edit.pop("object_id", ""),
            first, last, json.dumps(edit, ensure_ascii=False),
        )  # fmt: skip


def _frames(edit: dict[str, Any]) -> tuple[object, object]:
    """First and last frame that an edit is about, taken out of it."""
    if "frame" in edit:
        frame = edit.pop("frame")
        return frame, frame
    if "start" in edit and "stop" in edit:
        start, stop = edit["start"], edit["stop"]
        return min(start, stop + 1), max(start, stop - 1)
    return "", ""
