"""What the newest tracking changed: listed, kept and put back."""

from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter

from track_anything.types import FrameIndex, ObjectId
from track_anything.ui.describe import update
from track_anything.ui.routes.access import Body, OwnProject

router = APIRouter(prefix="/api/projects/{project_id}/changes")


class _VerdictBody(Body):
    objects: list[ObjectId] | None = None
    frames: tuple[FrameIndex, FrameIndex] | None = None


@router.get("")
def changes(project: OwnProject) -> dict[str, Any]:
    """What the newest track step changed of masks that were there before it, what changed most first."""
    found = project.session.track_changes.compare()
    objects = [
        {"id": each.object_id, "changed": each.changed, "compared": each.compared, "accepted": each.accepted}
        for each in found.objects
    ]
    return {
        "objects": objects,
        "stretches": [asdict(stretch) for stretch in found.stretches],
        "untouched": found.untouched,
    }


@router.post("/{verdict}")
def give_verdict(
    verdict: Literal["accept", "reject"], body: _VerdictBody, project: OwnProject
) -> dict[str, Any]:
    """Keep what was changed there, or put back the masks from before."""
    frames = range(*body.frames) if body.frames is not None else None
    with project.changing(None, about := set[ObjectId]()):
        project.check_idle()
        judged = project.session.track_changes
        judge = judged.accept if verdict == "accept" else judged.reject
        about.update(edit.object_id for edit in judge(objects=body.objects, frames=frames))
    return update(project, body.since)
