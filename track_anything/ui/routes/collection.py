"""The collection that the server was started with, for who followed the link to it."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import FileResponse, RedirectResponse
from pydantic import BaseModel, Field

from track_anything.collection.desk.classes import LabelClass
from track_anything.types import FrameIndex, ObjectId
from track_anything.ui.everything import Sought
from track_anything.ui.labelling import Likeness, OpenCollection, Wish
from track_anything.ui.labelling.open_collection import COOKIE
from track_anything.ui.routes.access import AnyDesk, keep_cookies

router = APIRouter()

_NOT_HERE = "there is no collection here, or it is not yours: use the link that the server printed"


def collection_of(request: Request) -> OpenCollection:
    """The collection, if the visitor shows a token for it; who does not learns nothing."""
    collection: OpenCollection | None = request.app.state.collection
    if collection is None or not collection.is_opened_by(request.cookies):
        raise HTTPException(404, _NOT_HERE)
    return collection


OwnCollection = Annotated[OpenCollection, Depends(collection_of)]


class _VideosBody(BaseModel):
    videos: list[str]


class _LikeBody(BaseModel):
    video: str
    object_id: ObjectId


class _ProposeBody(_VideosBody):
    words: str = ""
    like: _LikeBody | None = None


class _DoneBody(_VideosBody):
    is_done: bool = True


class _OpenBody(BaseModel):
    video: str


class _ReviewBody(BaseModel):
    video: str
    frames: tuple[FrameIndex, FrameIndex] | None = None


class _DataSetBody(BaseModel):
    form: str
    validation: float = 0.0
    all: bool = False


Channel = Annotated[int, Field(ge=0, le=255)]


class _ClassBody(BaseModel):
    name: str
    was: str | None = None
    colour: tuple[Channel, Channel, Channel] | None = None
    attributes: Mapping[str, tuple[str, ...]] = {}


class _NamedBody(BaseModel):
    name: str


class _LabelBody(_LikeBody):
    class_name: str | None = None
    values: Mapping[str, str] = {}


@router.get("/open/collection/{token}")
def open_by_link(token: str, request: Request, desk: AnyDesk) -> RedirectResponse:
    """The link that the server prints for the collection it was started with."""
    collection: OpenCollection | None = request.app.state.collection
    own = collection.follow(token, request.cookies) if collection is not None else None
    if own is None:
        raise HTTPException(404, "this link is not valid: use the one that the server printed last")
    response = RedirectResponse("/", 303)
    keep_cookies(request, response, desk, {COOKIE: own})
    return response


@router.get("/api/collection")
def describe(collection: OwnCollection) -> dict[str, Any]:
    """How far every video is, which frames need a person, and what is being done."""
    return collection.describe()


@router.post("/api/collection/open")
def open_video(body: _OpenBody, collection: OwnCollection) -> dict[str, str]:
    """The project of a video; it is opened when it is asked for."""
    return {"id": collection.entry(body.video).id}


@router.post("/api/collection/propose")
def propose(body: _ProposeBody, collection: OwnCollection) -> dict[str, Any]:
    """Propose objects in videos that have none, and track them.

    It is what is like an object of another video, or what words name, or else all that is found.
    """
    names = [collection.collection.video(name).name for name in body.videos]
    if body.like is not None:
        video = collection.collection.video(body.like.video).name
        like = Likeness(video, body.like.object_id)
        collection.ahead.ask([Wish(name, like=like) for name in names if name != video])
    else:
        collection.ahead.ask([Wish(name, Sought(words=body.words.strip())) for name in names])
    return collection.describe()


@router.post("/api/collection/track")
def track(body: _VideosBody, collection: OwnCollection) -> dict[str, Any]:
    """Track what is left in videos that have objects."""
    collection.ahead.ask([Wish(name) for name in collection.track_what_is_left(body.videos)])
    return collection.describe()


@router.post("/api/collection/stop")
def stop(collection: OwnCollection) -> dict[str, Any]:
    """Stop what is done in the background; what is done is kept."""
    collection.ahead.stop()
    return collection.describe()


@router.post("/api/collection/review")
def review(body: _ReviewBody, collection: OwnCollection) -> dict[str, Any]:
    """Say that the masks of a video, or of some frames of it, are right."""
    collection.review(body.video, body.frames)
    return collection.describe()


@router.post("/api/collection/done")
def mark_done(body: _DoneBody, collection: OwnCollection) -> dict[str, Any]:
    """Say that nothing is left to do in videos, or take that back."""
    for name in body.videos:
        collection.collection.mark_done(name, is_done=body.is_done)
    return collection.describe()


@router.post("/api/collection/classes")
def change_class(body: _ClassBody, collection: OwnCollection) -> dict[str, Any]:
    """Add a class or change one; its objects are named and coloured after it."""
    collection.classes.change(body.name.strip(), LabelClass(body.colour, body.attributes), body.was)
    return collection.describe()


@router.post("/api/collection/classes/drop")
def drop_class(body: _NamedBody, collection: OwnCollection) -> dict[str, Any]:
    """Take a class out of the list; objects stay what they are called."""
    collection.classes.drop(body.name)
    return collection.describe()


@router.post("/api/collection/label")
def label(body: _LabelBody, collection: OwnCollection) -> dict[str, Any]:
    """Say of which class an object is, and what its attributes are."""
    collection.classes.label(body.video, body.object_id, body.class_name, body.values)
    return collection.describe()


@router.post("/api/collection/compare")
def compare(collection: OwnCollection) -> dict[str, Any]:
    """Begin to compare with the other labeller."""
    collection.comparison.begin()
    return collection.describe()


@router.post("/api/collection/export")
def export(body: _DataSetBody, collection: OwnCollection) -> dict[str, Any]:
    """Begin to write the collection as a data set, with a share of the videos for validation."""
    collection.data_sets.begin(body.form, body.validation, only_finished=not body.all)
    return collection.describe()


@router.get("/api/collection/exports/{name}")
def download(name: str, collection: OwnCollection) -> FileResponse:
    """One of the data sets, always as a download."""
    path = collection.data_sets.path(name)
    if path is None:
        raise HTTPException(404, f"there is no export {name}: make it again")
    return FileResponse(path, media_type="application/octet-stream", filename=path.name)


@router.get("/api/collection/log")
def edit_log(collection: OwnCollection) -> FileResponse:
    """Every edit of all videos as a table."""
    path = collection.data_sets.edit_log()
    return FileResponse(path, media_type="application/octet-stream", filename=path.name.removeprefix("."))
