"""Classes of a collection in the editor, what is like an object in other videos, and two labellers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from tests.track_anything.ui.desk_fixtures import CLIP, PATIENCE, Visitor
from tests.track_anything.ui.labellers import ahead, ask, open_video, states, told
from track_anything.collection.desk import Collection
from track_anything.models.detector import YoloxDetector
from track_anything.project import Project
from track_anything.project.edits import Clear
from track_anything.testing import fake_models
from track_anything.ui.desk import Desk
from track_anything.ui.labelling import OpenCollection
from track_anything.ui.labelling.open_collection import COOKIE

ORANGE, BLUE = [230, 159, 0], [0, 114, 178]


def colours_of(opened: OpenCollection, name: str) -> dict[int, tuple[int, int, int]]:
    with Project(opened.collection.video(name).project, read_only=True) as project:
        return dict(project.state.colours)


def refused(visitor: Visitor, what: str, **body: Any) -> str:
    answer = visitor.http.post(f"/api/collection/{what}", json=body)
    assert answer.status_code == 400, answer.text
    detail: str = answer.json()["detail"]
    return detail


def names_of(visitor: Visitor) -> dict[str, list[str]]:
    return {video["name"]: [each["name"] for each in video["named"]] for video in told(visitor)["videos"]}


def test_who_did_not_follow_the_link_changes_no_class(opened: OpenCollection, visitor: Visitor) -> None:
    visitor.http.cookies.set(COOKIE, "x")
    bodies = {"classes": {"name": "a"}, "classes/drop": {"name": "a"}, "compare": {}}
    bodies["label"] = {"video": "a", "object_id": 1}
    for path, body in bodies.items():
        assert visitor.http.post(f"/api/collection/{path}", json=body).status_code == 404


def test_a_class_is_added_and_an_object_is_of_it_with_an_attribute(tracked: Visitor) -> None:
    ask(tracked, "classes", name=" person ", colour=ORANGE, attributes={"occluded": ["no", "yes"]})
    assert told(tracked)["classes"] == [
        {"name": "person", "colour": ORANGE, "attributes": [{"name": "occluded", "values": ["no", "yes"]}]}
    ]
    page = open_video(tracked, "a")
    ask(tracked, "label", video="a", object_id=1, class_name="person")
    ask(tracked, "label", video="a", object_id=1, values={"occluded": "yes"})
    (shown,) = page.update()["project"]["objects"]
    assert (shown["name"], shown["colour"], shown["attributes"]) == ("person", ORANGE, {"occluded": "yes"})
    assert names_of(tracked) == {"a": ["person"], "b": ["ball"], "broken.mp4": []}
    page.tell("/undo")
    page.tell("/undo")
    assert page.objects == {1: "ball"}


def test_objects_of_all_videos_follow_their_class_open_or_not(
    tracked: Visitor, opened: OpenCollection
) -> None:
    ask(tracked, "classes", name="ball", colour=ORANGE)
    assert colours_of(opened, "b") == {1: tuple(ORANGE)}
    page = open_video(tracked, "a")
    page.click(0, shape=2)
    page.edit("rename_object", object_id=2, name="ball 2")
    ask(tracked, "classes", name="disc", was="ball", colour=BLUE)
    assert page.objects == {1: "disc", 2: "disc 2"}
    assert names_of(tracked)["b"] == ["disc"]
    assert colours_of(opened, "b") == {1: tuple(BLUE)}
    assert [each["name"] for each in told(tracked)["classes"]] == ["disc"]
    page.tell("/undo")
    assert page.objects == {1: "ball", 2: "ball 2"}
    ask(tracked, "classes/drop", name="disc")
    assert told(tracked)["classes"] == []
    assert names_of(tracked)["b"] == ["disc"]  # what is called so stays


def test_a_class_that_cannot_be_is_refused_in_one_line(tracked: Visitor) -> None:
    ask(tracked, "classes", name="ball")
    ask(tracked, "classes", name="cup")
    assert refused(tracked, "classes", name="ball 2") == (
        "'ball 2' is no name for a class: give one without a number at its end"
    )
    assert (
        refused(tracked, "classes", name="cup", was="ball")
        == "there is a class cup already: give another name"
    )
    assert (
        refused(tracked, "classes", name="dog", was="cat") == "unknown class 'cat'; choose one of ball, cup"
    )
    assert refused(tracked, "classes/drop", name="cat") == "unknown class 'cat'; choose one of ball, cup"
    assert refused(tracked, "label", video="a", object_id=7, class_name="cup").startswith("there is no obje")


def test_a_class_keeps_its_name_where_a_project_is_open_elsewhere(
    tracked: Visitor, opened: OpenCollection
) -> None:
    ask(tracked, "classes", name="ball")
    with Project(opened.collection.video("b").project):
        answer = tracked.http.post("/api/collection/classes", json={"name": "disc", "was": "ball"})
    assert "ball is not renamed in b (" in answer.json()["detail"]
    assert [each["name"] for each in told(tracked)["classes"]] == ["ball"]
    assert names_of(tracked) == {"a": ["disc"], "b": ["ball"], "broken.mp4": []}
    ask(tracked, "classes", name="disc", was="ball")  # the same again
    assert names_of(tracked) == {"a": ["disc"], "b": ["disc"], "broken.mp4": []}


def test_what_is_like_an_object_is_proposed_in_the_other_videos(
    labeller: Visitor, opened: OpenCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(YoloxDetector, "detect", lambda *_, **__: [])
    page = open_video(labeller, "a")
    page.click(0, shape=2)
    page.edit("rename_object", object_id=1, name="disc")
    ask(labeller, "propose", videos=["a", "b", "broken.mp4"], like={"video": "a", "object_id": 1})
    ahead(opened)
    assert names_of(labeller) == {"a": ["disc"], "b": ["disc"], "broken.mp4": []}
    assert states(labeller)["b"] == "tracked"
    with Project(opened.collection.video("b").project, read_only=True) as project:
        assert (project.mask(0, 1) & (CLIP.label_map(0) == 2)).sum() > 0.9 * (CLIP.label_map(0) == 2).sum()
    refusal = refused(labeller, "propose", videos=["b"], like={"video": "none", "object_id": 1})
    assert refusal.startswith("unknown video 'none'")


def test_an_example_that_is_not_there_is_told_of_each_video(
    labeller: Visitor, opened: OpenCollection
) -> None:
    ask(labeller, "propose", videos=["b"], like={"video": "a", "object_id": 3})
    ahead(opened)
    fault = next(video["fault"] for video in told(labeller)["videos"] if video["name"] == "b")
    assert fault.startswith("there is no object 3")


@pytest.fixture
def two_labellers(app: FastAPI, desk: Desk, folder: Path, tmp_path: Path) -> Iterator[OpenCollection]:
    mine, theirs = (Collection(folder, tmp_path / name) for name in ("anna", "ben"))
    for place, collection in enumerate((mine, theirs)):
        with collection.session("a", fake_models) as session:
            x, y = CLIP.centre(0)
            session.click(frame=0, object_id=session.add_object("disc"), x=x, y=y)
            session.track().run()
            if place:  # who saw nothing on a frame
                session.project.edit(Clear(1, 5, 6))
    collection = OpenCollection(mine, desk, theirs)
    app.state.collection = collection
    yield collection
    collection.close()
    app.state.collection = None


def test_two_labellers_are_compared_and_the_frame_on_which_they_differ_is_told(
    two_labellers: OpenCollection, visitor: Visitor
) -> None:
    visitor.http.get("/" + two_labellers.link())
    assert told(visitor)["comparison"] == {
        "other": "ben", "status": None, "error": None, "scores": None, "notes": []
    }  # fmt: skip
    ask(visitor, "compare")
    assert two_labellers.comparison.wait(PATIENCE)
    said = told(visitor)["comparison"]
    (only,) = said["scores"]["objects"]
    assert (said["status"], said["error"], said["scores"]["count"]) == ("done", None, 1)
    assert (only["video"], only["name"], only["frame"]) == ("a", "disc", 5)
    assert only["j"] == said["scores"]["j"] == pytest.approx(1 - 1 / CLIP.frame_count, abs=0.002)


def test_without_another_labeller_there_is_nothing_to_compare(tracked: Visitor) -> None:
    assert told(tracked)["comparison"] is None
    assert refused(tracked, "compare") == (
        "there is no other labeller here: start the server with --other FOLDER"
    )


def test_what_cannot_be_compared_is_said_without_places(
    two_labellers: OpenCollection, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(two_labellers.comparison._other, "videos", {})
    visitor.http.get("/" + two_labellers.link())
    ask(visitor, "compare")
    assert two_labellers.comparison.wait(PATIENCE)
    said = told(visitor)["comparison"]
    assert said["error"].startswith("there is no video that both have labelled")
