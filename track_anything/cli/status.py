"""How far the masks of a project can be trusted, and what tracking changed, printed for a person."""

from collections import Counter
from collections.abc import Mapping
from operator import itemgetter

from rich.table import Table

from track_anything.cli.console import output
from track_anything.cli.words import shown
from track_anything.project import Project
from track_anything.review import (
    MaskReport,
    MaskStatus,
    TrackChanges,
    TrackComparison,
    frames_in_doubt,
    frames_to_fix,
    memory_of_tracking,
)
from track_anything.review.report import report
from track_anything.review.trust import open_to_doubt


def show_status(project: Project, count: int) -> None:
    """Print what each object's masks are, the worst of them, and the frame to fix next.

    Args:
        project: may be open for reading only.
        count: how many masks to show at most, the least trusted first.
    """
    lines = list(report(project))
    for object_id, name in project.state.objects.items():
        standing = Counter(line.status for line in lines if line.object_id == object_id)
        counts = ", ".join(f"{standing[status]} {status.value}" for status in MaskStatus if standing[status])
        output.print(f"object {object_id} ({name}): {counts}")
    doubtful = sorted(open_to_doubt(project, lines), key=itemgetter(1))
    if doubtful:
        output.print(_table(project, doubtful[:count]))
        in_doubt = frames_in_doubt(project)
        told = f"in doubt: {len(in_doubt)}; fix next" if in_doubt else "nothing is in doubt; if anything, fix"
        frame, object_id = (in_doubt or frames_to_fix(project))[0]
        output.print(f"{told} frame {frame}, object {object_id} ({project.state.objects[object_id]})")
    if (memory := memory_of_tracking(project)) is not None:
        output.print(_memory(memory))


def show_changes(project: Project) -> None:
    """Print what the newest tracking changed of masks that were there before, what changed most first."""
    changes = TrackComparison(project).compare()
    for line in _counts(project, changes):
        output.print(line)
    if not changes.stretches:
        return
    table = Table("object", "frames", "worst frame", "IoU with before")
    for stretch in changes.stretches:
        name = project.state.objects[stretch.object_id]
        table.add_row(
            shown(f"{stretch.object_id} ({name})"),
            f"{stretch.start}-{stretch.stop - 1}",
            str(stretch.worst),
            f"{stretch.agreement:.2f}",
        )
    output.print(table)


def _counts(project: Project, changes: TrackChanges) -> list[str]:
    if not changes.passes:
        return ["nothing was tracked yet"]
    lines = []
    for each in changes.objects:
        accepted = f", {each.accepted} more accepted" if each.accepted else ""
        new = f"; {each.new} frames had no mask before" if each.new else ""
        lines.append(
            f"object {each.object_id} ({project.state.objects[each.object_id]}): the newest tracking changed "
            f"{each.changed} of {each.compared} frames{accepted}{new}"
        )
    return [*lines, f"{changes.untouched} other masks are made of the same files as before"]


def _memory(memory: Mapping[str, int]) -> str:
    """How full the memory was, from the numbers that a pass recorded."""
    size = {name: f"{memory.get(name, 0):,}" for name in ("long_term", "most_long_term", "evicted")}
    return (
        f"memory at the end of the newest tracking: {memory.get('permanent', 0)} known frames whole, "
        f"{memory.get('compressed', 0)} as prototypes, {memory.get('working', 0)} recent frames; "
        f"{size['long_term']} of {size['most_long_term']} prototypes, {size['evicted']} evicted; "
        f"{memory.get('bytes', 0) / 1e6:.1f} MB"
    )


def _table(project: Project, lines: list[tuple[MaskReport, float]]) -> Table:
    table = Table("frame", "object", "confidence", "status", "reason")
    for line, trust in lines:
        name = project.state.objects[line.object_id]
        who = shown(f"{line.object_id} ({name})")
        table.add_row(str(line.frame), who, f"{trust:.2f}", line.status.value, line.reason)
    return table
