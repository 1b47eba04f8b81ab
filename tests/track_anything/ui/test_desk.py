"""The open projects of a server: found by token, closed when idle."""

import shutil
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.track_anything.ui.desk_fixtures import CLIP, PATIENCE, Gate, Page, Visitor, draw, eventually
from track_anything.errors import InputError
from track_anything.session import Session
from track_anything.testing import fake_models
from track_anything.ui.desk import COOKIE_PREFIX, Desk
from track_anything.ui.limits import LimitError, Limits
from track_anything.ui.model_shelf import ModelShelf
from track_anything.ui.open_project import OpenProject
from track_anything.ui.workspace import Entry, Workspace


def tokens(entry: Entry, token: str) -> dict[str, str]:
    """The cookies of who shows a token."""
    return {COOKIE_PREFIX + entry.id: token}


def opened(desk: Desk, path: Path) -> tuple[OpenProject, dict[str, str]]:
    entry, token = desk.open_path(path)
    cookies = tokens(entry, token)
    project = desk.find(entry.id, cookies)
    assert project is not None
    assert project.job is not None
    assert project.job.wait(PATIENCE)
    return project, cookies


def is_open(desk: Desk, project: OpenProject) -> bool:
    is_ending = desk._closer.of(project.entry.id) is not None
    return desk._open.get(project.entry.id) is project or is_ending


def leave(project: OpenProject, seconds: float) -> None:
    """Nobody has asked for a project for so long."""
    project.last_asked = time.monotonic() - seconds


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> Desk:
    """A desk that looks for idle projects all the time."""
    monkeypatch.setattr("track_anything.ui.desk._SWEEP_INTERVAL", 0.01)
    desk._sweeper = threading.Thread(target=desk._sweep, daemon=True)
    desk._sweeper.start()
    return desk


def test_a_project_is_found_by_who_shows_its_token(desk: Desk, frames: Path) -> None:
    project, cookies = opened(desk, frames)
    project_id = project.entry.id
    assert desk.find(project_id, cookies) is project
    assert [entry.id for entry in desk.entries_of(cookies)] == [project_id]
    for wrong in ({}, {COOKIE_PREFIX + project_id: ""}, {COOKIE_PREFIX + project_id: "x"}, {project_id: "x"}):
        assert desk.find(project_id, wrong) is None
        assert list(desk.entries_of(wrong)) == []
    for no_id in ("", "..", "0" * 12, project_id.upper() + "x"):
        assert desk.find(no_id, {COOKIE_PREFIX + no_id: "x"}) is None


def test_an_idle_project_is_closed_kept_and_opened_again(swept: Desk, page: Page) -> None:
    page.click(3)
    before = page.update()
    project = page.project
    leave(project, swept.limits.idle + 1)
    eventually(lambda: not is_open(swept, project))
    with Session.open(project.entry.project, fake_models) as session:  # nobody holds it any more
        assert session.label_map(3).any()
    assert page.visitor.recent() == [page.project_id]
    page.get("/update")
    assert page.wait()["status"] == "done"
    assert page.project is not project
    after = page.update()
    assert after["project"].pop("revision") > before["project"].pop("revision")
    assert after["project"] == before["project"]
    np.testing.assert_array_equal(page.label_map(3), CLIP.label_map(3) == 1)
    page.tell("/undo")
    assert not page.label_map(3).any()


def test_a_project_at_work_is_not_closed(swept: Desk, page: Page, gate: Gate) -> None:
    page.click(0)
    gate.close()
    page.tell("/track")
    gate.wait_for_arrival()
    project = page.project
    leave(project, swept.limits.idle + 1)
    time.sleep(0.1)  # many looks
    assert is_open(swept, project)
    gate.open()
    eventually(lambda: not is_open(swept, project))
    page.get("/update")
    page.wait()
    np.testing.assert_array_equal(page.label_map(11), CLIP.label_map(11) == 1)


def test_a_project_in_use_is_not_closed(swept: Desk, page: Page) -> None:
    project = page.project
    leave(project, swept.limits.idle - 60)
    time.sleep(0.1)
    assert is_open(swept, project)


def test_a_project_whose_video_cannot_be_read_is_kept_and_tried_again(
    swept: Desk, visitor: Visitor, root: Path
) -> None:
    frames = draw(root / "late")
    page = visitor.open(frames)
    page.click(3)
    project = page.project
    leave(project, swept.limits.idle + 1)
    eventually(lambda: not is_open(swept, project))
    shutil.rmtree(project.entry.project / "cache")
    content = (frames / "00005.png").read_bytes()
    (frames / "00005.png").write_bytes(b"not yet")
    page.get("/update")
    assert page.wait()["status"] == "failed"
    (frames / "00005.png").write_bytes(content)
    leave(page.project, 100)
    eventually(lambda: page.project_id not in swept._open)
    page.get("/update")
    assert page.wait()["status"] == "done"
    assert page.label_map(3).any()


@pytest.mark.parametrize("content", [b"text", b""])
def test_what_was_never_read_is_not_offered_and_leaves_no_corpse(
    swept: Desk, visitor: Visitor, content: bytes
) -> None:
    answer = visitor.http.post("/api/upload", params={"name": "holiday.mp4"}, content=content)
    page = Page(visitor, answer.json()["id"])
    job = page.wait()
    assert job["status"] == "failed"
    assert "holiday.mp4" in job["error"]
    assert str(swept.workspace.folder) not in job["error"]  # a name, not where it lies on the server
    assert visitor.recent() == []
    leave(page.project, 100)
    eventually(lambda: list(swept.workspace.folder.iterdir()) == [])


def test_a_seat_is_made_free_by_the_project_that_was_used_least_lately(desk: Desk, frames: Path) -> None:
    desk.limits = Limits(spare_disk=0, open_projects=3)
    (first, _), (second, cookies), (third, _) = (opened(desk, frames) for _ in range(3))
    for project, seconds in ((first, 20), (second, 40), (third, 10)):
        leave(project, seconds)
    fourth, _ = opened(desk, frames)
    eventually(lambda: not is_open(desk, second))  # it is closed on a thread of its own
    assert [is_open(desk, project) for project in (first, second, third, fourth)] == [True, False, True, True]
    again = desk.find(second.entry.id, cookies)
    assert again is not None
    eventually(lambda: not is_open(desk, first))


def test_no_seat_is_made_free_by_a_project_in_use_or_at_work(
    desk: Desk, page: Page, gate: Gate, frames: Path
) -> None:
    desk.limits = Limits(spare_disk=0, open_projects=2)
    page.click(0)
    gate.close()
    page.tell("/track")
    gate.wait_for_arrival()
    leave(page.project, 1000)
    opened(desk, frames)  # by somebody who is looking at it
    kept = list(desk.workspace)
    with pytest.raises(LimitError, match="2 projects are in use, as many as .* try again later, or start it"):
        desk.open_path(frames)
    with pytest.raises(LimitError, match="2 projects are in use"):
        desk.open_sample()
    with pytest.raises(LimitError, match="2 projects are in use"):
        desk.reserve_upload("x.mp4", 1)
    assert list(desk.workspace) == kept
    assert len(list(desk.workspace.folder.iterdir())) == 2


def test_who_comes_back_while_all_seats_are_taken_is_told_so(
    desk: Desk, page: Page, new_visitor: Callable[[], Visitor], frames: Path
) -> None:
    desk.limits = Limits(spare_disk=0, open_projects=1)
    leave(page.project, 10)
    other = new_visitor().open(frames)
    answer = page.get("/update")
    assert (answer.status_code, "higher --open-limit" in answer.json()["detail"]) == (507, True)
    leave(other.project, 10)
    assert page.get("/update").status_code == 200


def test_who_started_the_server_opens_anything_and_goes_on_with_it_the_next_time(
    desk: Desk, tmp_path: Path
) -> None:
    frames = draw(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="lies outside"):
        desk.open_path(frames)
    _, project_id, link = desk.link_to(frames).split("/")
    _, again, other_link = desk.link_to(frames).split("/")
    assert again == project_id
    token, other_token = (desk.follow(project_id, each, {}) or "" for each in (link, other_link))
    cookies, others = ({COOKIE_PREFIX + project_id: each} for each in (token, other_token))
    project = desk.find(project_id, cookies)
    assert project is not None
    assert desk.find(project_id, others) is project
    with pytest.raises(InputError, match="there is no file or folder"):
        desk.link_to(tmp_path / "missing.mp4")


def test_fault_37_a_link_holds_as_long_as_its_server_runs_and_adds_nothing_by_itself(
    desk: Desk, frames: Path, root: Path
) -> None:
    _, project_id, link = desk.link_to(frames).split("/")
    own = desk.follow(project_id, link, {})
    kept = desk.workspace.find(project_id)
    assert desk.follow(project_id, link, {COOKIE_PREFIX + project_id: own or ""}) == own
    desk.link_to(frames)
    assert desk.workspace.find(project_id) == kept
    assert desk.find(project_id, {COOKIE_PREFIX + project_id: link}) is None  # a link is no token
    desk.close()
    later = Desk(desk.workspace, ModelShelf(lambda _: fake_models()), desk.limits, (root,))
    assert later.follow(project_id, link, {}) is None
    later.close()


def test_a_visitor_gets_a_project_of_his_own_of_a_video_that_others_opened(desk: Desk, frames: Path) -> None:
    project_id = desk.link_to(frames).split("/")[1]
    other, _ = desk.open_path(frames)
    assert other.id != project_id
    assert [entry.project for entry in desk.workspace if entry.id == project_id] != [other.project]


def test_a_video_whose_name_is_in_another_encoding_can_be_told_of(desk: Desk, root: Path) -> None:
    project, cookies = opened(desk, draw(root / "caf\udce9"))
    assert project.is_ready
    assert [entry.name for entry in desk.entries_of(cookies)] == ["caf?"]


def test_an_upload_that_cannot_be_unpacked_leaves_nothing(desk: Desk) -> None:
    project_id, path = desk.reserve_upload("clip.zip", 3)
    path.write_bytes(b"zip")
    with pytest.raises(InputError, match="the zip file cannot be unpacked"):
        desk.open_upload(project_id, path)
    assert list(desk.workspace.folder.iterdir()) == []


def test_a_zip_that_unpacks_to_more_than_there_is_room_for_is_refused_and_gone(desk: Desk) -> None:
    project_id, path = desk.reserve_upload("clip.zip", 3)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.png", bytes(1 << 20))
    desk.limits = Limits(spare_disk=0, disk=1 << 19)
    with pytest.raises(LimitError, match="all projects together"):
        desk.open_upload(project_id, path)
    assert not path.exists()


def test_an_upload_lies_where_nothing_of_ours_does(desk: Desk) -> None:
    for name in ("entry.json", "project", "exports", "../entry.json"):
        project_id, path = desk.reserve_upload(name, 1)
        assert path.parent.parent == desk.workspace.folder / project_id
        assert path.parent.is_dir()
        assert not path.exists()


def test_closing_ends_all_work_and_keeps_what_is_done(
    tmp_path: Path, frames: Path, root: Path, gate: Gate, page: Page, desk: Desk
) -> None:
    page.click(0)
    gate.close()
    page.tell("/track")
    gate.wait_for_arrival()
    project = page.project
    closing = threading.Thread(target=desk.close)
    closing.start()
    eventually(lambda: project.job is not None and project.job._cancelled.is_set())
    gate.let_through(1)
    closing.join(PATIENCE)
    assert not closing.is_alive()
    assert desk._open == {}
    desk.close()  # twice does no harm
    cookies = dict(page.visitor.http.cookies)
    later = Desk(Workspace(desk.workspace.folder), ModelShelf(lambda _: fake_models()), desk.limits, (root,))
    again = later.find(page.project_id, cookies)
    assert again is not None
    assert again.job is not None
    assert again.job.wait(PATIENCE)
    assert again.session.label_map(1).any()
    assert again.session.project.unfinished_passes()
    later.close()
