"""A collection that the server was started with: who may see it, and all that can be done with it."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from tests.track_anything.ui.desk_fixtures import CLIP, PATIENCE, Gate, Page, Visitor, draw, eventually
from track_anything.collection.desk import Collection
from track_anything.models.detector import Detection
from track_anything.types import Image
from track_anything.ui import everything
from track_anything.ui.desk import Desk
from track_anything.ui.labelling import OpenCollection
from track_anything.ui.labelling.open_collection import COOKIE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two clips and something that looks like one."""
    made = tmp_path / "clips"
    made.mkdir()
    for name in ("a", "b"):
        draw(made / name)
    (made / "broken.mp4").write_bytes(b"no video")
    return made


@pytest.fixture
def opened(app: FastAPI, desk: Desk, folder: Path) -> Iterator[OpenCollection]:
    collection = OpenCollection(Collection(folder), desk)
    app.state.collection = collection
    yield collection
    collection.close()
    app.state.collection = None


@pytest.fixture
def labeller(opened: OpenCollection, visitor: Visitor) -> Visitor:
    """Somebody who followed the link."""
    answer = visitor.http.get("/" + opened.link(), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return visitor


class DiscLocator:
    """Finds the first disc of the clip."""

    def check(self, phrase: str) -> None:
        pass

    def locate(self, image: Image, phrase: str, *, least: float = 0.3) -> list[Detection]:
        (x, y), reach = CLIP.centre(0), CLIP.radius
        return [Detection(phrase, 0.9, (x - reach, y - reach, x + reach + 1, y + reach + 1))]


@pytest.fixture(autouse=True)
def located(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(everything, "_locator", DiscLocator)


def told(visitor: Visitor) -> dict[str, Any]:
    answer = visitor.http.get("/api/collection")
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def ask(visitor: Visitor, what: str, **body: Any) -> dict[str, Any]:
    answer = visitor.http.post(f"/api/collection/{what}", json=body)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def states(visitor: Visitor) -> dict[str, str]:
    return {video["name"]: video["state"] for video in told(visitor)["videos"]}


def ahead(opened: OpenCollection) -> None:
    """Wait for what is done in the background."""
    assert opened.ahead.wait(PATIENCE)


def open_video(visitor: Visitor, name: str) -> Page:
    page = Page(visitor, ask(visitor, "open", video=name)["id"])
    page.update()  # a page that is there asks
    page.wait()
    return page


@pytest.fixture
def tracked(labeller: Visitor, opened: OpenCollection) -> Visitor:
    """Somebody for whom a disc was proposed and tracked in both clips."""
    ask(labeller, "propose", videos=["a", "b"], words="ball")
    ahead(opened)
    assert states(labeller) == {"a": "tracked", "b": "tracked", "broken.mp4": "untouched"}
    return labeller


def test_who_did_not_follow_the_link_sees_nothing(
    opened: OpenCollection, new_visitor: Callable[[], Visitor], folder: Path
) -> None:
    labeller, stranger = new_visitor(), new_visitor()
    labeller.http.get("/" + opened.link())
    page = open_video(labeller, "a")
    paths = ["", "/log", "/exports/clips-ytvis.json"]
    posts = ["open", "propose", "track", "stop", "review", "done", "export"]
    stranger.http.cookies.set(COOKIE, "x")
    assert stranger.http.get("/open/collection/x").status_code == 404
    assert {stranger.http.get(f"/api/collection{path}").status_code for path in paths} == {404}
    body = {"video": "a", "videos": ["a"], "form": "ytvis"}
    assert {stranger.http.post(f"/api/collection/{post}", json=body).status_code for post in posts} == {404}
    assert stranger.http.get(page.path("/update")).status_code == 404
    homes = [each.http.get("/api/home").json() for each in (labeller, stranger)]
    assert [home["has_collection"] for home in homes] == [True, False]
    assert labeller.recent() == []  # they are in the list of the collection


def test_a_link_to_a_collection_is_none_where_there_is_no_collection(visitor: Visitor, desk: Desk) -> None:
    assert visitor.http.get("/" + desk.links.issue("collection")).status_code == 404
    assert visitor.http.get("/api/collection").status_code == 404


def test_who_follows_the_link_again_keeps_the_token(labeller: Visitor, opened: OpenCollection) -> None:
    before = labeller.http.cookies[COOKIE]
    labeller.http.get("/" + opened.link())
    assert labeller.http.cookies[COOKIE] == before


def test_nobody_opens_what_is_no_video_of_the_collection(labeller: Visitor, desk: Desk, root: Path) -> None:
    own = labeller.open(draw(root / "elsewhere"))
    answer = labeller.http.post("/api/collection/open", json={"video": "../elsewhere"})
    assert answer.status_code == 400
    assert answer.json()["detail"] == "unknown video '../elsewhere'; choose one of a, b, broken.mp4"
    labeller.http.cookies.delete(f"track-anything-{own.project_id}")
    assert own.get("/update").status_code == 404  # the collection's token opens its own videos alone


def test_objects_are_proposed_and_tracked_in_the_background_and_a_fault_stops_nothing(
    labeller: Visitor, opened: OpenCollection, folder: Path
) -> None:
    ask(labeller, "propose", videos=["broken.mp4", "a", "b"], words="ball")
    ahead(opened)
    assert states(labeller) == {"a": "tracked", "b": "tracked", "broken.mp4": "untouched"}
    videos = {video["name"]: video for video in told(labeller)["videos"]}
    assert videos["a"]["objects"] == 1
    assert (videos["a"]["known"], videos["a"]["masks"]) == (1, CLIP.frame_count)
    assert videos["a"]["has_picture"]
    assert videos["broken.mp4"]["fault"]
    assert str(folder.parent) not in json.dumps(told(labeller))
    assert told(labeller)["ahead"] is None


def test_projects_that_nobody_looks_at_are_closed_again(tracked: Visitor, opened: OpenCollection) -> None:
    with Collection(opened.collection.folder.parent / "clips").session("a") as session:  # they are unlocked
        assert session.project.state.objects == {1: "ball"}


def test_a_video_that_is_shown_stays_open_and_changes_under_the_eyes_of_who_looks(
    labeller: Visitor, opened: OpenCollection
) -> None:
    page = open_video(labeller, "a")
    before = page.revision
    ask(labeller, "propose", videos=["a"], words="ball")
    page.update()
    ahead(opened)
    assert page.revision > before
    assert page.objects == {1: "ball"}


def test_what_is_done_in_the_background_can_be_stopped_and_gone_on_with(
    labeller: Visitor, opened: OpenCollection, gate: Gate
) -> None:
    gate.close()
    ask(labeller, "propose", videos=["a", "b"], words="ball")
    gate.wait_for_arrival()
    running = told(labeller)["ahead"]
    assert (running["video"], running["done"], running["total"]) == ("a", 0, 2)
    ask(labeller, "stop")
    gate.open()
    ahead(opened)
    assert states(labeller) == {"a": "proposed", "b": "untouched", "broken.mp4": "untouched"}
    ask(labeller, "track", videos=["a", "b", "broken.mp4"])
    ahead(opened)
    assert states(labeller)["a"] == "tracked"


def test_a_video_in_which_a_job_runs_is_left_alone(
    tracked: Visitor, opened: OpenCollection, gate: Gate
) -> None:
    page = open_video(tracked, "a")
    page.edit("clear", object_id=1, start=5, stop=6)
    gate.close()
    page.tell("/track", anew=True)
    gate.wait_for_arrival()
    ask(tracked, "track", videos=["a"])
    ahead(opened)
    fault = next(video["fault"] for video in told(tracked)["videos"] if video["name"] == "a")
    assert fault == "another job is running (track): wait for it, or cancel it first"
    gate.open()


def test_nothing_found_is_said_with_what_to_do(
    labeller: Visitor, opened: OpenCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DiscLocator, "locate", lambda *_, **__: [])
    ask(labeller, "propose", videos=["a"], words="ball")
    ahead(opened)
    assert told(labeller)["videos"][0]["fault"] == (
        "nothing was found on frame 0: open the video and click what is to be labelled"
    )


def test_a_review_is_one_step_to_undo_whether_the_video_is_open_or_not(tracked: Visitor) -> None:
    ask(tracked, "review", video="b")
    page = open_video(tracked, "a")
    page.click(0, shape=2)
    page.tell("/track")
    page.wait()
    ask(tracked, "review", video="a", frames=[0, 4])
    assert states(tracked) == {"a": "tracked", "b": "reviewed", "broken.mp4": "untouched"}
    ask(tracked, "review", video="a")
    assert states(tracked)["a"] == "reviewed"
    page.tell("/undo")
    page.tell("/undo")
    (video,) = (video for video in told(tracked)["videos"] if video["name"] == "a")
    assert (video["state"], video["known"], video["objects"]) == ("tracked", 2, 2)


def test_what_has_no_masks_yet_is_not_right(labeller: Visitor) -> None:
    answer = labeller.http.post("/api/collection/review", json={"video": "a"})
    assert answer.json()["detail"] == "a has no objects yet: label it first"
    page = open_video(labeller, "a")
    answer = labeller.http.post("/api/collection/review", json={"video": "a"})
    assert answer.json()["detail"] == "a has no objects yet: label it first"
    page.click(0)
    answer = labeller.http.post("/api/collection/review", json={"video": "a"})
    assert answer.json()["detail"] == "frame 1 of a has no mask yet: track it first"


def test_a_person_says_that_a_video_is_done_and_takes_it_back(tracked: Visitor) -> None:
    ask(tracked, "done", videos=["a"])
    assert states(tracked)["a"] == "done"
    ask(tracked, "done", videos=["a"], is_done=False)
    assert states(tracked)["a"] == "tracked"


@pytest.mark.parametrize(("form", "file"), [("ytvis", "clips-ytvis.json"), ("yolo", "clips-yolo.zip")])
def test_the_collection_is_handed_out_as_a_data_set(
    tracked: Visitor, opened: OpenCollection, form: str, file: str
) -> None:
    ask(tracked, "review", video="a")
    ask(tracked, "export", form=form)
    assert opened.data_sets.wait(PATIENCE)
    made = told(tracked)["data_set"]
    assert (made["status"], made["file"], made["error"]) == ("done", file, None)
    assert [each["name"] for each in told(tracked)["files"]] == [file]
    answer = tracked.http.get(f"/api/collection/exports/{file}")
    assert "attachment" in answer.headers["content-disposition"]
    if form == "ytvis":
        assert [video["file_names"][0].split("/")[0] for video in answer.json()["videos"]] == ["a"]
    else:
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert any(name.endswith(".txt") for name in names)


def test_a_share_of_the_videos_goes_to_validation(tracked: Visitor, opened: OpenCollection) -> None:
    ask(tracked, "export", form="ytvis", validation=0.5, all=True)
    assert opened.data_sets.wait(PATIENCE)
    answer = tracked.http.get("/api/collection/exports/clips-ytvis.zip")
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    parts = {name: json.loads(packed.read(name)) for name in packed.namelist()}
    assert sorted(parts) == ["clips-ytvis/train.json", "clips-ytvis/val.json"]
    assert [len(part["videos"]) for part in parts.values()] == [1, 1]


def test_what_cannot_be_handed_out_is_said_in_one_line(tracked: Visitor, opened: OpenCollection) -> None:
    answer = tracked.http.post("/api/collection/export", json={"form": "none"})
    assert "unknown form of data set 'none'; choose one of" in answer.json()["detail"]
    answer = tracked.http.post("/api/collection/export", json={"form": "coco", "validation": 1})
    assert "no share of the videos" in answer.json()["detail"]
    ask(tracked, "export", form="coco")
    assert opened.data_sets.wait(PATIENCE)
    made = told(tracked)["data_set"]
    assert made["status"] == "failed"
    assert made["error"] == "no video is reviewed or done: review one, or ask for all that have objects"
    assert tracked.http.get("/api/collection/exports/..%2Fdesk.json").status_code == 404


def test_the_edit_log_of_all_videos_can_be_had(tracked: Visitor) -> None:
    answer = tracked.http.get("/api/collection/log")
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert {line["video"] for line in lines} == {"a", "b"}
    assert "attachment" in answer.headers["content-disposition"]


def test_a_collection_is_gone_on_with_by_another_server(
    tracked: Visitor, opened: OpenCollection, desk: Desk
) -> None:
    again = OpenCollection(opened.collection, desk)
    assert again.entry("a").id == opened.entry("a").id
    assert again.describe()["videos"][0]["id"] == opened.entry("a").id


def test_a_video_that_was_deleted_from_the_workspace_is_opened_anew(tracked: Visitor) -> None:
    page = open_video(tracked, "a")
    page.tell("/delete")
    assert told(tracked)["videos"][0]["id"] is None
    again = open_video(tracked, "a")
    assert again.project_id != page.project_id
    assert again.objects == {1: "ball"}  # what was labelled is in the project, which stays


def test_what_changes_a_standing_is_seen_and_nothing_else_is_read_again(
    tracked: Visitor, opened: OpenCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from track_anything.ui.labelling import kept_standings

    looked: list[str] = []
    standing_of = kept_standings.standing_of

    def counted(name: str, *args: Any, **options: Any) -> Any:
        looked.append(name)
        return standing_of(name, *args, **options)

    monkeypatch.setattr(kept_standings, "standing_of", counted)
    told(tracked)
    told(tracked)
    assert looked == []
    page = open_video(tracked, "b")
    told(tracked)
    looked.clear()
    page.click(3, object_id=1)
    eventually(lambda: page.update()["job"]["status"] == "done")
    assert states(tracked)["b"] == "proposed"
    told(tracked)
    assert looked == ["b"]
