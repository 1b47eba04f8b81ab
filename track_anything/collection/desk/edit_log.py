"""What was done in a collection, in order, as a table for research."""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from track_anything.collection.desk.collection import CollectionVideo
from track_anything.errors import OutputError
from track_anything.masks import read_label_map
from track_anything.project import is_project
from track_anything.project.journal import Journal
from track_anything.system.files import remedy
from track_anything.types import ObjectId

COLUMNS = (
    "video", "labeller", "place", "edit", "follows", "kind", "object_id", "first_frame", "last_frame", "time",
    "gained", "lost", "values",
)  # fmt: skip
"""``labeller`` is the name of the folder that the projects are kept in; ``place`` counts the lines of a
project's journal; ``edit`` is a number, ``follows`` that of the edit before it in its branch; an undo or redo
is a line with the kind ``move`` that names the edit it went to. ``time`` is in UTC, of edits that give masks:
when that was written. ``gained`` and ``lost`` are the pixels by which the mask differs from what was written
for the object on that frame before."""

_JOURNAL, _MASKS = "journal.log", "masks"


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
    labeller = video.project.parent.parent.name
    for place, record in enumerate(Journal(video.project / _JOURNAL, read_only=True).records):
        if "edit" not in record:
            yield (video.name, labeller, place, record.get("head"), "", "move", *("",) * 7)
            continue
        edit: dict[str, Any] = dict(record["edit"])
        kind, object_id, number = edit.pop("kind", ""), edit.pop("object_id", ""), record.get("number", 0)
        first, last = _frames(edit)
        change: tuple[object, object, object] = ("", "", "")
        if kind == "give_mask":
            change = _change(video.project / _MASKS, first, number, object_id)
        values = json.dumps(edit, ensure_ascii=False)
        yield (
            video.name, labeller, place, number, record.get("parent"), kind, object_id, first, last, *change,
            values,
        )  # fmt: skip


def _change(folder: Path, frame: object, number: int, object_id: ObjectId) -> tuple[object, object, object]:
    """When the mask of an edit was written, and pixels gained and lost by it; empty where it is not there."""
    own = {int(path.name.split(".")[1]): path for path in folder.glob(f"{frame:06d}.*.png")}
    if number not in own:
        return "", "", ""
    written = datetime.fromtimestamp(own[number].stat().st_mtime, UTC)
    mask = read_label_map(own[number]) == object_id
    earlier = (read_label_map(own[edit]) == object_id for edit in sorted(own, reverse=True) if edit < number)
    before = next((each for each in earlier if each.any()), np.zeros_like(mask))
    return written.isoformat(timespec="seconds"), int((mask & ~before).sum()), int((before & ~mask).sum())


def _frames(edit: dict[str, Any]) -> tuple[object, object]:
    """First and last frame that an edit is about, taken out of it."""
    if "frame" in edit:
        frame = edit.pop("frame")
        return frame, frame
    if "start" in edit and "stop" in edit:
        start, stop = edit["start"], edit["stop"]
        return min(start, stop + 1), max(start, stop - 1)
    return "", ""
