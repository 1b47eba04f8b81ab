"""How far the masks of a project can be trusted, printed for a person."""

from collections import Counter
from itertools import islice

from rich.table import Table

from track_anything.console import output
from track_anything.project import Project
from track_anything.ranking import frames_to_fix
from track_anything.report import MaskStatus, report


def show_status(project: Project, count: int) -> None:
    """Print what each object's masks are, and the frames that a correction should help most.

    Args:
        project: may be open for reading only.
        count: how many frames to show at most.
    """
    lines = {(line.frame, line.object_id): line for line in report(project)}
    for object_id, name in project.state.objects.items():
        standing = Counter(line.status for line in lines.values() if line.object_id == object_id)
        counts = ", ".join(f"{standing[status]} {status.value}" for status in MaskStatus if standing[status])
        output.print(f"object {object_id} ({name}): {counts}")
    table = Table("frame", "object", "confidence", "status", "reason")
    for frame, object_id in islice(frames_to_fix(project), count):
        line = lines[frame, object_id]
        name = project.state.objects[object_id]
        confidence = f"{line.confidence:.2f}"
        table.add_row(str(frame), f"{object_id} ({name})", confidence, line.status.value, line.reason)
    if table.rows:
        output.print("frames that a correction should help most, by doubt and by distance to known masks:")
        output.print(table)
