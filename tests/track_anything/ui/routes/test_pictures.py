"""Frames, thumbnails and masks as the page fetches them."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.track_anything.ui.desk_fixtures import CLIP, Answer, Page, Visitor, draw
from track_anything.export import Extract
from track_anything.project.edits import Propagate
from track_anything.testing import MovingShapes
from track_anything.types import Image


def picture(answer: Answer) -> Image:
    assert answer.headers["content-type"] == "image/jpeg"
    decoded = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert decoded is not None
    return np.asarray(decoded, np.uint8)


def pixels(answer: Answer) -> np.ndarray:
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return np.frombuffer(answer.content, np.uint8).reshape(CLIP.height, CLIP.width)


@pytest.mark.parametrize("frame", [0, 7, 11])
def test_a_frame_comes_as_it_is_and_may_be_kept_by_this_browser_alone(page: Page, frame: int) -> None:
    answer = page.get(f"/frames/{frame}")
    shown = picture(answer).astype(int)
    assert np.abs(shown - CLIP.frame(frame)).mean() < 8
    others = [other for other in range(12) if other != frame]
    assert all(
        np.abs(shown - CLIP.frame(other)).mean() > np.abs(shown - CLIP.frame(frame)).mean()
        for other in others
    )
    assert answer.headers["cache-control"].startswith("private")


def test_a_thumbnail_is_small_and_of_the_frames_shape(visitor: Visitor, root: Path) -> None:
    large = MovingShapes(frame_count=2, height=300, width=500)
    page = visitor.open(draw(root / "large", large))
    assert picture(page.get("/thumbs/1")).shape == (108, 180, 3)
    assert len(page.get("/thumbs/1").content) < len(page.get("/frames/1").content)


def test_masks_come_as_one_byte_per_pixel(page: Page) -> None:
    assert not pixels(page.get("/masks/3")).any()
    for shape in (1, 2):
        page.click(3, shape)
    np.testing.assert_array_equal(pixels(page.get("/masks/3")), CLIP.label_map(3))
    assert not pixels(page.get("/masks/4")).any()


def test_masks_before_the_last_step_can_be_looked_at(page: Page) -> None:
    page.click(3, 1)
    page.click(3, 2, object_id=1)
    together = (CLIP.label_map(3) > 0).astype(np.uint8)
    np.testing.assert_array_equal(pixels(page.get("/masks/3")), together)
    np.testing.assert_array_equal(pixels(page.get("/masks/3?before=true")), CLIP.label_map(3) == 1)


def test_soft_masks_are_those_of_the_objects_that_are_named(page: Page) -> None:
    for shape in (1, 2):
        page.click(0, shape)
    page.tell("/track")
    page.wait()
    for frame in (0, 5):
        truth = CLIP.label_map(frame)
        named = {"1": truth == 1, "2": truth == 2, "1,2": truth > 0, "": np.zeros_like(truth)}
        for objects, expected in named.items():
            soft = pixels(page.get(f"/soft/{frame}?objects={objects}"))
            np.testing.assert_array_equal(soft, np.where(expected, 255, 0))


def test_the_view_shows_the_alpha_that_is_exported(page: Page, tmp_path: Path) -> None:
    project = page.project.session.project
    ids = project.add_object(), project.add_object()
    left, right = np.zeros((2, CLIP.height, CLIP.width), np.bool_)
    left[10:50, 10:40] = right[10:50, 40:70] = True
    number = project.begin_pass(Propagate(0, 1, 1, ids))
    fading = {o: np.float32(0.1) + np.float32(0.5) * mask for o, mask in ((1, left), (2, right))}
    project.write_pass(number, 0, (left + 2 * right).astype(np.uint8), {}, fading)
    shown = pixels(page.get("/soft/0?objects=1,2"))
    extract = Extract(frames=(0, 1))
    page.project.session.export("rgba", tmp_path / "out", extract=extract).run()
    exported = cv2.imread(str(tmp_path / "out" / "00000.png"), cv2.IMREAD_UNCHANGED)
    assert exported is not None
    np.testing.assert_array_equal(shown, exported[..., 3])
    cut = cv2.imdecode(
        np.frombuffer(page.get("/cutout/0?objects=1,2").content, np.uint8), cv2.IMREAD_UNCHANGED
    )
    np.testing.assert_array_equal(cut, exported)
    assert shown[20:40, 39:41].min() >= 250  # no seam


def test_a_matte_of_the_objects_that_are_named_can_be_looked_at(page: Page) -> None:
    for shape in (1, 2):
        page.click(0, shape)
    truth = CLIP.label_map(0)
    for method in ("guided", "closed-form"):
        one = pixels(page.get(f"/soft/0?objects=1&matte={method}"))
        both = pixels(page.get(f"/soft/0?objects=1,2&matte={method}"))
        assert ((one > 127) == (truth == 1)).mean() > 0.99
        assert ((both > 127) == (truth > 0)).mean() > 0.99
        answer = page.get(f"/cutout/0?objects=1&matte={method}")
        assert answer.headers["content-type"] == "image/png"
        cut = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_UNCHANGED)
        assert cut is not None
        np.testing.assert_array_equal(cut[..., 3], one)


def test_a_trimap_is_as_wide_as_is_asked(page: Page) -> None:
    page.click(0)
    narrow, wide = (pixels(page.get(f"/trimap/0?object_id=1&band={width}")) for width in (2, 5))
    for trimap in (narrow, wide):
        assert set(np.unique(trimap)) == {0, 128, 255}
        assert (CLIP.label_map(0)[trimap == 255] == 1).all()
        assert (CLIP.label_map(0)[trimap == 0] != 1).all()
    assert (wide == 128).sum() > 1.5 * (narrow == 128).sum()


def test_a_clean_up_is_looked_at_before_it_is_chosen(page: Page) -> None:
    page.click(0)
    disc = page.label_map(0)
    grown = pixels(page.get("/clean-up/0?object_id=1&grow=2"))
    assert np.count_nonzero(grown) > np.count_nonzero(disc)
    np.testing.assert_array_equal(page.label_map(0), disc)
    page.edit("set_clean_up", object_id=1, grow=2)
    np.testing.assert_array_equal(page.label_map(0), grown)
    np.testing.assert_array_equal(pixels(page.get("/clean-up/0?object_id=1")), disc)
    page.tell("/undo")
    np.testing.assert_array_equal(page.label_map(0), disc)


@pytest.mark.parametrize(
    ("path", "status", "cause"),
    [
        ("/clean-up/0?object_id=1", 400, "there is no object 1"),
        ("/clean-up/0?object_id=1&grow=wide", 422, "query.grow: Input should be a valid number"),
        ("/trimap/12?object_id=1&band=4", 400, "frame 12 does not exist"),
        ("/trimap/0?object_id=1&band=4", 400, "there is no object 1"),
        ("/trimap/0?object_id=1&band=wide", 422, "query.band: Input should be a valid number"),
        ("/soft/0?objects=&matte=magic", 400, "unknown matting method 'magic'"),
        ("/frames/12", 400, "frame 12 does not exist: the video has frames 0 to 11"),
        ("/frames/-1", 400, "frame -1 does not exist"),
        ("/frames/" + "9" * 5000, 422, "path.frame: Unable to parse"),
        ("/frames/first", 422, "path.frame: Input should be a valid integer"),
        ("/thumbs/12", 400, "frame 12 does not exist"),
        ("/masks/12", 400, "frame 12 does not exist"),
        ("/masks/12?before=true", 400, "frame 12 does not exist"),
        ("/masks/0?before=perhaps", 422, "query.before: Input should be a valid boolean"),
        ("/about/12", 400, "frame 12 does not exist"),
        ("/soft/12?objects=", 400, "frame 12 does not exist"),
        ("/soft/0?objects=5", 400, "there is no object 5; the project has none yet: add one"),
        ("/soft/0?objects=" + "9" * 5000, 422, "query.objects: String should have at most"),
        ("/soft/0?objects=1;2", 422, "query.objects: String should match"),
        ("/soft/0", 422, "query.objects: Field required"),
        ("/cutout/12?objects=", 400, "frame 12 does not exist"),
        ("/cutout/0?objects=5", 400, "there is no object 5; the project has none yet: add one"),
        ("/cutout/0?objects=&matte=magic", 400, "unknown matting method 'magic'"),
    ],
)
def test_what_is_not_there_cannot_be_seen(page: Page, path: str, status: int, cause: str) -> None:
    answer = page.get(path)
    assert (answer.status_code, cause in answer.json()["detail"]) == (status, True), answer.text


def test_a_frame_is_told_with_what_was_said_there(page: Page) -> None:
    page.click(2)
    page.tell("/box", frame=2, box=[1, 2, 20, 20])
    stands = {"status": "known", "confidence": 1.0, "reason": "", "refined": False}
    assert page.get("/about/2").json() == {
        "frame": 2,
        "objects": {
            "1": stands | {"points": [list(CLIP.centre(2))], "labels": [1], "box": None},
            "2": stands | {"points": [], "labels": [], "box": [1, 2, 20, 20]},
        },
    }
    untracked = page.get("/about/3").json()["objects"]["1"]
    assert untracked["status"] == "untracked"
    assert (untracked["points"], untracked["box"]) == ([], None)


def test_pictures_of_two_visitors_are_kept_apart(
    page: Page, new_visitor: Callable[[], Visitor], frames: Path
) -> None:
    other = new_visitor().open(frames)
    page.click(0)
    assert page.label_map(0).any()
    assert not other.label_map(0).any()
