"""What a person says about objects: clicks, boxes, painted masks, and edits on objects and ranges."""

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, TypeAdapter, ValidationError

from track_anything.errors import InputError, unknown
from track_anything.project import edits
from track_anything.prompting import Prompted, prompt_of
from track_anything.prompting.preview import preview as answer_to_click
from track_anything.types import FrameIndex, ObjectId
from track_anything.ui.describe import describe_prompts, update
from track_anything.ui.open_project import OpenProject
from track_anything.ui.routes.access import AnyDesk, Body, OwnProject
from track_anything.ui.wire import packed, unpacked

router = APIRouter(prefix="/api/projects/{project_id}")

_EDITS: dict[str, TypeAdapter[Any]] = {
    edit.kind: TypeAdapter(edit)
    for edit in (
        edits.RenameObject, edits.RecolourObject, edits.SetBand, edits.SetCleanUp, edits.SetOwner,
        edits.DeleteObject, edits.Lock, edits.Unlock, edits.Clear, edits.Withdraw,
        edits.Merge, edits.Split, edits.Swap, edits.SetRange,
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
def click(body: _ClickBody, project: OwnProject) -> dict[str, Any]:
    """Add a click to what was said about an object on a frame; without an object, make one."""
    with project.changing(None, about := set[ObjectId]()):
        said = project.session.prompting.click(
            body.frame, body.object_id, body.x, body.y, positive=body.positive
        )
        about.add(said.object_id)
    return update(project, body.since) | _answer(project, body.frame, said)


@router.post("/box")
def box(body: _BoxBody, project: OwnProject) -> dict[str, Any]:
    """Say that an object fills a box on a frame; clicks that were made there stay."""
    with project.changing(None, about := set[ObjectId]()):
        said = project.session.prompting.box(body.frame, body.object_id, body.box)
        about.add(said.object_id)
    return update(project, body.since) | _answer(project, body.frame, said)


@router.post("/prompt")
def prompt(body: _PromptBody, project: OwnProject) -> dict[str, Any]:
    """Put other clicks in the place of those on a frame, as when one is moved or deleted; none = withdraw."""
    with project.changing(None, {body.object_id}):
        is_said = bool(body.points) or body.box is not None
        asked = prompt_of(body.points, body.labels, body.box) if is_said else None
        said = project.session.prompting.reprompt(body.frame, body.object_id, asked)
    answer = _answer(project, body.frame, said) if said is not None else {}
    return update(project, body.since) | answer


@router.post("/choose")
def choose(body: _ChoiceBody, project: OwnProject) -> dict[str, Any]:
    """Take another answer to the newest click on a frame; it stays one step to undo."""
    with project.changing(None, {body.object_id}):
        said = project.session.prompting.choose(body.frame, body.object_id, body.candidate)
    return update(project, body.since) | _answer(project, body.frame, said)


@router.post("/paint")
def paint(body: _PaintBody, project: OwnProject) -> dict[str, Any]:
    """Take a painted mask for an object's mask on a frame."""
    with project.changing(None, {body.object_id}):
        mask = unpacked(body.mask, project.session.project.size)
        project.session.prompting.paint(body.frame, body.object_id, mask)
    return update(project, body.since)


@router.post("/preview", response_model=None)
def preview(body: _PreviewBody, project: OwnProject, desk: AnyDesk) -> dict[str, Any] | Response:
    """What a click would give, where that is known without an encoder pass; otherwise nothing."""
    project.session.project.check_frame(body.frame)
    models = project.loader.ready
    if models is None or project.is_busy:
        return Response(status_code=204)
    found = answer_to_click(models.segmenter, project.session.video.frame(body.frame), body.x, body.y)
    if found is None:
        return Response(status_code=204)
    desk.prefetcher.make_way()
    mask, score = found
    return {"mask": packed(mask), "score": score}


@router.post("/objects")
def add_object(body: _NewObjectBody, project: OwnProject) -> dict[str, Any]:
    """Add an object."""
    with project.changing(None, about := set[ObjectId]()):
        object_id = project.session.add_object(body.name)
        about.add(object_id)
    return update(project, body.since) | {"object_id": object_id}


@router.post("/edits")
def edit(body: _EditBody, project: OwnProject) -> dict[str, Any]:
    """Apply an edit, given as JSON like in a project's journal."""
    fields = dict(body.edit)
    adapter = _EDITS.get(str(fields.pop("kind", None)))
    if adapter is None:
        raise unknown("edit", str(body.edit.get("kind")), _EDITS)
    try:
        asked = adapter.validate_python(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"the edit cannot be understood ({place}: {first['msg']}): give another value there"
        ) from error
    project.edit(asked)
    return update(project, body.since)


@router.post("/undo")
def undo(body: Body, project: OwnProject) -> dict[str, Any]:
    """Take back the last step."""
    project.undo()
    return update(project, body.since)


@router.post("/redo")
def redo(body: Body, project: OwnProject) -> dict[str, Any]:
    """Apply again what was taken back last."""
    project.redo()
    return update(project, body.since)


def _answer(project: OpenProject, frame: FrameIndex, said: Prompted) -> dict[str, Any]:
    """The object that a prompt was about, and the answers where there are several to choose from."""
    object_id, found, chosen = said
    if len(found.scores) < 2:
        return {"object_id": object_id, "candidates": None}
    candidates = {
        "object_id": object_id,
        "frame": frame,
        "scores": [round(float(score), 3) for score in found.scores],
        "masks": [packed(mask) for mask in found.masks],
        "chosen": chosen,
    } | describe_prompts(project, frame, object_id)
    return {"object_id": object_id, "candidates": candidates}
