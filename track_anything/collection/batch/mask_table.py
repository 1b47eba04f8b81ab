"""All masks of a video as a table: a line per object and frame, with run lengths."""

import csv
from collections.abc import Iterator
from pathlib import Path

from track_anything.masks import box_of
from track_anything.masks.rle import encode_rle
from track_anything.project import Project
from track_anything.review import report

MASK_TABLE = "masks.csv"
COLUMNS = (
    "frame", "seconds", "object_id", "object", "status", "confidence", "area", "x", "y", "width", "height",
    "frame_width", "frame_height", "rle",
)  # fmt: skip
"""``x`` to ``height`` are the box, and ``rle`` the counts of COCO run lengths; all empty without a mask."""


def write_mask_table(project: Project, path: Path) -> None:
    """Write the masks of a project as they are handed out, between the in and out points, as CSV."""
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_lines(project))


def _lines(project: Project) -> Iterator[tuple[object, ...]]:
    frames = project.state.chosen_range or range(project.frame_count)
    height, width = project.size
    for line in report(project, frames):
        mask = project.mask(line.frame, line.object_id)
        box = box_of(mask)
        placed = (box[0], box[1], box[2] - box[0], box[3] - box[1]) if box else ("",) * 4
        yield (
            line.frame,
            f"{project.description.video.seconds(line.frame):.3f}",
            line.object_id,
            project.state.objects[line.object_id],
            line.status.value,
            "" if line.confidence is None else f"{line.confidence:.4f}",
            int(mask.sum()),
            *placed,
            width,
            height,
            encode_rle(mask) if box else "",
        )
