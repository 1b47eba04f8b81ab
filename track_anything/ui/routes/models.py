"""Which networks the editor works with."""

from typing import Any

from fastapi import APIRouter

from track_anything.ui.describe import update
from track_anything.ui.model_choice import ModelChoice, describe_offers
from track_anything.ui.routes.access import AnyDesk, Body, OwnProject

router = APIRouter(prefix="/api")


class _ChoiceBody(Body):
    segmenter: str
    preset: str
    tracker: str = ""


@router.get("/projects/{project_id}/models")
def offers(project: OwnProject) -> dict[str, Any]:
    """What can be chosen, how large it is, and whether it is here."""
    return describe_offers(project.loader.chosen)


@router.post("/projects/{project_id}/models")
def choose(body: _ChoiceBody, project: OwnProject, desk: AnyDesk) -> dict[str, Any]:
    """Work with other networks in this project from now on."""
    desk.choose_models(project, ModelChoice(body.segmenter, body.preset, body.tracker))
    return update(project, body.since)
