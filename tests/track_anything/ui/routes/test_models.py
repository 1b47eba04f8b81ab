"""Networks chosen in the editor: listed with size, switched under an open project, refused in between."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.track_anything.ui.desk_fixtures import CLIP, Gate, Page, gated_models
from track_anything.models import PRESETS, SEGMENTERS, TRACKERS
from track_anything.models.offers import trackers_offered
from track_anything.models.weights import known_weights
from track_anything.testing import fake_models
from track_anything.types import OnProgress
from track_anything.ui.desk import Desk
from track_anything.ui.model_choice import ModelChoice
from track_anything.ui.model_shelf import ModelShelf
from track_anything.ui.workspace import Workspace
from track_anything.video import InProcess

FIRST, SECOND = ModelChoice("mobile-sam", "fast"), ModelChoice("sam-vit-b", "accurate")


@pytest.fixture
def loaded(page: Page) -> list[ModelChoice]:
    """The choices that were loaded, once networks can be chosen."""
    asked: list[ModelChoice] = []

    def load(choice: ModelChoice, _: OnProgress) -> object:
        asked.append(choice)
        return replace(fake_models(), tracker=f"{choice.preset} tracker")

    shelf = ModelShelf(lambda _: fake_models(), FIRST, load)  # type: ignore[arg-type]  # a fake is enough
    page.visitor.desk.shelf = shelf
    page.project.use(shelf.usual)
    return asked


def test_what_is_offered_has_size_and_licence_and_is_said_to_be_here_or_not(page: Page) -> None:
    told = page.get("/models").json()
    assert told["chosen"] is None  # this server was started without a choice
    assert [offer["name"] for offer in told["segmenters"]] == list(SEGMENTERS)
    assert [offer["name"] for offer in told["presets"]] == list(PRESETS)
    assert [offer["name"] for offer in told["trackers"]] == list(TRACKERS)
    large = told["segmenters"][3]
    assert large["bytes"] == known_weights()["sam-vit-h"].bytes
    assert large["licence"] == "Apache-2.0"
    assert isinstance(large["is_here"], bool)
    assert "offers no other networks" in page.refused("/models", segmenter="mobile-sam", preset="fast")


def test_an_open_project_goes_on_with_the_networks_that_were_chosen(
    page: Page, loaded: list[ModelChoice]
) -> None:
    page.click(0)
    page.tell("/track", direction="forward")
    page.wait()
    told = page.tell("/models", segmenter="sam-vit-b", preset="accurate")
    assert told["models"]["chosen"] == asdict(SECOND)
    page.click(3, 2)  # with the new ones
    page.tell("/track")
    assert page.wait()["status"] == "done"
    assert loaded == [SECOND]
    assert page.project.session.models.tracker == "accurate tracker"
    number = max(page.project.session.project.state.passes)
    records = page.project.session.project.pass_records(number).values()
    assert {record["tracker"] for record in records} == {"accurate tracker"}
    assert page.label_map(CLIP.frame_count - 1).any()


def test_names_that_are_not_there_are_refused(page: Page, loaded: list[ModelChoice]) -> None:
    assert "unknown segmenter" in page.refused("/models", segmenter="sam-vit-x", preset="fast")
    assert "unknown preset" in page.refused("/models", segmenter="mobile-sam", preset="best")
    refused = page.refused("/models", segmenter="mobile-sam", preset="fast", tracker="none")
    assert "unknown tracker" in refused
    assert loaded == []


def test_networks_are_not_switched_under_a_running_job(page: Page, loaded: list[ModelChoice]) -> None:
    gate = Gate()
    page.project.session.switch_models(lambda: gated_models(gate))
    page.click(0)
    gate.close()
    page.tell("/track", direction="forward")
    gate.wait_for_arrival()
    assert "job is running" in page.refused("/models", 409, segmenter="sam-vit-b", preset="fast")
    gate.open()
    page.wait()
    assert loaded == []


def test_a_pass_of_one_tracker_is_not_gone_on_with_by_another(page: Page, loaded: list[ModelChoice]) -> None:
    session = page.project.session
    session.switch_models(lambda: replace(fake_models(), tracker="fast tracker"))
    page.click(0)
    iterator = iter(session.track(direction="forward"))
    for _ in range(4):
        next(iterator)
    iterator.close()  # type: ignore[attr-defined]  # a generator
    page.tell("/models", segmenter="sam-vit-b", preset="accurate")
    page.tell("/job/continue")
    job = page.wait()
    assert job["status"] == "failed"
    assert "go on with --tracker fast tracker, or undo the step" in job["error"]
    assert loaded == [SECOND]


def test_a_project_keeps_its_networks_and_other_projects_keep_theirs(
    page: Page, loaded: list[ModelChoice], frames: Path
) -> None:
    other = page.visitor.open(frames)
    third = ModelChoice("mobile-sam", "fast", "feature-memory")
    page.tell("/models", **asdict(third))
    assert page.project.session.models.tracker == "fast tracker"
    assert loaded == [third]
    assert other.get("/models").json()["chosen"] == asdict(FIRST)
    desk = page.visitor.desk
    desk.close()  # the server ends, and another one starts on the same folder
    desk.shelf = ModelShelf(lambda _: fake_models(), FIRST, lambda choice, _: fake_models())
    again = Desk(Workspace(desk.workspace.folder), desk.shelf, desk.limits, desk.roots, InProcess())
    try:
        reopened = again.find(page.project.entry.id, page.visitor.http.cookies)
        assert reopened is not None
        assert reopened.loader.chosen == third
        assert again.find(other.project.entry.id, page.visitor.http.cookies).loader.chosen == FIRST  # type: ignore[union-attr]
    finally:
        again.close()


def test_networks_that_no_project_uses_are_let_go(page: Page, loaded: list[ModelChoice]) -> None:
    shelf = page.visitor.desk.shelf
    first = shelf.of(SECOND)
    assert shelf.of(SECOND) is first
    page.tell("/models", **asdict(SECOND))
    page.project.loader.get()
    page.tell("/models", **asdict(FIRST))
    assert page.project.loader is shelf.usual
    assert shelf.of(SECOND) is not first
    assert loaded == [SECOND]


def test_a_choice_that_this_version_does_not_know_gives_way_to_the_usual_one(
    page: Page, loaded: object
) -> None:
    shelf = page.visitor.desk.shelf
    assert shelf.of(ModelChoice("sam-vit-x", "fast")) is shelf.usual
    assert shelf.of(ModelChoice("mobile-sam", "fast", "xmem-99")) is shelf.usual
    assert ModelChoice.of_record({"segmenter": "mobile-sam"}) is None
    assert ModelChoice.of_record(asdict(SECOND)) == SECOND


def test_a_tracker_that_cannot_be_had_is_offered_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("track_anything.types.find_spec", lambda _: None)
    refused = {offer.name: offer.refusal for offer in trackers_offered()}
    assert refused["sam2.1-tiny"] == "needs pip install 'track-anything[transformers]'"
    assert refused["xmem-light"] == ""
