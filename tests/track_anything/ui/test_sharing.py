"""What one visitor does, and what the others notice of it: nothing."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.track_anything.ui.desk_fixtures import PATIENCE, Gate, Page, Visitor, draw, eventually
from tests.track_anything.video.child.children import Children
from track_anything.session import Session
from track_anything.testing import fake_models
from track_anything.ui import task
from track_anything.ui.desk import Desk
from track_anything.ui.limits import LimitError, Limits
from track_anything.ui.model_loader import ModelLoader


@pytest.fixture
def other(new_visitor: Callable[[], Visitor], frames: Path) -> Page:
    """A project of somebody else."""
    return new_visitor().open(frames)


def held(page: Page, gate: Gate) -> None:
    """A project at work on a frame that does not end."""
    page.click(0)
    gate.close()
    page.tell("/track")
    gate.wait_for_arrival()


def test_fault_06_a_delete_holds_up_nobody_while_the_job_ends(
    page: Page, other: Page, gate: Gate, desk: Desk
) -> None:
    held(page, gate)
    with ThreadPoolExecutor(1) as thread:
        deleting = thread.submit(page.post, "/delete")
        eventually(lambda: page.project_id not in desk._open)
        assert other.get("/update").status_code == 200  # while the frame is still in hand
        assert desk.find(page.project_id, dict(page.visitor.http.cookies)) is None
        assert deleting.result(PATIENCE).status_code == 200
    assert page.get("/update").status_code == 404
    assert page.visitor.recent() == []
    folder = desk.workspace.folder / page.project_id
    assert folder.exists()  # the job still writes there
    gate.open()
    eventually(lambda: not folder.exists())


def test_fault_06_waiting_for_networks_can_be_broken_off(page: Page) -> None:
    loading = threading.Event()
    page.project.loader = ModelLoader(lambda _: loading.wait(PATIENCE) and fake_models())  # type: ignore[arg-type]
    page.tell("/objects")
    page.project.session.give_mask(frame=0, object_id=1, mask=page.label_map(0) == 0)
    page.tell("/track")
    eventually(lambda: page.update()["job"]["stage"] == "models")
    page.tell("/job/cancel")
    assert page.wait()["status"] == "cancelled"
    loading.set()


def test_fault_06_an_undo_does_not_wait_for_ever(
    page: Page, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task, "_SECONDS_TO_END", 0.05)
    held(page, gate)
    assert page.refused("/undo", 409).startswith("tracking has not ended yet: wait for the frame in hand")
    gate.open()
    page.wait()
    page.tell("/undo")


def test_a_project_that_is_opened_again_waits_until_it_was_closed(page: Page, gate: Gate, desk: Desk) -> None:
    held(page, gate)
    before = page.project
    with desk._lock:
        desk._close(page.project_id)
    again = page.project
    assert again is not before
    assert again.job is not None
    assert not again.job.wait(0.2)
    gate.open()
    assert page.wait()["status"] == "done"
    assert page.label_map(0).any()


def test_fault_07_reading_ends_when_there_is_no_more_room(visitor: Visitor, desk: Desk, root: Path) -> None:
    asked: list[int] = []

    def check(wanted: int = 0) -> None:
        asked.append(wanted)
        if len(asked) > 3:
            raise LimitError("all projects together take what there is")

    desk.room.check = check  # type: ignore[method-assign]
    (root / "clip.mp4").write_bytes(sample())
    page = visitor.open(root / "clip.mp4")
    told = page.update()["job"]
    assert (told["status"], told["error"]) == ("failed", "all projects together take what there is")
    assert list((desk.workspace.folder / page.project_id).rglob("*.jpg")) == []


def test_fault_07_exports_end_when_there_is_no_more_room(page: Page) -> None:
    page.click(0)

    def check() -> None:
        raise LimitError("all projects together take what there is")

    page.project._check_room = check
    page.tell("/export", form="masks")
    told = page.wait()
    assert (told["status"], told["error"]) == ("failed", "all projects together take what there is")
    assert page.get("/exports").json() == []


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSEGV])
def test_fault_15_a_decoder_that_dies_ends_its_open_and_nobody_else_notices(
    desk: Desk, visitor: Visitor, other: Page, root: Path, blow: signal.Signals
) -> None:
    children = Children()
    desk._reader = children.reader()
    check = desk.room.check

    def strike(wanted: int = 0) -> None:
        """Asked after every frame: the first child dies with most of the video before it."""
        if len(children) == 1:
            os.kill(children[0].pid, blow)
        check(wanted)

    desk.room.check = strike  # type: ignore[method-assign]
    (root / "clip.mp4").write_bytes(sample())
    answer = visitor.http.post("/api/path", json={"path": str(root / "clip.mp4")})
    page = Page(visitor, answer.json()["id"])
    job = page.project.job
    assert job is not None
    assert job.wait(10 * PATIENCE)  # a process is started, on a machine that may be busy
    told = page.wait()
    assert told["status"] == "failed"
    assert told["error"].startswith("clip.mp4 cannot be read: its decoder ended before its time (")
    assert other.get("/update").status_code == 200
    other.click(0)
    desk.room.check = check  # type: ignore[method-assign]
    answer = visitor.http.post("/api/path", json={"path": str(root / "clip.mp4")})
    again = Page(visitor, answer.json()["id"])
    job = again.project.job
    assert job is not None
    assert job.wait(10 * PATIENCE)
    assert again.update()["job"]["error"] is None
    assert again.update()["project"]["video"]["frames"] == 150
    assert not any(child.is_alive for child in children)


def test_fault_19_one_visitor_does_not_take_all_seats(
    desk: Desk, visitor: Visitor, new_visitor: Callable[[], Visitor], frames: Path
) -> None:
    desk.limits = Limits(spare_disk=0, open_projects=4)
    visitor.open(frames)  # from here on he is known by his cookie
    for _ in range(3):
        visitor.open(frames)
    answer = visitor.http.post("/api/path", json={"path": str(frames)})
    assert answer.status_code == 507
    assert answer.json()["detail"].startswith("you have 3 projects in use, as many as one visitor may have")


def test_fault_19_who_has_least_finds_a_seat_although_others_are_there(
    desk: Desk, new_visitor: Callable[[], Visitor], frames: Path
) -> None:
    desk.limits = Limits(spare_disk=0, open_projects=3)
    for name in ("one", "one", "other"):
        desk.open_path(frames, visitor=name)
    eventually(lambda: not any(project.is_busy for project in desk._open.values()))
    entry, _ = desk.open_path(frames, visitor="third")
    assert sorted(project.visitor or "" for project in desk._open.values()) == ["one", "other", "third"]
    assert entry.id in desk._open


def test_fault_19_one_visitor_sends_few_files_at_once(desk: Desk) -> None:
    sending = [desk.reserve_upload("x.mp4", 10, "one")[0] for _ in range(desk.limits.uploads)]
    with pytest.raises(LimitError, match="you are sending 4 files already: wait until one of them is here"):
        desk.reserve_upload("x.mp4", 10, "one")
    desk.reserve_upload("x.mp4", 10, "other")
    desk.end_upload(sending[0])
    desk.reserve_upload("x.mp4", 10, "one")


def test_fault_20_errors_name_files_without_their_places(visitor: Visitor, desk: Desk, root: Path) -> None:
    answer = visitor.http.post("/api/upload", params={"name": "junk.mp4"}, content=b"junk")
    page = Page(visitor, answer.json()["id"])
    error = page.wait()["error"]
    assert error.startswith("junk.mp4 cannot be opened as a video")
    (root / "my notes").mkdir()
    (root / "my notes" / "junk.mp4").write_text("junk")
    assert visitor.open(root / "my notes" / "junk.mp4").wait()["error"].startswith("junk.mp4 cannot be")
    answer = visitor.http.post("/api/path", json={"path": str(root / "my notes" / "gone.mp4")})
    for text in (error, answer.text):
        assert str(root.parent) not in text


def test_fault_28_a_project_tells_nothing_of_files_outside_of_the_roots(
    visitor: Visitor, root: Path, frames: Path
) -> None:
    elsewhere = draw(root.parent / "elsewhere")
    answers = []
    for place in (elsewhere, root.parent / "nowhere"):
        Session.create(frames, root / place.name, fake_models).close()
        description = root / place.name / "project.json"
        description.write_text(description.read_text().replace(str(frames), str(place)))
        answer = visitor.http.post("/api/path", json={"path": str(root / place.name)})
        answers.append((answer.status_code, answer.text.replace(place.name, "place")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 400
    assert "lies outside of the folders" in answers[0][1]


def sample() -> bytes:
    from track_anything.video.sample import sample_clip

    return sample_clip().read_bytes()
