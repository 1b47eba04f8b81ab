"""A project from its opening to its closing on the server."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.track_anything.pointing import at
from tests.track_anything.ui.desk_fixtures import CLIP, PATIENCE, Gate, draw, gated_models
from track_anything.errors import InputError, VideoError
from track_anything.project.edits import RenameObject
from track_anything.system.lifecycle import JobStatus
from track_anything.ui.everything import Everything
from track_anything.ui.model_loader import ModelLoader
from track_anything.ui.open_project import OpenProject
from track_anything.ui.task import NotReadyError
from track_anything.ui.workspace import Entry


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    return Entry("0" * 12, tmp_path, "discs", draw(tmp_path / "frames"), tmp_path / "project")


@pytest.fixture
def project(entry: Entry, gate: Gate) -> Iterator[OpenProject]:
    """A project that nobody has begun to read."""
    project = OpenProject(entry, ModelLoader(lambda _: gated_models(gate)))
    yield project
    gate.open()
    project.close()


@pytest.fixture
def ready(project: OpenProject) -> OpenProject:
    """A project with one object that was clicked on frame 0."""
    project.open()
    assert finished(project) is JobStatus.DONE
    with project.changing(None, None):
        object_id = project.session.add_object()
        project.session.click(frame=0, object_id=object_id, **at(CLIP.centre(0)))
    return project


def finished(project: OpenProject) -> JobStatus:
    assert project.job is not None
    assert project.job.wait(PATIENCE)
    return project.job.progress.status


def test_before_it_is_read_there_is_no_session(project: OpenProject) -> None:
    assert not project.is_ready
    assert not project.is_busy
    assert project.describe_job() is None
    with pytest.raises(NotReadyError, match="still being read: wait for it"):
        _ = project.session
    with pytest.raises(NotReadyError, match="still being read"):
        _ = project.changes


def test_reading_finds_the_cuts_and_begins_to_load_the_models(project: OpenProject) -> None:
    project.open()
    assert finished(project) is JobStatus.DONE
    assert project.is_ready
    assert project.cuts == ()
    assert project.loader.begin().result(PATIENCE) is project.loader.ready


def test_what_was_read_is_opened_again_as_it_was(ready: OpenProject) -> None:
    ready.close()
    again = OpenProject(ready.entry, ready.loader)
    again.open()
    assert finished(again) is JobStatus.DONE
    assert again.session.label_map(0).any()
    assert again.changes.revision > ready.changes.revision
    again.close()


def test_a_video_that_cannot_be_read_is_why_nothing_can_be_done(entry: Entry, project: OpenProject) -> None:
    (entry.source / "00003.png").write_bytes(b"damaged")
    project.open()
    assert finished(project) is JobStatus.FAILED
    assert not project.is_ready
    with pytest.raises(VideoError, match=r"00003\.png"):
        _ = project.session
    told = project.describe_job()
    assert told is not None
    assert "00003.png" in told["error"]
    project.close()


def test_jobs_are_numbered_and_named(ready: OpenProject) -> None:
    seen = [ready.describe_job()]
    ready.track(None, "both")
    finished(ready)
    seen.append(ready.describe_job())
    ready.export("confidence")
    finished(ready)
    seen.append(ready.describe_job())
    assert [(told["kind"], told["status"], told["file"]) for told in seen if told] == [
        ("open", "done", None),
        ("track", "done", None),
        ("export", "done", "discs-confidence.csv"),
    ]
    numbers = [told["id"] for told in seen if told]
    assert numbers[0] < numbers[1] < numbers[2]


def test_a_page_that_knew_a_job_of_a_server_before_takes_those_of_the_next_one_for_newer(
    ready: OpenProject, gate: Gate
) -> None:
    before = ready.describe_job()
    ready.close()
    project = OpenProject(ready.entry, ModelLoader(lambda _: gated_models(gate)))
    project.open()
    finished(project)
    after = project.describe_job()
    project.close()
    assert before is not None
    assert after is not None
    assert after["id"] > before["id"]


def test_a_change_is_told_once_it_is_made_and_one_that_fails_is_not(ready: OpenProject) -> None:
    revision = ready.changes.revision
    with pytest.raises(InputError, match="no object 9"):
        ready.edit(RenameObject(9, "cat"))
    assert ready.changes.revision == revision
    assert ready.waiting == 0
    ready.edit(RenameObject(1, "cat"))
    assert ready.changes.revision == revision + 1
    assert ready.changes.since(revision).objects == frozenset({1})
    assert ready.waiting == 0


def test_people_who_wait_for_an_answer_are_counted(ready: OpenProject) -> None:
    inside, may_leave = threading.Event(), threading.Event()

    def change() -> None:
        with ready.changing(None, None):
            inside.set()
            assert may_leave.wait(PATIENCE)

    threads = [threading.Thread(target=change)]
    threads[0].start()
    assert inside.wait(PATIENCE)
    assert ready.waiting == 1
    may_leave.set()
    threads[0].join()
    assert ready.waiting == 0


def test_changes_are_made_one_at_a_time(ready: OpenProject) -> None:
    names = [f"object {number}" for number in range(2, 12)]

    def add(name: str) -> None:
        with ready.changing(None, None):
            ready.session.add_object(name)

    threads = [threading.Thread(target=add, args=(name,)) for name in names]
    revision = ready.changes.revision
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(ready.session.project.state.objects) == list(range(1, 12))
    assert ready.changes.revision == revision + 10


def test_a_job_that_was_refused_makes_no_step_to_undo(ready: OpenProject, gate: Gate) -> None:
    gate.close()
    ready.track(None, "both")
    gate.wait_for_arrival()
    edits = ready.session.project.state.edits
    jobs: tuple[Callable[[], None], ...] = (
        lambda: ready.track(None, "both", anew=True),
        lambda: ready.track_one_frame(0, None, backward=False),
        lambda: ready.export("masks"),
        lambda: ready.find_everything(Everything(0)),
        ready.resume_track,
    )
    for begin in jobs:
        with pytest.raises(NotReadyError, match=r"another job is running \(track\): wait for it, or cancel"):
            begin()
    assert ready.session.project.state.edits == edits
    assert ready.everything is None
    assert ready.task is not None
    assert ready.task.delivery is None


def test_there_is_nothing_to_undo_in_an_empty_project(project: OpenProject) -> None:
    project.open()
    finished(project)
    for step in (project.undo, project.redo):
        with pytest.raises(InputError, match="there is nothing to (undo|redo)"):
            step()


def test_a_step_back_is_noted_for_the_objects_that_it_is_about(ready: OpenProject) -> None:
    with ready.changing(None, about := set[int]()):
        about.add(ready.session.add_object())
    for step in (ready.undo, ready.redo):
        revision = ready.changes.revision
        step()
        change = ready.changes.since(revision)
        assert change.objects == {2}
        assert len(change.frames) == len(CLIP)


def test_undo_and_redo_of_what_was_done_while_frames_are_tracked_leave_the_tracking_alone(
    ready: OpenProject, gate: Gate
) -> None:
    gate.close()
    ready.track(None, "both")
    gate.wait_for_arrival()
    ready.edit(RenameObject(1, "ball"))
    names = ready.session.project.state.objects
    ready.undo()
    assert ready.session.project.state.objects != names
    ready.redo()
    assert ready.session.project.state.objects == names
    assert ready.is_busy
    ready.undo()
    gate.open()
    assert finished(ready) is JobStatus.DONE
    assert all(ready.session.project.mask(frame, 1).any() for frame in range(len(CLIP)))


def test_undo_ends_tracking_where_that_is_the_last_step(ready: OpenProject, gate: Gate) -> None:
    gate.close()
    ready.track(None, "both")
    gate.wait_for_arrival()
    ready.edit(RenameObject(1, "ball"))
    ready.undo()
    gate.let_through(1)
    ready.undo()
    assert finished(ready) is JobStatus.CANCELLED
    assert [ready.session.project.mask(frame, 1).any() for frame in (0, 1)] == [True, False]


def test_a_page_is_told_which_frame_was_tracked_last(ready: OpenProject, gate: Gate) -> None:
    gate.close()
    ready.track(None, "both")
    gate.wait_for_arrival()
    told = ready.describe_job()
    assert told is not None
    assert told["frame"] is None or told["frame"] == 0
    gate.open()
    finished(ready)
    told = ready.describe_job()
    assert told is not None
    assert told["frame"] == len(CLIP) - 1


def test_that_a_frame_is_looked_through_is_told_and_changes_no_mask(ready: OpenProject) -> None:
    revision = ready.changes.revision
    ready.find_everything(Everything(0))
    change = ready.changes.since(revision)
    assert ready.job is not None
    ready.job.cancel()
    assert change.revision > revision
    assert len(change.frames) == 0


def test_tracking_loads_the_models_and_finds_the_cuts_where_that_was_not_done(ready: OpenProject) -> None:
    ready.cuts = None
    ready.track(None, "both")
    assert finished(ready) is JobStatus.DONE
    assert ready.cuts == ()


def test_closing_waits_for_the_frame_in_hand(ready: OpenProject, gate: Gate) -> None:
    gate.close()
    ready.track(None, "both")
    gate.wait_for_arrival()
    closing = threading.Thread(target=ready.close)
    closing.start()
    closing.join(0.05)
    assert closing.is_alive()
    gate.let_through(1)
    closing.join(PATIENCE)
    assert not closing.is_alive()
    assert finished(ready) is JobStatus.CANCELLED


def test_a_project_can_be_closed_before_it_was_read(project: OpenProject) -> None:
    project.close()
    project.open()
    project.close()
    assert finished(project) in (JobStatus.CANCELLED, JobStatus.DONE)
