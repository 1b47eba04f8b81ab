"""Masks of whole videos, wherever they come from: a data set, a project, or the results of a batch."""

import csv
import json
from pathlib import Path

from track_anything.collection.batch.finished import MANIFEST
from track_anything.collection.batch.mask_table import MASK_TABLE
from track_anything.errors import InputError
from track_anything.masks.data_sets import AnnotatedVideo, DataSet, Segment, Track, form_of, read_data_set
from track_anything.masks.data_sets.data_set import Annotations
from track_anything.masks.rle import encode_rle
from track_anything.project import Project, is_project
from track_anything.review import report
from track_anything.video import image_names

_PROJECT = "project"  # in the folder that ``track`` makes


def annotated_at(path: Path, form: str | None = None) -> DataSet:
    """The masks at a path.

    Args:
        path: a project or what ``track`` made, the results of a batch, or a data set in any form.
        form: of the data set; None = as it looks.

    Raises:
        InputError: there is nothing of the kind, or it is damaged.
        ProjectError: a project that cannot be opened.
    """
    if form is None:
        for folder in (path, path / _PROJECT):
            if is_project(folder):
                with Project(folder, read_only=True) as project:
                    return of_project(project, path.name if folder == path else None)
        if (path / "rows").is_dir():
            return of_batch(path)
    return read_data_set(path, form or form_of(path))


def of_project(project: Project, name: str | None = None) -> DataSet:
    """The masks of a project between the in and out points, as a data set of one video.

    Args:
        project: open.
        name: of the video; None = that of its file.
    """
    source = project.description.source
    chosen = project.state.chosen_range or range(project.frame_count)
    names = image_names(source) if source.exists() else ()
    stems = [Path(each).stem for each in names] if len(names) == project.frame_count else None
    frames = tuple(stems[frame] if stems else f"{frame:05d}" for frame in chosen)
    segments: dict[int, dict[int, Segment]] = {number: {} for number in project.state.objects}
    for line in report(project, chosen):
        mask = project.mask(line.frame, line.object_id)
        if mask.any():
            place = line.frame - chosen.start
            segments[line.object_id][place] = Segment(encode_rle(mask), line.confidence)
    state = project.state
    tracks = {
        number: Track(name, name, segments[number], state.attributes.get(number, {}))
        for number, name in state.objects.items()
    }
    return DataSet({name or source.stem: AnnotatedVideo(project.size, frames, tracks)})


def of_batch(folder: Path) -> DataSet:
    """The masks of all rows of a batch that are done, each a video by the name of its result."""
    annotations = Annotations()
    for manifest in sorted(folder.glob(f"rows/*/{MANIFEST}")):
        name = manifest.parent.name
        try:
            told = json.loads(manifest.read_bytes())
            width, height = told["size"]
            table = (manifest.parent / MASK_TABLE).read_text("utf-8")
            lines = list(csv.DictReader(table.splitlines()))
            frames = sorted({int(line["frame"]) for line in lines})
            places = {frame: place for place, frame in enumerate(frames)}
            annotations.add_video(name, (height, width), [f"{frame:05d}" for frame in frames])
            for line in lines:
                number = int(line["object_id"])
                annotations.add_track(name, number, line["object"], line["object"])
                if line["rle"]:
                    score = float(line["confidence"]) if line["confidence"] else None
                    annotations.add_counts(name, number, places[int(line["frame"])], line["rle"], score)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{manifest.parent} is damaged ({error!r:.200}): run the batch again") from error
    return annotations.data_set()
