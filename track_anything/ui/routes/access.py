"""Who may call a route, and what the errors of the product become."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from track_anything.errors import TrackAnythingError
from track_anything.ui.describe import describe_error
from track_anything.ui.desk import COOKIE_PREFIX, Desk
from track_anything.ui.labelling import OpenCollection
from track_anything.ui.limits import LimitError
from track_anything.ui.open_project import OpenProject
from track_anything.ui.task import NotReadyError
from track_anything.ui.wire import json_safe
from track_anything.ui.workspace import PRIVATE_FILE

_MOST_TOKENS = 100
_LONGEST_LENGTH = 16  # digits of a number of bytes
_VISITOR_COOKIE = "track-anything"
_YEAR = 365 * 24 * 3600  # seconds


class Body(BaseModel):
    """What a page says with every change: the revision that it last heard of."""

    since: int = 0


def desk_of(request: Request) -> Desk:
    """The desk of the server that a request came to."""
    desk: Desk = request.app.state.desk
    return desk


AnyDesk = Annotated[Desk, Depends(desk_of)]


def visitor_of(request: Request, desk: AnyDesk) -> str:
    """What the desk calls who asks."""
    address = request.client.host if request.client is not None else ""
    return desk.visitors.name(request.cookies.get(_VISITOR_COOKIE), address)


Visitor = Annotated[str, Depends(visitor_of)]


def project_of(project_id: str, request: Request, desk: AnyDesk, visitor: Visitor) -> OpenProject:
    """The project that a request is about, if the visitor shows its token.

    Who does not learns nothing, not even whether there is such a project.
    """
    project = desk.find(project_id, request.cookies, visitor)
    if project is None:
        raise HTTPException(404, "there is no such project here, or it is not yours: open it again")
    return project


OwnProject = Annotated[OpenProject, Depends(project_of)]


def give_token(request: Request, response: Response, project_id: str, token: str) -> None:
    """Hand the visitor the token of a project, where no script and no other site can read it."""
    desk = desk_of(request)
    keep_cookies(request, response, desk, {COOKIE_PREFIX + project_id: token})
    for stale in _too_many(request, desk, COOKIE_PREFIX + project_id):
        take_token(response, stale)


def keep_cookies(request: Request, response: Response, desk: Desk, given: dict[str, str]) -> None:
    """Hand the visitor tokens by name, and one that tells him from others if he has none."""
    if _VISITOR_COOKIE not in request.cookies:
        given = given | {_VISITOR_COOKIE: desk.visitors.cookie()}
    for name, value in given.items():
        response.set_cookie(name, value, max_age=_YEAR, path="/", httponly=True, samesite="strict")


def _too_many(request: Request, desk: Desk, new: str) -> list[str]:
    """Ids whose tokens have to go, before the browser forgets some of its own choice.

    Browsers keep about 180 cookies per host and lose the oldest: first go those of projects that are no more.
    """
    shown = [name for name in request.cookies if name.startswith(COOKIE_PREFIX) and name != new]
    if len(shown) < _MOST_TOKENS:
        return []
    ids = [name.removeprefix(COOKIE_PREFIX) for name in shown]
    return [project_id for project_id in ids if desk.workspace.find(project_id) is None]


def take_token(response: Response, project_id: str) -> None:
    """Let the visitor's browser forget the token of a project."""
    response.delete_cookie(COOKIE_PREFIX + project_id, path="/", httponly=True, samesite="strict")


def promised_by(request: Request) -> int:
    """The bytes that the body of a request is said to have; 0 when nothing is said."""
    text = request.headers.get("content-length", "")
    return int(text) if text.isdecimal() and len(text) < _LONGEST_LENGTH else 0


async def receive(chunks: AsyncIterator[bytes], path: Path, check_room: Callable[[], None]) -> None:
    """Write the body of a request to a file as it comes, as long as there is room.

    Its bytes are counted at the server's edge.
    """
    path.touch(PRIVATE_FILE)
    with path.open("wb") as file:

        def write(chunk: bytes) -> None:
            check_room()
            file.write(chunk)

        async for chunk in chunks:
            await asyncio.to_thread(write, chunk)


def explain_errors(app: FastAPI) -> None:
    """Answer the product's errors with their one line; other errors are bugs and stay so."""

    def explained(request: Request, error: Exception) -> JSONResponse:
        status = 409 if isinstance(error, NotReadyError) else 507 if isinstance(error, LimitError) else 400
        desk, project_id = desk_of(request), request.path_params.get("project_id", "")
        text = describe_error(error, project_id, desk.workspace, desk.roots)
        collection: OpenCollection | None = request.app.state.collection
        text = collection.without_paths(text) if collection is not None else text
        return JSONResponse({"detail": text}, status)

    def misunderstood(_: Request, error: Exception) -> JSONResponse:
        first = error.errors()[0] if isinstance(error, RequestValidationError) else {"loc": (), "msg": ""}
        place = ".".join(str(step) for step in first["loc"])
        text = f"the request cannot be understood ({place}: {first['msg']}): reload the page and try again"
        return JSONResponse({"detail": json_safe(text)}, 422)

    app.add_exception_handler(TrackAnythingError, explained)
    app.add_exception_handler(RequestValidationError, misunderstood)
