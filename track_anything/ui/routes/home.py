"""Opening projects: a sample, a path, an upload, or one of those before."""

import asyncio
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel

from track_anything.export import EXPORTERS
from track_anything.inpaint import STILL_METHODS, HoleShape
from track_anything.matting.build import MATTERS
from track_anything.ui import places
from track_anything.ui.describe import update
from track_anything.ui.exports import MOST_DILATION, MOST_FEATHER
from track_anything.ui.labelling import OpenCollection
from track_anything.ui.recent import describe_entry, picture, sample_picture
from track_anything.ui.routes.access import (
    AnyDesk,
    OwnProject,
    Visitor,
    give_token,
    promised_by,
    receive,
    take_token,
)
from track_anything.ui.workspace import Entry

router = APIRouter()

_AN_HOUR = {"Cache-Control": "private, max-age=3600"}


class _PathBody(BaseModel):
    path: str


@router.get("/api/home")
def home(request: Request, desk: AnyDesk) -> dict[str, Any]:
    """What the visitor may open."""
    collection: OpenCollection | None = request.app.state.collection
    return {
        "has_collection": collection is not None and collection.is_opened_by(request.cookies),
        "recent": [describe_entry(entry) for entry in desk.entries_of(request.cookies)],
        "roots": list(places.named_roots(desk.roots)),
        "upload_limit": desk.limits.upload,
        "forms": EXPORTERS.usable(),
        "forms_with_alpha": [name for name, form in EXPORTERS.items() if form.has_alpha],
        "forms_with_names": [name for name, form in EXPORTERS.items() if form.has_names],
        "mattes": MATTERS.usable(),
        "removal": {
            "dilation": {"usual": HoleShape.dilation, "most": MOST_DILATION},
            "feather": {"usual": HoleShape.feather, "most": MOST_FEATHER},
            "unseen": STILL_METHODS.usable(),
        },
    }


@router.get("/open/{project_id}/{token}")
def open_by_link(project_id: str, token: str, request: Request, desk: AnyDesk) -> RedirectResponse:
    """The link that the server prints for the video it was started with."""
    own = desk.follow(project_id, token, request.cookies)
    if own is None:
        raise HTTPException(404, "this link is not valid: use the one that the server printed last")
    response = RedirectResponse(f"/?project={project_id}", 303)
    give_token(request, response, project_id, own)
    return response


@router.post("/api/sample")
def open_sample(request: Request, desk: AnyDesk, visitor: Visitor) -> JSONResponse:
    """Open the sample clip."""
    return _opened(request, *desk.open_sample(visitor))


@router.post("/api/path")
def open_path(body: _PathBody, request: Request, desk: AnyDesk, visitor: Visitor) -> JSONResponse:
    """Open a video, image folder or project that lies on the server's machine."""
    return _opened(request, *desk.open_path(places.find(body.path, desk.roots), visitor))


@router.get("/api/places")
def list_places(desk: AnyDesk, folder: str = "") -> list[places.Place]:
    """What can be chosen in a folder of the server's machine; without one, the folders to begin with."""
    return places.listed(folder, desk.roots)


@router.get("/api/sample/picture")
def sample() -> Response:
    """The sample clip as a picture."""
    return Response(sample_picture(), media_type="image/jpeg", headers=_AN_HOUR)


@router.get("/api/recent/{project_id}/picture")
def recent_picture(project_id: str, request: Request, desk: AnyDesk) -> Response:
    """A project of the visitor as a picture, without opening it."""
    entry = desk.entry_of(project_id, request.cookies)
    found = picture(entry) if entry is not None else None
    if found is None:
        raise HTTPException(404, "there is no such project here, or it is not yours: open it again")
    return Response(found, media_type="image/jpeg", headers=_AN_HOUR)


@router.post("/api/upload")
async def upload(name: str, request: Request, desk: AnyDesk, visitor: Visitor) -> JSONResponse:
    """Open a video, or a zip file of images, that is sent as the body."""
    promised = promised_by(request)
    project_id, path = await asyncio.to_thread(desk.reserve_upload, name, promised, visitor)
    try:
        await receive(request.stream(), path, desk.room.check)
    except BaseException:
        desk.workspace.discard(project_id)
        raise
    finally:
        desk.end_upload(project_id)
    return _opened(request, *await asyncio.to_thread(desk.open_upload, project_id, path, visitor))


@router.get("/api/projects/{project_id}/update")
def look(project: OwnProject, since: int = 0) -> dict[str, Any]:
    """What changed since a revision; 0 = all there is."""
    return update(project, since)


@router.post("/api/projects/{project_id}/delete")
def delete(project: OwnProject, desk: AnyDesk) -> JSONResponse:
    """Delete a project; a video that was not uploaded stays where it is."""
    desk.discard(project.entry.id)
    response = JSONResponse({})
    take_token(response, project.entry.id)
    return response


def _opened(request: Request, entry: Entry, token: str) -> JSONResponse:
    response = JSONResponse({"id": entry.id})
    give_token(request, response, entry.id, token)
    return response
