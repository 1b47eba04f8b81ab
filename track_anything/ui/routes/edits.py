"""What a person says about objects: clicks, boxes, painted masks, and edits on objects and ranges."""

from typing import Any, Literal

import numpy as np
from fastapi import APIRouter, Response
from pydantic import BaseModel, TypeAdapter, ValidationError

from sam.errors import SamError
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.errors import InputError
from track_anything.project import edits
from track_anything.types import FrameIndex, ObjectId
from track_anything.ui.describe import update
from track_anything.ui.open_project import OpenProject
from track_anything.ui.routes.access import AnyDesk, Body, OwnProject
from track_anything.ui.wire import packed, unpacked

router = APIRouter(prefix="/api/projects/{project_id}")

_EDITS: dict[str, TypeAdapter[Any]] = {
    edit.kind: TypeAdapter(edit)
    for edit in (
        edits.RenameObject, edits.RecolourObject, edits.SetBand, edits.SetCleanUp, edits.DeleteObject,
        edits.Lock, edits.Unlock, edits.Clear, edits.Withdraw, edits.Merge, edits.Split, edits.Swap,
        edits.SetRange,
    )
}  # fmt: skip


class _OnFrame(Body):
    object_id: ObjectId
    frame: FrameIndex


class _ClickBody(Body):
    object_id: ObjectId | None = None
    frame: FrameIndex
    x: float
    y: float
    positive: bool = True


class _PromptBody(_OnFrame):
    points: list[tuple[float, float]]
    labels: list[Literal[0, 1]]
    box: tuple[float, float, float, float] | None = None


class _BoxBody(Body):
    object_id: ObjectId | None = None
    frame: FrameIndex
    box: tuple[float, float, float, float]


class _ChoiceBody(_OnFrame):
    candidate: int


class _PaintBody(_OnFrame):
    mask: str


class _PreviewBody(BaseModel):
    frame: FrameIndex
    x: float
    y: float


class _EditBody(Body):
    edit: dict[str, Any]


class _NewObjectBody(Body):
    name: str | None = None


@router.post("/click")
def click(body: _ClickBody, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """Add a click to what was said about an object on a frame; without an object, make one."""
    with project.changing(None, about := set[ObjectId]()):
        asked = _prompt([(body.x, body.y)], [int(body.positive)], None)
        if body.object_id is None:
            object_id, found = _new_object(project, body.frame, asked)
        else:
            object_id = body.object_id
            found = project.session.click(object_id, body.frame, body.x, body.y, positive=body.positive)
        about.add(object_id)
    return update(project, desk.loader.describe(), body.since) | _answer(object_id, body.frame, found)


@router.post("/box")
def box(body: _BoxBody, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """Say that an object fills a box on a frame; clicks that were made there stay."""
    with project.changing(None, about := set[ObjectId]()):
        known = body.object_id
        given = project.session.project.given(body.frame, known) if known is not None else None
        asked = _prompt(*((given.points, given.labels) if given else ((), ())), body.box)
        if known is None:
            object_id, found = _new_object(project, body.frame, asked)
        else:
            object_id, found = known, project.session.prompt(known, body.frame, asked)
        about.add(object_id)
    return update(project, desk.loader.describe(), body.since) | _answer(object_id, body.frame, found)


@router.post("/prompt")
def prompt(body: _PromptBody, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """Put other clicks in the place of those on a frame, as when one is moved or deleted; none = withdraw."""
    with project.changing(None, {body.object_id}):
        if body.points or body.box is not None:
            asked = _prompt(body.points, body.labels, body.box)
            found = project.session.prompt(body.object_id, body.frame, asked)
            answer = _answer(body.object_id, body.frame, found)
        else:
            project.session.edit(edits.Withdraw(body.object_id, body.frame, body.frame + 1))
            answer = {}
    return update(project, desk.loader.describe(), body.since) | answer


@router.post("/choose")
def choose(body: _ChoiceBody, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """Take another one of the segmenter's answers to the lone click on a frame; it stays one step to undo."""
    with project.changing(None, {body.object_id}):
        given = project.session.project.given(body.frame, body.object_id)
        if given is None or len(given.points) != 1:
            raise InputError("there is no lone click on this frame whose answers could be chosen from")
        asked = _prompt(given.points, given.labels, given.box)
        found = project.session.segment(body.frame, asked)
        if not 0 <= body.candidate < len(found.masks) or not found.masks[body.candidate].any():
            raise InputError(f"there is no answer {body.candidate} to this click: choose another one")
        if project.session.project.state.edits[-1][1] is given:
            project.session.undo()
        project.session.take(body.object_id, body.frame, asked, found, body.candidate)
    answer = _answer(body.object_id, body.frame, found, chosen=body.candidate)
    return update(project, desk.loader.describe(), body.since) | answer


@router.post("/paint")
def paint(body: _PaintBody, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """Take a painted mask for an object's mask on a frame."""
    with project.changing(None, {body.object_id}):
        mask = unpacked(body.mask, project.session.project.size)
        project.session.paint(body.object_id, body.frame, mask)
    return update(project, desk.loader.describe(), body.since)


@router.post("/preview", response_model=None)
def preview(body: _PreviewBody, project: OwnProject, desk: AnyDesk) -> dict[str, Any] | Response:
    """What a click would give, where that is known without an encoder pass; otherwise nothing."""
    session, models = project.session, desk.loader.ready
    session.project.check_frame(body.frame)
    if project.is_busy or models is None or not models.segmenter.has(session.video.frame(body.frame)):
        return Response(status_code=204)
    found = session.segment(body.frame, Prompt.click(body.x, body.y))
    return {"mask": packed(found.masks[found.best]), "score": float(found.scores[found.best])}


@router.post("/objects")
def add_object(body: _NewObjectBody, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """Add an object."""
    with project.changing(None, about := set[ObjectId]()):
        object_id = project.session.add_object(body.name)
        about.add(object_id)
    return update(project, desk.loader.describe(), body.since) | {"object_id": object_id}


@router.post("/edits")
def edit(body: _EditBody, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """Apply an edit, given as JSON like in a project's journal."""
    fields = dict(body.edit)
    adapter = _EDITS.get(str(fields.pop("kind", None)))
    if adapter is None:
        raise InputError(f"there is no edit {body.edit.get('kind')!r}: choose one of {', '.join(_EDITS)}")
    try:
        asked = adapter.validate_python(fields)
    except ValidationError as error:
        raise InputError(f"the edit cannot be understood: {error.errors()[0]['msg']}") from error
    project.edit(asked)
    return update(project, desk.loader.describe(), body.since)


@router.post("/undo")
def undo(body: Body, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """Take back the last step."""
    project.undo()
    return update(project, desk.loader.describe(), body.since)


@router.post("/redo")
def redo(body: Body, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """Apply again what was taken back last."""
    project.redo()
    return update(project, desk.loader.describe(), body.since)


def _new_object(project: OpenProject, frame: FrameIndex, asked: Prompt) -> tuple[ObjectId, Candidates]:
    """A new object, once the prompt for it has an answer: one that fails makes no object."""
    found = project.session.segment(frame, asked)
    if not found.masks[found.best].any():
        raise InputError(f"nothing was found on frame {frame}: click inside the object or draw a box")
    object_id = project.session.add_object()
    project.session.take(object_id, frame, asked, found, found.best)
    return object_id, found


def _prompt(points: Any, labels: Any, box: Any) -> Prompt:  # noqa: ANN401 - what JSON or an edit holds
    try:
        with np.errstate(over="ignore"):  # numbers too large become infinite, which is refused
            return Prompt(
                points=np.array(points, np.float32).reshape(-1, 2),
                labels=np.array(labels, np.int64),
                box=None if box is None else np.array(box, np.float32),
            )
    except SamError as error:
        raise InputError(str(error)) from error


def _answer(
    object_id: ObjectId, frame: FrameIndex, found: Candidates, chosen: int | None = None
) -> dict[str, Any]:
    """The object that a prompt was about, and the segmenter's answers where there are several."""
    if len(found.scores) < 2:
        return {"object_id": object_id, "candidates": None}
    candidates = {
        "object_id": object_id,
        "frame": frame,
        "scores": [round(float(score), 3) for score in found.scores],
        "masks": [packed(mask) for mask in found.masks],
        "chosen": found.best if chosen is None else chosen,
    }
    return {"object_id": object_id, "candidates": candidates}
