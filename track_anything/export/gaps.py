"""Frames on which an object has no mask to hand out, or one that is no longer up to date."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from track_anything.project import Project
from track_anything.review.report import MaskStatus, report
from track_anything.types import ObjectId


@dataclass(frozen=True)
class Gap:
    """What an object lacks on the frames of an export; an object that was found to be absent lacks nothing.

    Attributes:
        object_id: the object.
        name: of the object.
        untracked: frames without a mask.
        stale: frames whose mask is older than what it was tracked from.
        frames: frames of the export.
    """

    object_id: ObjectId
    name: str
    untracked: int
    stale: int
    frames: int

    def __str__(self) -> str:
        """One line for people, who have decided to export by then: it asks nothing."""
        number, of = f"object {self.object_id}", f"of {_counted(self.frames)}"
        who = number if self.name == number else f"{number} ({self.name})"
        if self.untracked and self.stale:
            both = f"no mask on {self.untracked} and one that needs tracking again on {self.stale}"
            return f"{who} has {both} {of}: the former are empty, the latter exported as they are"
        if self.untracked:
            return f"{who} has no mask on {self.untracked} {of}: exported as empty"
        return f"{who} needs tracking again on {self.stale} {of}: exported as it is"


def gaps(project: Project, objects: Collection[ObjectId], frames: range) -> list[Gap]:
    """The objects that lack masks on some frames; reads no mask."""
    counts: Counter[tuple[ObjectId, MaskStatus]] = Counter(
        (line.object_id, line.status) for line in report(project, frames, objects)
    )
    found = [
        Gap(
            object_id,
            project.state.objects[object_id],
            counts[object_id, MaskStatus.UNTRACKED],
            counts[object_id, MaskStatus.STALE],
            len(frames),
        )
        for object_id in sorted(objects)
    ]
    return [gap for gap in found if gap.untracked or gap.stale]


def _counted(frames: int) -> str:
    return "1 frame" if frames == 1 else f"{frames} frames"
