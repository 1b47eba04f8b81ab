"""Who may call a route, and what the errors of the product become."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from track_anything.errors import TrackAnythingError
from track_anything.ui.desk import COOKIE_PREFIX, Desk
from track_anything.ui.limits import LimitError
from track_anything.ui.open_project import NotReadyError, OpenProject
from track_anything.ui.wire import sendable
from track_anything.ui.workspace import PRIVATE_FILE

_YEAR = 365 * 24 * 3600  # seconds


class Body(BaseModel):
    """What a page says with every change: the revision that it last heard of."""

    since: int = 0


def desk_of(request: Request) -> Desk:
    """The desk of the server that a request came to."""
    desk: Desk = request.app.state.desk
    return desk


AnyDesk = Annotated[Desk, Depends(desk_of)]


def project_of(project_id: str, request: Request, desk: AnyDesk) -> OpenProject:
    """The project that a request is about, if the visitor shows its token.

    Who does not learns nothing, not even whether there is such a project.
    """
    project = desk.find(project_id, request.cookies)
    if project is None:
        raise HTTPException(404, "there is no such project here, or it is not yours: open it again")
    return project


OwnProject = Annotated[OpenProject, Depends(project_of)]


def give_token(response: Response, project_id: str, token: str) -> None:
    """Hand the visitor the token of a project, where no script and no other site can read it."""
    name = COOKIE_PREFIX + project_id
    response.set_cookie(name, token, max_age=_YEAR, path="/", httponly=True, samesite="strict")


def take_token(response: Response, project_id: str) -> None:
    """Let the visitor's browser forget the token of a project."""
    response.delete_cookie(COOKIE_PREFIX + project_id, path="/", httponly=True, samesite="strict")


async def receive(chunks: AsyncIterator[bytes], path: Path) -> None:
    """Write the body of a request to a file as it comes."""
    path.touch(PRIVATE_FILE)
    with path.open("wb") as file:
        async for chunk in chunks:  # counted at the server's edge
            await asyncio.to_thread(file.write, chunk)


def explain_errors(app: FastAPI) -> None:
    """Answer the product's errors with their one line; other errors are bugs and stay so."""

    def explained(request: Request, error: Exception) -> JSONResponse:
        status = 409 if isinstance(error, NotReadyError) else 507 if isinstance(error, LimitError) else 400
        entry = desk_of(request).workspace.find(request.path_params.get("project_id", ""))
        text = entry.without_paths(str(error)) if entry is not None else str(error)
        return JSONResponse({"detail": sendable(text)}, status)

    def misunderstood(_: Request, error: Exception) -> JSONResponse:
        first = error.errors()[0] if isinstance(error, RequestValidationError) else {"loc": (), "msg": ""}
        place = ".".join(str(step) for step in first["loc"])
        text = f"the request cannot be understood ({place}: {first['msg']}): reload the page and try again"
        return JSONResponse({"detail": sendable(text)}, 422)

    app.add_exception_handler(TrackAnythingError, explained)
    app.add_exception_handler(RequestValidationError, misunderstood)
