"""Removing objects from the picture, and looking at what is left."""

from typing import Any, Literal

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from track_anything.export import Extract
from track_anything.inpaint import FlowInpainter, HoleShape
from track_anything.types import FrameIndex, ObjectId
from track_anything.ui.describe import update
from track_anything.ui.routes.access import Body, OwnProject

router = APIRouter(prefix="/api/projects/{project_id}")

_NEVER = {"Cache-Control": "no-store"}  # the next removal gives the frame another picture


class _RemovalBody(Body):
    objects: list[ObjectId] | None = None
    frames: tuple[FrameIndex, FrameIndex] | Literal["all"] | None = None
    dilation: int = HoleShape.dilation
    feather: int = HoleShape.feather
    unseen: str = FlowInpainter.still
    with_shadows: bool = True


class _ShadowBody(Body):
    object_id: ObjectId
    frames: tuple[FrameIndex, FrameIndex] | None = None


@router.post("/removal")
def remove(body: _RemovalBody, project: OwnProject) -> dict[str, Any]:
    """Make a video without objects: by default without all of them, between the in and out points."""
    inpainter = FlowInpainter(HoleShape(body.dilation, body.feather), body.unseen)
    objects = body.objects
    if objects is not None and body.with_shadows:
        objects = [*objects, *project.session.project.state.going_with(objects)]
    project.remove(inpainter, Extract(objects, body.frames))
    return update(project, body.since)


@router.post("/shadow")
def suggest_shadow(body: _ShadowBody, project: OwnProject) -> dict[str, Any]:
    """Look for the shadow of an object, which becomes one that goes with it; by default on all frames."""
    project.suggest_shadow(body.object_id, range(*body.frames) if body.frames is not None else None)
    return update(project, body.since)


@router.get("/removed/{frame}")
def removed(project: OwnProject, frame: FrameIndex) -> Response:
    """A frame without the objects of the last removal, as a JPEG of the source's size."""
    project.session.project.check_frame(frame)
    picture = project.removal.picture(frame) if project.removal is not None else None
    if picture is None:
        raise HTTPException(
            404,
            f"nothing was removed from frame {frame} yet: begin a removal of it, or wait until it gets there",
        )
    return Response(picture, media_type="image/jpeg", headers=_NEVER)
