"""Tracking and exports as jobs that the page asks for."""

import base64
from collections.abc import Callable
from functools import partialmethod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sam.automatic import AutomaticMasks
from tests.track_anything.ui.desk_fixtures import CLIP, Gate, Page, Visitor, eventually
from track_anything.errors import DeviceError
from track_anything.export import EXPORTERS
from track_anything.project.edits import Propagate
from track_anything.session import Session
from track_anything.ui.wire import packed, unpacked

ALL_TRACKED = [1, *[2] * 11]  # known on frame 0, tracked from there on


def lane(page: Page, object_id: int = 1) -> list[int]:
    """How an object's masks stand."""
    return list(base64.b64decode(page.update()["lanes"]["rows"][str(object_id)]["status"]))


@pytest.fixture
def clicked(page: Page) -> Page:
    """Both objects are clicked on frame 0."""
    for shape in (1, 2):
        page.click(0, shape)
    return page


@pytest.fixture
def held(clicked: Page, gate: Gate) -> Page:
    """Tracking has begun and waits before its first frame."""
    gate.close()
    assert clicked.tell("/track")["job"]["kind"] == "track"
    gate.wait_for_arrival()
    return clicked


# ---- tracking ----


def test_tracking_gives_every_object_its_mask_on_every_frame(clicked: Page) -> None:
    assert clicked.tell("/track")["job"]["kind"] == "track"
    job = clicked.wait()
    assert (job["status"], job["stage"], job["done"], job["total"]) == ("done", "tracking", 12, 12)
    assert (job["error"], job["eta"], job["notes"]) == (None, None, [])
    for frame in range(12):
        np.testing.assert_array_equal(clicked.label_map(frame), CLIP.label_map(frame))
    assert lane(clicked, 1) == lane(clicked, 2) == ALL_TRACKED
    assert clicked.refused("/track").startswith("there is nothing to track that way")


def test_only_some_objects_are_tracked_in_one_direction(page: Page) -> None:
    for shape in (1, 2):
        page.click(5, shape)
    page.tell("/track", objects=[2], direction="backward")
    page.wait()
    assert lane(page, 2) == [2] * 5 + [1] + [0] * 6
    assert lane(page, 1) == [0] * 5 + [1] + [0] * 6
    page.tell("/track", direction="forward")
    page.wait()
    assert lane(page, 1) == [0] * 5 + [1] + [2] * 6
    page.tell("/track", objects=[2], direction="backward", anew=True)
    assert page.wait()["status"] == "done"
    (edit,) = page.project.session.project.state.last_step.values()
    assert edit.frames == range(5, -1, -1)  # the known frame is gone through, too


def test_masks_are_carried_one_frame_further(clicked: Page) -> None:
    clicked.tell("/step", frame=0)
    assert clicked.wait()["status"] == "done"
    assert lane(clicked) == lane(clicked, 2) == [1, 2] + [0] * 10
    clicked.tell("/step", frame=1, objects=[2])
    clicked.wait()
    assert lane(clicked) == [1, 2] + [0] * 10
    assert lane(clicked, 2) == [1, 2, 2] + [0] * 9
    clicked.tell("/paint", object_id=1, frame=9, mask=packed(np.asarray(CLIP.label_map(9) == 1)))
    clicked.tell("/step", frame=9, objects=[1], backward=True)
    clicked.wait()
    assert lane(clicked)[8:10] == [2, 1]


@pytest.mark.parametrize(
    ("path", "body", "cause"),
    [
        ("/track", {"objects": []}, "there is nothing to track: add an object and click it"),
        ("/track", {"objects": [9]}, "there is no object 9; the project has 1 ("),
        ("/track", {"objects": [2]}, "is known on no frame: click it on a frame first"),
        ("/step", {"frame": 12}, "frame 12 does not exist"),
        ("/step", {"frame": 11}, "frame 12 does not exist"),
        ("/step", {"frame": 0, "backward": True}, "frame -1 does not exist"),
        ("/step", {"frame": 5}, "there is no mask on frame 5 to begin with: click an object there first"),
        ("/step", {"frame": 0, "objects": [9]}, "there is no mask on frame 0 to begin with"),
        ("/everything", {"frame": 12}, "frame 12 does not exist"),
        ("/export", {"form": "gif"}, "unknown export form 'gif'; choose one of masks, binary"),
        ("/export", {"form": "../masks"}, "unknown export form"),
        ("/job/pause", {}, "no job is running"),
        ("/job/resume", {}, "no job is running"),
        ("/job/cancel", {}, "no job is running"),
        ("/job/continue", {}, "there is nothing to go on with: all tracking is done"),
    ],
)
def test_work_that_cannot_be_done_is_refused(page: Page, path: str, body: dict[str, Any], cause: str) -> None:
    page.click(0)
    page.tell("/objects")
    assert cause in page.refused(path, **body)


@pytest.mark.parametrize(
    ("path", "body", "cause"),
    [
        ("/track", {"direction": "up"}, "body.direction: Input should be 'forward', 'backward' or 'both'"),
        ("/track", {"objects": "all"}, "body.objects: Input should be a valid list"),
        ("/step", {}, "body.frame: Field required"),
        ("/job/explode", {}, "path.action: Input should be 'pause', 'resume', 'cancel' or 'continue'"),
        ("/everything/pick", {"places": None}, "body.places"),
        ("/everything/again", {"meant": [0]}, "body.refused: Field required"),
        ("/export", {}, "body.form: Field required"),
        ("/look", {"frames": 1}, "body.frames"),
    ],
)
def test_work_that_cannot_be_understood_is_refused(
    page: Page, path: str, body: dict[str, Any], cause: str
) -> None:
    assert cause in page.refused(path, 422, **body)


def test_tracking_shows_how_far_it_is_and_which_frames_changed(held: Page, gate: Gate) -> None:
    job = held.update()["job"]
    assert (job["status"], job["stage"], job["done"], job["total"]) == ("running", "tracking", 1, 12)
    since = held.revision
    gate.let_through(2)
    eventually(lambda: held.update()["job"]["done"] == 3)
    told = held.update(since)
    assert told["changed"] == {"start": 1, "stop": 3}
    assert {len(base64.b64decode(row["status"])) for row in told["lanes"]["rows"].values()} == {2}
    assert told["job"]["rate"] > 0
    assert told["job"]["eta"] > 0
    assert told["project"]["has_unfinished"] is True


def test_tracking_holds_after_the_frame_in_hand_and_goes_on(held: Page, gate: Gate) -> None:
    held.tell("/job/pause")
    gate.let_through(1)
    eventually(lambda: held.update()["job"]["status"] == "paused")
    gate.open()
    job = held.update()["job"]
    assert (job["status"], job["done"], job["eta"]) == ("paused", 2, None)
    np.testing.assert_array_equal(held.label_map(1), CLIP.label_map(1))
    assert not held.label_map(2).any()
    held.tell("/job/resume")
    assert held.wait()["status"] == "done"
    assert lane(held) == ALL_TRACKED


def test_tracking_that_was_cancelled_keeps_what_is_done_and_can_be_continued(held: Page, gate: Gate) -> None:
    held.tell("/job/cancel")
    gate.let_through(1)
    assert held.wait()["status"] == "cancelled"
    np.testing.assert_array_equal(held.label_map(1), CLIP.label_map(1))
    assert not held.label_map(2).any()
    assert held.update()["project"]["has_unfinished"] is True
    gate.open()
    assert held.tell("/job/continue")["job"]["kind"] == "track"
    assert held.wait()["status"] == "done"
    assert lane(held) == ALL_TRACKED
    assert held.update()["project"]["has_unfinished"] is False


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/track", {}),
        ("/step", {"frame": 0}),
        ("/everything", {"frame": 0}),
        ("/export", {"form": "sheet"}),
        ("/job/continue", {}),
    ],
)
def test_one_job_at_a_time(held: Page, path: str, body: dict[str, Any]) -> None:
    since = held.update()["job"]["id"]
    cause = held.refused(path, 409, **body)
    assert cause == "another job is running (track): wait for it, or cancel it first"
    assert held.update()["job"]["id"] == since


def test_two_projects_are_tracked_at_once(
    held: Page, gate: Gate, new_visitor: Callable[[], Visitor], frames: Path
) -> None:
    other = new_visitor().open(frames)
    other.click(0)
    other.tell("/track")
    gate.wait_for_arrival()
    gate.open()
    assert held.wait()["status"] == other.wait()["status"] == "done"


def test_a_person_goes_on_clicking_while_tracking_is_on_its_way(held: Page, gate: Gate) -> None:
    told = held.click(11)
    assert told["object_id"] == 3
    held.edit("rename_object", object_id=1, name="cat")
    held.edit("delete_object", object_id=2)
    gate.open()
    assert held.wait()["status"] == "done"
    assert held.objects == {1: "cat", 3: "object 3"}
    assert lane(held) == ALL_TRACKED


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (RuntimeError("the tracker broke"), "the tracker broke"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "out of memory: close other"),
        (DeviceError("the device is gone: plug it in"), "the device is gone: plug it in"),
        (RuntimeError(), "RuntimeError()"),
        (RuntimeError("half a character: \udce4"), "half a character: ?"),
    ],
)
def test_tracking_that_fails_tells_the_cause_and_can_be_continued(
    held: Page, gate: Gate, error: Exception, cause: str
) -> None:
    gate.error = error
    gate.open()
    job = held.wait()
    assert job["status"] == "failed"
    assert cause in job["error"]
    gate.error = None
    held.tell("/job/continue")
    assert held.wait()["status"] == "done"
    assert lane(held) == ALL_TRACKED


def test_nobody_has_to_watch_a_job(
    visitor: Visitor, held: Page, gate: Gate, new_visitor: Callable[[], Visitor]
) -> None:
    project = held.project
    visitor.http.close()
    gate.open()
    assert project.job is not None
    assert project.job.wait(20)
    later = new_visitor()
    later.http.cookies = visitor.http.cookies
    assert lane(Page(later, held.project_id)) == ALL_TRACKED


# ---- what to correct next ----


def test_what_is_in_doubt_is_the_worst_frame_of_each_stretch_and_ends(clicked: Page) -> None:
    assert clicked.get("/next").json() == []
    project = clicked.project.session.project
    number = project.begin_pass(Propagate(1, 12, 1, (1,)))
    for frame in range(1, 12):
        trust = {3: 0.4, 4: 0.2, 9: 0.6}.get(frame, 0.9)
        label_map = (CLIP.label_map(frame) == 1).astype(np.uint8)
        project.write_pass(number, frame, label_map, {"confidence": {"1": trust}})
    assert clicked.get("/next").json() == [[4, 1], [9, 1]]
    clicked.click(4, object_id=1)
    clicked.click(9, object_id=1)
    assert clicked.get("/next").json() == []


def test_frames_that_are_looked_at_are_got_ready(page: Page) -> None:
    assert page.tell("/look", frames=[3, 4, 99, -1]) == {}
    models = page.project.loader.get()
    video = page.project.session.video
    eventually(lambda: all(models.segmenter.kept(video.frame(frame)) is not None for frame in (3, 4)))
    assert models.segmenter.kept(video.frame(5)) is None
    assert page.tell("/look", frames=[]) == {}


# ---- the pick list ----


@pytest.fixture
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = AutomaticMasks(points_per_side=4, points_per_batch=8)
    monkeypatch.setattr(Session, "everything", partialmethod(Session.everything, settings=settings))


def test_nothing_can_be_picked_before_it_was_looked_for(page: Page) -> None:
    assert page.get("/everything").status_code == 404
    assert "nothing was looked for on a frame yet" in page.refused("/everything/pick", 404, places=[0])
    assert "nothing was looked for" in page.refused("/everything/again", 404, meant=[0], refused=[])


def test_what_is_on_a_frame_is_found_and_picked(page: Page, few_points: None) -> None:
    assert page.tell("/everything", frame=6)["job"]["kind"] == "everything"
    job = page.wait()
    assert (job["status"], job["stage"], job["done"], job["total"]) == ("done", "everything", 2, 2)
    assert page.update()["project"]["everything"] == 6
    assert page.objects == {}
    found = page.get("/everything").json()
    assert found["frame"] == 6
    masks = [unpacked(each["mask"], (48, 64)) for each in found["masks"]]
    assert [each["area"] for each in found["masks"]] == [int(mask.sum()) for mask in masks]
    places = [
        next(place for place, mask in enumerate(masks) if np.array_equal(mask, CLIP.label_map(6) == shape))
        for shape in (2, 1)
    ]
    for wrong in ([], [len(masks)], [-1], [*places, 99]):
        cause = page.refused("/everything/pick", places=wrong)
        assert cause == "tick at least one of the masks that were found on this frame"
    assert "not in the list" in page.refused("/everything/again", meant=[99], refused=[])
    assert "tick one thing that is meant" in page.refused("/everything/again", meant=[], refused=[0])
    since = page.revision
    told = page.tell("/everything/pick", places=[*places, *places], since=since)
    assert told["lanes"]["rows"].keys() == {"1", "2"}
    np.testing.assert_array_equal(page.label_map(6) > 0, CLIP.label_map(6) > 0)


def test_nothing_can_be_picked_from_a_list_that_could_not_be_made(
    page: Page, few_points: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> object:
        raise MemoryError

    monkeypatch.setattr("track_anything.testing.ColourSegmenter.predict", fail)
    page.tell("/everything", frame=6)
    job = page.wait()
    assert job["status"] == "failed"
    assert "out of memory: close other programs" in job["error"]
    assert page.get("/everything").json() == {
        "frame": 6,
        "masks": [],
        "is_sought": False,
        "has_example": False,
        "meant": 0,
    }
    assert "tick at least one" in page.refused("/everything/pick", places=[0])


# ---- exports ----


@pytest.mark.parametrize(
    ("asked", "expected"), [({}, [3, 5]), ({"frames": "all"}, [0, 12]), ({"frames": [1, 2]}, [1, 2])]
)
def test_the_in_and_out_points_are_what_is_exported_by_default(
    clicked: Page, asked: dict[str, Any], expected: list[int]
) -> None:
    clicked.edit("set_range", start=3, stop=5)
    clicked.tell("/export", form="sheet", **asked)
    notes = clicked.wait()["notes"]
    assert any("in and out points" in note for note in notes) == (asked == {})
    assert any("object 1 has no mask on" in note for note in notes)
    manifest = clicked.get("/exports").json()[0]["manifest"]
    assert clicked.get(f"/exports/{manifest}").json()["frames"] == expected


@pytest.mark.parametrize("form", list(EXPORTERS))
def test_an_export_is_listed_and_comes_as_it_lies_on_the_disk(clicked: Page, form: str) -> None:
    clicked.tell("/track")
    clicked.wait()
    assert clicked.get("/exports").json() == []
    assert clicked.tell("/export", form=form)["job"]["kind"] == "export"
    job = clicked.wait()
    assert (job["status"], job["error"]) == ("done", None)
    name = clicked.update()["job"]["file"]
    assert name == f"discs-{form}{EXPORTERS[form].suffix or '.zip'}"
    path = clicked.project.entry.exports / name
    manifest = f"{name}.manifest.json" if EXPORTERS[form].suffix else None
    listed = {"name": name, "size": path.stat().st_size, "manifest": manifest}
    assert clicked.get("/exports").json() == [listed]
    assert manifest is None or clicked.get(f"/exports/{manifest}").json()["form"] == form
    answer = clicked.get(f"/exports/{name}")
    assert answer.content == path.read_bytes()
    assert len(answer.content) > 0
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'


def test_what_is_not_whole_is_not_listed(clicked: Page) -> None:
    clicked.tell("/export", form="sheet")
    clicked.wait()
    exports = clicked.project.entry.exports
    (exports / "discs-overlay.part.mp4").touch()
    assert clicked.get("/exports/discs-overlay.part.mp4").status_code == 404
    (exports / "discs-masks").mkdir()
    assert [each["name"] for each in clicked.get("/exports").json()] == ["discs-sheet.png"]
    assert clicked.get("/exports/discs-masks").status_code == 404


def test_an_export_that_fails_tells_the_cause_and_is_not_offered(clicked: Page, frames: Path) -> None:
    (frames / "00005.png").write_bytes(b"damaged")
    clicked.tell("/export", form="overlay")
    job = clicked.wait()
    assert job["status"] == "failed"
    assert "00005.png" in job["error"]
    assert clicked.update()["job"]["file"] is None
    assert clicked.get("/exports").json() == []


def test_chosen_objects_and_frames_are_exported_as_mattes_on_demand(clicked: Page) -> None:
    clicked.click(0, 2)
    clicked.edit("set_band", object_id=1, width=6)
    clicked.tell("/export", form="matte", objects=[1], frames=[2, 5], matte="guided")
    assert clicked.wait()["status"] == "done"
    manifest = clicked.get("/exports/discs-matte.mp4.manifest.json").json()
    assert manifest["frames"] == [2, 5]
    assert list(manifest["objects"]) == ["1"]
    assert manifest["alpha"] == {"matte": "guided", "stabilised": True, "bands": {"1": 6}}


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ({"form": "sheet", "objects": [9]}, "there is no object 9"),
        ({"form": "sheet", "frames": [5, 5]}, "frames 5 to 4 are no range of this video"),
        ({"form": "sheet", "matte": "guided"}, "the form 'sheet' has no alpha"),
        ({"form": "matte", "matte": "magic"}, "unknown matting method 'magic'"),
        ({"form": "confidence", "matte": "guided"}, "no alpha that mattes could be put into"),
    ],
)
def test_what_cannot_be_handed_out_is_refused(clicked: Page, body: dict[str, Any], cause: str) -> None:
    assert cause in clicked.refused("/export", **body)


def test_without_an_object_there_is_nothing_to_export(page: Page) -> None:
    cause = page.refused("/export", form="masks")
    assert cause == "there is nothing to export: add an object, click it and track it first"


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "%2e%2e",
        "..%2Fentry.json",
        "%2e%2e%2fentry.json",
        "..%5Centry.json",
        "%2Fetc%2Fpasswd",
        "~root",
        "%00",
        "link.png",
        "folder",
        "missing.png",
        "a" * 300,
    ],
)
def test_nothing_but_exports_can_be_downloaded(clicked: Page, tmp_path: Path, name: str) -> None:
    clicked.tell("/export", form="sheet")
    clicked.wait()
    exports = clicked.project.entry.exports
    assert clicked.get("/exports/discs-sheet.png").status_code == 200
    (tmp_path / "secret").write_text("token_hashes")
    (exports / "link.png").symlink_to(tmp_path / "secret")
    (exports / "folder").mkdir()
    answer = clicked.get(f"/exports/{name}")
    assert answer.status_code in (400, 404)
    assert "token_hashes" not in answer.text


# Shot cuts


@pytest.fixture
def at_cut(clicked: Page) -> Page:
    """Tracking of what was clicked on frame 0 has stopped before frame 5, where another shot begins."""
    project = clicked.project
    project.cuts = (5,)
    (project.session.project.cache / "cuts.json").write_text("[5]")
    project.session.__dict__.pop("cuts", None)
    clicked.tell("/track")
    assert clicked.wait()["status"] == "done"
    return clicked


def test_tracking_stops_at_a_cut_and_asks(at_cut: Page) -> None:
    told = at_cut.update()["project"]
    objects = [one["id"] for one in told["objects"]]
    assert told["cut"] == {"frame": 5, "start": 5, "stop": CLIP.frame_count, "objects": objects}
    assert told["has_unfinished"]
    assert at_cut.label_map(4).any()
    assert not at_cut.label_map(5).any()


def test_tracking_goes_on_past_the_cut(at_cut: Page) -> None:
    at_cut.tell("/job/continue")
    assert at_cut.wait()["status"] == "done"
    told = at_cut.update()["project"]
    assert (told["cut"], told["has_unfinished"]) == (None, False)
    assert at_cut.label_map(CLIP.frame_count - 1).any()


def test_what_is_not_in_the_shot_is_absent_there_and_after_the_last_answer_tracking_goes_on(
    at_cut: Page,
) -> None:
    first, *others = at_cut.update()["project"]["cut"]["objects"]
    for object_id in (first, *others):
        at_cut.tell("/cut/absent", object_id=object_id)
    assert at_cut.wait()["status"] == "done"
    told = at_cut.update()["project"]
    assert (told["cut"], told["has_unfinished"]) == (None, False)
    assert not any(at_cut.label_map(frame).any() for frame in range(5, CLIP.frame_count))
    assert "does not wait at a cut" in at_cut.refused("/cut/absent", object_id=first)


def test_who_does_not_want_to_be_asked_is_not(clicked: Page) -> None:
    (clicked.project.session.project.cache / "cuts.json").write_text("[5]")
    clicked.project.session.__dict__.pop("cuts", None)
    clicked.tell("/track", at_cut="go-on")
    clicked.wait()
    assert clicked.update()["project"]["cut"] is None
    assert not clicked.update()["project"]["has_unfinished"]
