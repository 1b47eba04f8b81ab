"""The types of what the server says (``web/state/wire.js``) have the fields that it says."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.track_anything.ui.desk_fixtures import Page, draw
from track_anything.collection.desk import Collection
from track_anything.ui.desk import Desk
from track_anything.ui.labelling import OpenCollection, Wish
from track_anything.ui.page import WEB_FOLDER


@pytest.fixture(scope="module")
def types() -> dict[str, set[str]]:
    """The fields of every type that is told field by field."""
    text = (WEB_FOLDER / "state" / "wire.js").read_text()
    blocks = re.findall(r"@typedef \{object\} (\w+)(.*?)\*/", text, re.DOTALL)
    return {name: set(re.findall(r"@property \{.*?\} \[?(\w+)", block)) for name, block in blocks}


def test_a_project_is_told_as_its_types_say(page: Page, types: dict[str, set[str]]) -> None:
    page.click(0)
    page.tell("/track")
    page.wait()
    told = page.update()
    project: dict[str, Any] = told["project"]
    assert set(told) == types["Update"]
    assert set(project) == types["Project"]
    assert set(project["video"]) == types["Video"]
    assert set(project["objects"][0]) == types["TrackedObject"]
    assert set(project["objects"][0]["clean_up"]) == types["CleanUp"]
    assert set(told["job"]) == types["Job"]
    assert set(told["job"]["memory"]) == types["Memory"]
    assert set(told["models"]) == types["Models"]
    offers = page.get("/models").json()
    assert set(offers["segmenters"][0]) == set(offers["presets"][0]) == types["ModelOffer"]
    assert set(offers["trackers"][0]) == types["ModelOffer"]


def test_what_can_be_opened_is_told_as_its_types_say(page: Page, types: dict[str, set[str]]) -> None:
    home = page.visitor.http.get("/api/home").json()
    assert set(home) == types["Home"]
    assert set(home["recent"][0]) == types["RecentProject"]


def test_a_collection_is_told_as_its_types_say(
    page: Page, desk: Desk, types: dict[str, set[str]], tmp_path: Path
) -> None:
    draw(tmp_path / "clips" / "a")
    collection = OpenCollection(Collection(tmp_path / "clips"), desk)
    assert set(collection.describe()) == types["CollectionSaid"]
    collection.ahead.ask([Wish("a")])
    told = collection.describe()
    assert set(told["videos"][0]) == types["CollectionVideo"]
    assert told["ahead"] is None or set(told["ahead"]) == types["Ahead"]
    collection.close()


def test_how_objects_stand_on_a_frame_is_told_as_its_types_say(
    page: Page, types: dict[str, set[str]]
) -> None:
    page.click(0)
    standing = page.get("/about/0").json()["objects"]["1"]
    assert set(standing) == types["Standing"] | {"points", "labels", "box"}


def test_the_answers_to_a_click_are_told_as_their_types_say(page: Page, types: dict[str, set[str]]) -> None:
    assert set(page.click(0)["candidates"]) == types["CandidatesSaid"]
