"""Long work: tracking and exports; and looking ahead."""

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from track_anything.errors import InputError
from track_anything.export import MANIFEST_SUFFIX, Extract, Naming, manifest_path
from track_anything.matting import Matting
from track_anything.project.edits import Clear
from track_anything.tracking import AtCut
from track_anything.types import FrameIndex, ObjectId
from track_anything.ui.containment import contained
from track_anything.ui.describe import update
from track_anything.ui.exports import exported_files
from track_anything.ui.routes.access import AnyDesk, Body, OwnProject

router = APIRouter(prefix="/api/projects/{project_id}")


class _TrackBody(Body):
    direction: Literal["forward", "backward", "both"] = "both"
    objects: list[ObjectId] | None = None
    anew: bool = False
    at_cut: AtCut = "stop"


class _ControlBody(Body):
    at_cut: AtCut = "stop"


class _AbsentBody(Body):
    object_id: ObjectId


class _StepBody(Body):
    frame: FrameIndex
    objects: list[ObjectId] | None = None
    backward: bool = False


class _NamesBody(BaseModel):
    first: int | None = None
    digits: int = Naming.padding
    template: Annotated[str, Field(max_length=200)] = ""


class _ExportBody(Body):
    form: str
    objects: list[ObjectId] | None = None
    frames: tuple[FrameIndex, FrameIndex] | Literal["all"] | None = None
    matte: str | None = None
    background: tuple[int, int, int] | None = None
    handles: int = 0
    names: _NamesBody = _NamesBody()


class _LookBody(BaseModel):
    frames: list[FrameIndex]


@router.post("/track")
def track(body: _TrackBody, project: OwnProject) -> dict[str, Any]:
    """Carry masks through the video."""
    project.track(body.objects, body.direction, anew=body.anew, at_cut=body.at_cut)
    return update(project, body.since)


@router.post("/step")
def step(body: _StepBody, project: OwnProject) -> dict[str, Any]:
    """Carry the masks of a frame to the next one."""
    project.track_one_frame(body.frame, body.objects, backward=body.backward)
    return update(project, body.since)


@router.post("/job/{action}")
def control(
    action: Literal["pause", "resume", "cancel", "continue"],
    body: _ControlBody,
    project: OwnProject,
) -> dict[str, Any]:
    """Pause, resume or cancel the job; ``continue`` goes on with tracking that was cancelled or cut off."""
    if action == "continue":
        project.resume_track(body.at_cut)
    elif project.job is None or not project.is_busy:
        raise InputError("no job is running")
    else:
        {"pause": project.job.pause, "resume": project.job.resume, "cancel": project.job.cancel}[action]()
    return update(project, body.since)


@router.post("/cut/absent")
def say_absent(body: _AbsentBody, project: OwnProject) -> dict[str, Any]:
    """Say that an object is not in the shot at which tracking stopped; after the last one it goes on."""
    with project.editing:
        project.check_idle()
        question = project.cut_question
        if question is None or body.object_id not in question.object_ids:
            raise InputError("nothing is asked about that object: tracking does not wait at a cut")
        project.edit(Clear(body.object_id, question.start, question.stop))
        if project.cut_question is None:
            project.resume_track("stop")
    return update(project, body.since)


@router.post("/export")
def export(body: _ExportBody, project: OwnProject) -> dict[str, Any]:
    """Export masks: by default of all objects, between the in and out points; alpha as mattes on demand."""
    matting = Matting(body.matte) if body.matte is not None else None
    naming = Naming(body.names.first, body.names.digits, body.names.template)
    extract = Extract(body.objects, body.frames, matting, body.background, body.handles, naming)
    project.export(body.form, extract)
    return update(project, body.since)


@router.get("/exports")
def exports(project: OwnProject) -> list[dict[str, Any]]:
    """What was exported, the newest first."""
    return [
        {"name": path.name, "size": size, "manifest": _manifest_of(path)}
        for path, size in exported_files(project.entry).items()
        if not path.name.endswith(MANIFEST_SUFFIX)
    ]


@router.get("/exports/{name}")
def download(name: str, project: OwnProject) -> FileResponse:
    """One of the listed files, always as a download."""
    path = next((path for path in exported_files(project.entry) if path.name == name), None)
    if path is None:
        raise HTTPException(404, f"there is no export {name}: make it again")
    path = contained(path, [project.entry.exports])
    return FileResponse(path, media_type="application/octet-stream", filename=path.name)


@router.get("/next")
def frames_to_fix(project: OwnProject) -> list[tuple[FrameIndex, ObjectId]]:
    """The best frame to mend of each doubtful stretch, with its object; none = nothing is in doubt."""
    return project.session.frames_in_doubt()


@router.post("/look")
def look(body: _LookBody, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """A person looks at the first of these frames and may go to the others: get them ready to be clicked."""
    count = project.session.project.frame_count
    desk.prefetcher.want(project, [frame for frame in body.frames if 0 <= frame < count])
    return {}


def _manifest_of(path: Path) -> str | None:
    """The name of the manifest beside a file; those of folders are packed with them."""
    manifest = manifest_path(path)
    return manifest.name if manifest.is_file() else None
