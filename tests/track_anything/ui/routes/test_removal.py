"""Removals that the page asks for, and the frames that show them."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from tests.track_anything.ui.desk_fixtures import CLIP, Gate, Page, Visitor, eventually
from track_anything.inpaint import FlowInpainter, HoleShape
from track_anything.types import Image, Mask
from track_anything.ui.wire import jpeg

GREY = 118  # of the background, in the middle


@pytest.fixture
def tracked(page: Page) -> Page:
    """Both objects have their mask on every frame."""
    for shape in (1, 2):
        page.click(0, shape)
    page.tell("/track")
    page.wait()
    return page


@pytest.fixture
def held(tracked: Page, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> Page:
    """A removal has begun and waits before its first frame."""
    inpaint = FlowInpainter.inpaint

    def gated(self: FlowInpainter, clip: Iterable[tuple[Image, Mask]], *more: Any) -> Iterator[Image]:
        for image in inpaint(self, clip, *more):
            gate.pass_through()
            yield image

    monkeypatch.setattr(FlowInpainter, "inpaint", gated)
    while gate.arrived.acquire(blocking=False):  # tracking went through it
        pass
    gate.close()
    assert tracked.tell("/removal", dilation=2, feather=2)["job"]["kind"] == "removal"
    gate.wait_for_arrival()
    return tracked


def decoded(content: bytes) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[..., ::-1], np.uint8)


def removed(page: Page, frame: int) -> Image:
    """A frame without the objects, as the page gets it."""
    answer = page.get(f"/removed/{frame}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    return decoded(answer.content)


def made(page: Page) -> list[str]:
    """All there is in the folder of exports."""
    return sorted(path.name for path in page.project.entry.exports.glob("*"))


def test_a_removal_makes_a_video_that_is_listed_and_can_be_downloaded(tracked: Page) -> None:
    assert tracked.update()["project"]["removed"] is None
    body = {"objects": [1], "frames": [2, 7], "dilation": 3, "feather": 1, "unseen": "telea"}
    assert tracked.tell("/removal", **body)["job"]["kind"] == "removal"
    job = tracked.wait()
    assert (job["status"], job["stage"], job["done"], job["total"]) == ("done", "removing", 5, 5)
    assert (job["error"], job["eta"]) == (None, None)
    name = tracked.update()["job"]["file"]
    assert name == "discs-removed.mp4"
    manifest = f"{name}.manifest.json"
    path = tracked.project.entry.exports / name
    listed = {"name": name, "size": path.stat().st_size, "manifest": manifest}
    assert tracked.get("/exports").json() == [listed]
    assert tracked.get(f"/exports/{name}").content == path.read_bytes()
    told = tracked.get(f"/exports/{manifest}").json()
    assert (told["form"], told["objects"], told["frames"]) == ("removal", {"1": "object 1"}, [2, 7])
    assert (told["dilation"], told["feather"], told["unseen"]) == (3, 1, "telea")
    with av.open(str(path)) as video:
        assert len([*video.decode(video=0)]) == 5


def test_its_frames_show_the_picture_without_the_objects_and_else_as_it_was(tracked: Page) -> None:
    tracked.tell("/removal", objects=[1], frames=[2, 5])
    tracked.wait()
    told = tracked.update()["project"]["removed"]
    assert (told["start"], told["stop"]) == (2, 5)
    for frame in range(2, 5):
        image, labels = removed(tracked, frame).astype(int), CLIP.label_map(frame)
        assert np.abs(image[labels == 1] - GREY).max() < 50, "some red is left"
        untouched = HoleShape().of(labels == 1) == 0
        original = decoded(jpeg(CLIP.frame(frame)))
        assert np.abs(image - original)[untouched].mean() < 3
    for frame in (1, 5):
        answer = tracked.get(f"/removed/{frame}")
        assert answer.status_code == 404
        assert answer.json()["detail"].startswith(
            f"nothing was removed from frame {frame} yet: begin a removal"
        )


def test_before_anything_was_removed_there_is_nothing_to_be_seen(page: Page) -> None:
    assert page.get("/removed/0").status_code == 404
    assert "frame 12 does not exist" in page.get("/removed/12").json()["detail"]
    assert page.get("/removed/first").status_code == 422


def test_frames_can_be_looked_at_while_it_is_on_its_way(held: Page, gate: Gate) -> None:
    job = held.update()["job"]
    assert (job["status"], job["stage"], job["done"], job["total"]) == ("running", "removing", 0, 12)
    assert held.get("/removed/0").status_code == 404
    gate.let_through(2)
    eventually(lambda: held.update()["job"]["done"] == 2)
    told = held.update()
    assert told["job"]["eta"] > 0
    assert (told["project"]["removed"]["start"], told["project"]["removed"]["stop"]) == (0, 2)
    assert told["job"]["file"] is None
    assert removed(held, 1).shape == (48, 64, 3)
    assert held.get("/removed/2").status_code == 404
    held.tell("/job/pause")
    gate.let_through(1)
    eventually(lambda: held.update()["job"]["status"] == "paused")
    gate.open()
    assert held.update()["job"]["done"] == 3
    held.tell("/job/resume")
    assert held.wait()["status"] == "done"
    removed(held, 11)


def test_one_that_is_cancelled_leaves_no_file(held: Page, gate: Gate) -> None:
    gate.let_through(2)
    eventually(lambda: held.update()["job"]["done"] == 2)
    held.tell("/job/cancel")
    gate.open()
    assert held.wait()["status"] == "cancelled"
    assert made(held) == []
    assert held.get("/exports").json() == []
    assert held.update()["job"]["file"] is None
    removed(held, 0)  # what is done can be looked at


def test_one_that_fails_tells_the_cause_and_leaves_no_file(held: Page, gate: Gate) -> None:
    gate.error = RuntimeError("the inpainter broke")
    gate.open()
    job = held.wait()
    assert (job["status"], job["error"]) == ("failed", "the inpainter broke")
    assert made(held) == []


def test_the_next_one_has_another_number_and_forgets_the_frames_of_the_last(tracked: Page) -> None:
    tracked.tell("/removal", frames=[0, 3])
    tracked.wait()
    first = tracked.update()["project"]["removed"]["number"]
    tracked.tell("/removal", frames=[2, 4])
    tracked.wait()
    told = tracked.update()["project"]["removed"]
    assert told["number"] > first
    assert tracked.get("/removed/1").status_code == 404
    cache: Path = tracked.project.session.project.cache / "removed"
    assert sorted(path.name for path in cache.iterdir()) == ["000002.jpg", "000003.jpg"]
    names = [each["name"] for each in tracked.get("/exports").json()]
    assert sorted(names) == ["discs-removed-2.mp4", "discs-removed.mp4"]
    for path in cache.iterdir():  # a cache can be deleted at any time
        path.unlink()
    assert tracked.get("/removed/2").status_code == 404


def test_one_job_at_a_time(held: Page) -> None:
    cause = held.refused("/removal", 409)
    assert cause == "another job is running (removal): wait for it, or cancel it first"
    assert "another job is running (removal)" in held.refused("/export", 409, form="sheet")


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ({"objects": [9]}, "there is no object 9"),
        ({"objects": []}, "there is nothing to export: add an object"),
        ({"frames": [5, 5]}, "frames 5 to 4 are no range of this video"),
        ({"frames": [0, 13]}, "are no range of this video"),
        ({"dilation": -1}, "give 0 or more"),
        ({"feather": -1}, "give 0 or more"),
        ({"dilation": 101}, "the editor grows holes by at most 100 pixels"),
        ({"feather": 51}, "feathers them by at most 50: give less"),
        (
            {"unseen": "magic"},
            "unknown inpainting method 'magic'; choose one of telea",
        ),
    ],
)
def test_what_cannot_be_removed_is_refused(tracked: Page, body: dict[str, Any], cause: str) -> None:
    assert cause in tracked.refused("/removal", **body)
    assert made(tracked) == []


@pytest.mark.parametrize("body", [{"objects": "all"}, {"frames": [1]}, {"dilation": "wide"}, {"unseen": 1}])
def test_what_cannot_be_understood_is_refused(tracked: Page, body: dict[str, Any]) -> None:
    assert f"body.{next(iter(body))}" in tracked.refused("/removal", 422, **body)


def test_two_visitors_are_kept_apart(tracked: Page, new_visitor: Callable[[], Visitor], frames: Path) -> None:
    tracked.tell("/removal", frames=[0, 2])
    tracked.wait()
    stranger = Page(new_visitor(), tracked.project_id)
    for answer in (stranger.get("/removed/0"), stranger.post("/removal")):
        assert answer.status_code == 404
        assert "there is no such project here, or it is not yours" in answer.json()["detail"]
    other = new_visitor().open(frames)
    assert other.get("/removed/0").status_code == 404
    assert other.update()["project"]["removed"] is None
    assert other.get("/exports").json() == []
