"""Masks of other programs: sent, looked at, and taken in."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from pydantic import Field

from track_anything.errors import InputError
from track_anything.importing import HowToRead
from track_anything.masks.pixels import Reading
from track_anything.types import ObjectId
from track_anything.ui.describe import update
from track_anything.ui.incoming_masks import IncomingMasks, TakingMasks
from track_anything.ui.routes.access import AnyDesk, Body, OwnProject, promised_by, receive

router = APIRouter(prefix="/api/projects/{project_id}/import")

_T = TypeVar("_T")


class _HowBody(Body):
    reading: Reading | None = None
    first_number: int | None = None
    joins_instances: bool = False

    @property
    def how(self) -> HowToRead:
        return HowToRead(self.reading, self.first_number, self.joins_instances)


class _TakeBody(_HowBody):
    choices: dict[int, ObjectId | None] = Field(default_factory=dict)


@router.post("/begin")
def begin(project: OwnProject) -> dict[str, Any]:
    """Forget what was sent before."""
    project.incoming.clear()
    return {}


@router.post("/file")
async def send(name: str, request: Request, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """Send one file as the body; ``name`` may hold the folders that it lies in."""
    await asyncio.to_thread(desk.room.check, promised_by(request))
    place = await asyncio.to_thread(project.incoming.place_for, name)
    await receive(request.stream(), place, desk.room.check)
    return {}


@router.post("/inspect")
def inspect(body: _HowBody, project: OwnProject) -> dict[str, Any]:
    """What taking the masks in would do."""
    return _named(project.incoming, lambda: project.incoming.describe(project.session, body.how))


@router.post("/take")
def take(body: _TakeBody, project: OwnProject) -> dict[str, Any]:
    """Make the masks known, as one step to undo."""
    incoming = project.incoming
    taking = _named(incoming, lambda: TakingMasks(project.session, incoming.path, body.how, body.choices))
    project.take_masks(taking)
    return update(project, body.since)


def _named(incoming: IncomingMasks, ask: Callable[[], _T]) -> _T:
    """What asking gives; errors name the files, and not where they lie."""
    try:
        return ask()
    except InputError as error:
        raise InputError(incoming.without_paths(str(error))) from error
