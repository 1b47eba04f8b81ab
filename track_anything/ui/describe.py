"""What the page is told of a project, as JSON values."""

from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

from track_anything.matting.mattes import band_of
from track_anything.project.clean_up import CleanUp
from track_anything.review import MaskReport
from track_anything.review.report import report
from track_anything.tracking import forecast
from track_anything.types import FrameIndex
from track_anything.ui.changes import Change
from track_anything.ui.open_project import OpenProject
from track_anything.ui.placeless import placeless
from track_anything.ui.wire import json_safe
from track_anything.ui.workspace import Workspace


def update(project: OpenProject, since: int) -> dict[str, Any]:
    """What a page has to know that last heard of a revision: the project, its job, and what changed."""
    told: dict[str, Any] = {"job": project.describe_job(), "models": project.loader.describe()}
    told |= {"project": None, "lanes": None, "stillborn": project.is_stillborn}
    is_behind = project.is_ready and project.changes.revision > since
    if is_behind:
        change = project.changes.since(since)
        told["project"] = describe_project(project, change)
        told["changed"] = {"start": change.frames.start, "stop": change.frames.stop}
        told["lanes"] = project.lanes.part(change)
    return told


def describe_project(project: OpenProject, change: Change) -> dict[str, Any]:
    """A project that is ready."""
    session = project.session
    info, state = session.project.description.video, session.project.state
    chosen = state.chosen_range
    is_part = chosen is not None and len(chosen) < info.frame_count  # the whole video is no choice
    return {
        "id": project.entry.id,
        "name": project.entry.name,
        "video": {
            "width": info.width,
            "height": info.height,
            "frames": info.frame_count,
            "rate": float(info.average_rate),
            "losses": str(info.losses) if info.losses else None,
        },
        "objects": [
            {
                "id": object_id,
                "name": state.objects[object_id],
                "colour": session.palette[object_id].tolist(),
                "band": band_of(session.project, object_id),
                "owner": state.owners.get(object_id),
                "attributes": dict(state.attributes.get(object_id, {})),
                "clean_up": asdict(state.clean_ups.get(object_id, CleanUp())),
            }
            for object_id in sorted(state.objects, key=lambda one: (state.owners.get(one, one), one))
        ],
        "range": [chosen.start, chosen.stop] if chosen is not None and is_part else None,
        "can_undo": session.project.can_undo,
        "can_redo": session.project.can_redo,
        "revision": change.revision,
        "cuts": list(project.cuts) if project.cuts is not None else None,
        "has_unfinished": bool(session.project.unfinished_passes()),
        "everything": project.everything.frame if project.everything is not None else None,
        "removed": _describe_removal(project),
        "notes": [project.entry.without_paths(note) for note in session.project.notes],
        "cut": _describe_cut(project),
        "forecast": _describe_forecast(project),
    }


def _describe_forecast(project: OpenProject) -> dict[str, Any] | None:
    """How much memory tracking all objects takes; None while the networks are not there, or nobody tells."""
    if (models := project.loader.ready) is None:
        return None
    held = project.session.project
    told = forecast(models, held, tuple(held.state.objects), held.frame_count)
    if told is None:
        return None
    text = str(told)
    return {"text": text[0].upper() + text[1:], "fits": told.fits}


def _describe_cut(project: OpenProject) -> dict[str, Any] | None:
    """Where tracking waits to be told which objects are in the next shot; None = nowhere."""
    if (question := project.cut_question) is None:
        return None
    where = {"frame": question.frame, "start": question.start, "stop": question.stop}
    return where | {"objects": list(question.object_ids)}


def _describe_removal(project: OpenProject) -> dict[str, int] | None:
    """Which removal there is, and the frames of it that can be looked at; None = there is none."""
    removal = project.removal
    if removal is None:
        return None
    filled = removal.filled
    return {"number": removal.number, "start": filled.start, "stop": filled.stop}


def describe_frame(project: OpenProject, frame: FrameIndex) -> dict[str, Any]:
    """How each object stands on a frame, and what was said about it there."""
    session = project.session
    session.project.check_frame(frame)
    objects = {}
    for line in report(session.project, [frame]):
        objects[line.object_id] = _standing(line) | describe_prompts(project, frame, line.object_id)
    return {"frame": frame, "objects": objects}


def _standing(line: MaskReport) -> dict[str, Any]:
    return {
        "status": line.status.value,
        "confidence": line.confidence,
        "reason": line.reason,
        "refined": line.is_refined,
    }


def describe_prompts(project: OpenProject, frame: FrameIndex, object_id: int) -> dict[str, Any]:
    """What was said about an object on a frame by clicks and boxes."""
    given = project.session.project.given(frame, object_id)
    if given is None:
        return {"points": [], "labels": [], "box": None}
    return {"points": given.points, "labels": given.labels, "box": given.box}


def describe_error(error: Exception, project_id: str, workspace: Workspace, roots: Collection[Path]) -> str:
    """What a visitor is told of an error of the product: its one line, without places of this machine."""
    entry = workspace.find(project_id)
    text = entry.without_paths(str(error)) if entry is not None else str(error)
    return placeless(json_safe(text), workspace.folder, *roots)
