"""What the page is told of a project."""

import json
from pathlib import Path

import pytest

from tests.track_anything.ui.desk_fixtures import CLIP, Page
from track_anything.errors import InputError
from track_anything.testing import fake_models
from track_anything.ui.describe import describe_frame, update
from track_anything.ui.model_loader import ModelLoader
from track_anything.ui.open_project import OpenProject
from track_anything.ui.workspace import Entry


def test_of_a_project_that_was_never_opened_there_is_nothing_to_tell(tmp_path: Path) -> None:
    project = OpenProject(
        Entry("0" * 12, tmp_path, "", tmp_path, tmp_path), ModelLoader(lambda _: fake_models())
    )
    nothing = {"job": None, "project": None, "lanes": None, "stillborn": False}
    assert update(project, 0) == nothing | {"models": project.loader.describe()}


def test_what_is_told_are_json_values(page: Page) -> None:
    page.click(0)
    page.edit("set_range", start=2, stop=9)
    project = page.project
    told = update(project, 0)
    assert json.loads(json.dumps(told))["project"] == told["project"]
    assert json.loads(json.dumps(describe_frame(project, 0)))["frame"] == 0


def test_objects_are_told_in_the_order_of_their_ids_with_their_colours(page: Page) -> None:
    for name in ("a", "b", "c"):
        page.tell("/objects", name=name)
    page.edit("delete_object", object_id=1)
    page.tell("/objects", name="d")
    page.edit("recolour_object", object_id=3, colour=[9, 8, 7])
    objects = update(page.project, 0)["project"]["objects"]
    assert [(each["id"], each["name"]) for each in objects] == [(1, "d"), (2, "b"), (3, "c")]
    assert objects[2]["colour"] == [9, 8, 7]
    assert {each["band"] for each in objects} == {4}
    assert len({tuple(each["colour"]) for each in objects}) == 3


def test_a_page_that_knows_the_newest_revision_is_told_of_the_job_alone(page: Page) -> None:
    page.click(0)
    project = page.project
    revision = project.changes.revision
    told = update(project, revision)
    assert (told["project"], told["lanes"]) == (None, None)
    assert told["job"]["kind"] == "open"
    assert "changed" not in told
    told = update(project, revision - 1)
    assert told["project"]["revision"] == revision


def test_a_frame_is_told_object_by_object(page: Page) -> None:
    page.click(4)
    page.tell("/track")
    page.wait()
    told = describe_frame(page.project, 4)["objects"][1]
    assert (told["status"], told["confidence"], told["refined"]) == ("known", 1.0, False)
    assert (told["points"], told["labels"], told["box"]) == (((*CLIP.centre(4),),), (1,), None)
    told = describe_frame(page.project, 5)["objects"][1]
    assert (told["status"], told["points"], told["labels"], told["box"]) == ("tracked", [], [], None)
    assert 0 <= told["confidence"] <= 1
    with pytest.raises(InputError, match="frame 12 does not exist"):
        describe_frame(page.project, 12)
