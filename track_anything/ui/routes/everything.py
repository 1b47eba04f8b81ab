"""The pick list: what is found on a frame without a click, and which of it becomes objects."""

import asyncio
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import Field

from track_anything.models.locators import usual_locator
from track_anything.types import FrameIndex, ObjectId
from track_anything.ui.describe import update
from track_anything.ui.everything import Everything, Sought
from track_anything.ui.given_boxes import GivenBoxes
from track_anything.ui.open_project import OpenProject
from track_anything.ui.routes.access import AnyDesk, Body, OwnProject, promised_by, receive

router = APIRouter(prefix="/api/projects/{project_id}/everything")


class _FindBody(Body):
    frame: FrameIndex
    like: ObjectId | None = None
    words: str = Field("", max_length=200)
    detect: bool = False
    given: bool = False


class _PickBody(Body):
    places: list[int]


class _TeachBody(Body):
    meant: list[int]
    refused: list[int]


@router.post("")
def find_everything(body: _FindBody, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """Look for everything on a frame, or for what is sought.

    That is what is like an object, what words name (``detect``: of the names that the detector in the package
    knows, without words all of them), or what lies in the boxes that were given.
    """
    words = body.words.strip() or ("all" if body.detect else "")
    boxes = GivenBoxes(project.entry).read() if body.given else None
    locator = usual_locator if body.detect else desk.shelf.locator
    project.find_everything(Everything(body.frame, Sought(body.like, words, boxes), locator))
    return update(project, body.since)


@router.post("/boxes")
async def give_boxes(name: str, request: Request, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """Send a COCO file of boxes as the body; those sent before are forgotten once it is read."""
    given = GivenBoxes(project.entry)
    await asyncio.to_thread(given.check_size, promised_by(request))
    await asyncio.to_thread(desk.room.check, promised_by(request))
    with given.receiving(name) as place:
        await receive(request.stream(), place, desk.room.check)
        await asyncio.to_thread(given.keep, place)
    return {}


@router.post("/again")
def find_again(body: _TeachBody, project: OwnProject) -> dict[str, Any]:
    """Look again on that frame, told what of the list is meant and what is not."""
    project.find_everything(_list_of(project).again(set(body.meant), set(body.refused)))
    return update(project, body.since)


@router.get("")
def everything(project: OwnProject) -> dict[str, Any]:
    """What was found."""
    return _list_of(project).describe()


@router.post("/pick")
def pick(body: _PickBody, project: OwnProject) -> dict[str, Any]:
    """Make objects of what was found."""
    found = _list_of(project)
    with project.changing(None, None):
        found.pick(project.session, set(body.places))
    return update(project, body.since)


def _list_of(project: OpenProject) -> Everything:
    """The newest pick list."""
    if project.everything is None:
        raise HTTPException(404, "nothing was looked for on a frame yet")
    return project.everything
