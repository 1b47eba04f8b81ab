"""A collection that the server was started with: who may see it, and all that can be done with it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.track_anything.ui.desk_fixtures import CLIP, Gate, Visitor, draw, eventually
from tests.track_anything.ui.labellers import DiscLocator, ahead, ask, open_video, states, told
from track_anything.collection.desk import Collection
from track_anything.collection.desk.standing import standing_of
from track_anything.system.lifecycle import JobStatus
from track_anything.ui.desk import Desk
from track_anything.ui.labelling import Likeness, OpenCollection, Wish
from track_anything.ui.labelling.open_collection import COOKIE


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


def test_a_video_that_somebody_has_open_is_not_closed_when_there_is_little_to_do_in_it(
    tracked: Visitor, opened: OpenCollection, desk: Desk
) -> None:
    open_video(tracked, "a")
    shown = desk.opened(opened.entry("a").id)
    assert shown is not None
    opened.ahead.ask([Wish("a")])  # all of it is tracked
    ahead(opened)
    opened.ahead.ask([Wish("broken.mp4", like=Likeness("a", 1))])
    ahead(opened)
    assert desk.opened(opened.entry("a").id) is shown


def test_what_is_done_in_the_background_can_be_stopped_and_gone_on_with(
    labeller: Visitor, opened: OpenCollection, desk: Desk, gate: Gate
) -> None:
    gate.close()
    ask(labeller, "propose", videos=["a", "b"], words="ball")
    gate.wait_for_arrival()
    project = desk.opened(opened.entry("a").id)
    assert project is not None
    job = project.job
    assert job is not None
    running = told(labeller)["ahead"]
    assert (running["video"], running["done"], running["total"]) == ("a", 0, 2)
    ask(labeller, "stop")
    eventually(lambda: job.asked_for is JobStatus.CANCELLED)  # else twelve frames may be done before
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
    looked: list[str] = []

    def counted(name: str, *args: Any, **options: Any) -> Any:
        looked.append(name)
        return standing_of(name, *args, **options)

    monkeypatch.setattr("track_anything.ui.labelling.kept_standings.standing_of", counted)
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
