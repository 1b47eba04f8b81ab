"""Clicks, boxes, strokes and edits as the page sends them."""

import base64
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sam.prompt import Prompt
from sam.segmenter import Candidates
from tests.track_anything.ui.desk_fixtures import CLIP, Gate, Page, eventually, gated_models
from track_anything.errors import WeightsError
from track_anything.models import Models
from track_anything.testing import ColourSegmenter
from track_anything.types import Image, Mask
from track_anything.ui.desk import Desk
from track_anything.ui.model_shelf import ModelShelf
from track_anything.ui.wire import packed, unpacked

KNOWN, TRACKED, ABSENT, STALE, UNTRACKED = 1, 2, 3, 4, 0


def status(page: Page, object_id: int = 1) -> list[int]:
    """The lane of an object."""
    return list(base64.b64decode(page.update()["lanes"]["rows"][str(object_id)]["status"]))


def marks(page: Page, object_id: int = 1) -> list[int]:
    return list(base64.b64decode(page.update()["lanes"]["rows"][str(object_id)]["marks"]))


def disc(frame: int, shape: int = 1) -> Mask:
    return np.asarray(CLIP.label_map(frame) == shape)


def mask(page: Page, frame: int, object_id: int = 1) -> Mask:
    return np.asarray(page.label_map(frame) == object_id)


def box_around(frame: int, shape: int = 1) -> list[float]:
    rows, columns = np.nonzero(disc(frame, shape))
    return [float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)]


@pytest.fixture
def tracked(page: Page) -> Page:
    """Two objects, clicked on frame 0 and tracked to the end."""
    for shape in (1, 2):
        page.click(0, shape)
    page.tell("/track")
    assert page.wait()["status"] == "done"
    return page


# ---- prompts ----


def test_a_click_on_no_object_makes_one_and_offers_other_answers(page: Page) -> None:
    told = page.click(3)
    assert told["object_id"] == 1
    assert [known["name"] for known in told["project"]["objects"]] == ["object 1"]
    offered = told["candidates"]
    assert (offered["object_id"], offered["frame"], offered["chosen"]) == (1, 3, 0)
    assert offered["scores"] == [0.98, 0.7, 0.6]
    np.testing.assert_array_equal(unpacked(offered["masks"][0], (48, 64)), disc(3))
    np.testing.assert_array_equal(mask(page, 3), disc(3))
    assert (status(page)[3], marks(page)[3]) == (KNOWN, 4)


def test_a_click_on_an_object_adds_to_what_was_said(page: Page) -> None:
    page.click(3, 1)
    told = page.click(3, 2, object_id=1)
    assert told["candidates"]["chosen"] == 0
    np.testing.assert_array_equal(mask(page, 3), disc(3, 1) | disc(3, 2))
    x, y = CLIP.centre(3, 2)
    page.tell("/click", object_id=1, frame=3, x=x, y=y, positive=False)
    np.testing.assert_array_equal(mask(page, 3), disc(3, 1))
    assert page.get("/about/3").json()["objects"]["1"]["labels"] == [1, 1, 0]


def test_a_box_makes_an_object_too_and_keeps_the_clicks_that_are_there(page: Page) -> None:
    told = page.tell("/box", frame=3, box=box_around(3))
    assert (told["object_id"], told["candidates"]) == (1, None)
    np.testing.assert_array_equal(mask(page, 3), disc(3))
    page.click(3, 2, object_id=1)
    page.tell("/box", object_id=1, frame=3, box=box_around(3, 2))
    said = page.get("/about/3").json()["objects"]["1"]
    assert (said["points"], said["box"]) == ([list(CLIP.centre(3, 2))], box_around(3, 2))


def test_clicks_can_be_replaced_and_withdrawn(page: Page) -> None:
    page.click(3, 1)
    page.tell("/prompt", object_id=1, frame=3, points=[CLIP.centre(3, 2)], labels=[1])
    np.testing.assert_array_equal(mask(page, 3), disc(3, 2))
    assert page.get("/about/3").json()["objects"]["1"]["points"] == [list(CLIP.centre(3, 2))]
    page.tell("/prompt", object_id=1, frame=3, points=[], labels=[], box=box_around(3, 1))
    np.testing.assert_array_equal(mask(page, 3), disc(3, 1))
    page.tell("/prompt", object_id=1, frame=3, points=[], labels=[])
    assert not mask(page, 3).any()
    assert status(page)[3] == UNTRACKED


def test_another_answer_is_chosen_in_one_step(page: Page) -> None:
    offered = page.click(3)["candidates"]
    for choice in (1, 2, 0):
        told = page.tell("/choose", object_id=1, frame=3, candidate=choice)
        assert told["candidates"]["chosen"] == choice
        np.testing.assert_array_equal(mask(page, 3), unpacked(offered["masks"][choice], (48, 64)))
    page.tell("/undo")
    assert not mask(page, 3).any()
    assert page.objects == {1: "object 1"}


@pytest.mark.parametrize("choice", [-1, 3, 10**30])
def test_an_answer_that_is_not_there_cannot_be_chosen(page: Page, choice: int) -> None:
    page.click(3)
    assert f"there is no answer {choice} to this click" in page.refused(
        "/choose", object_id=1, frame=3, candidate=choice
    )


def test_an_empty_answer_cannot_be_chosen_and_the_click_stays(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict = ColourSegmenter.predict

    def poor(self: ColourSegmenter, embedding: Image, prompt: Prompt) -> Candidates:
        found = predict(self, embedding, prompt)
        masks = np.stack([found.masks[0], found.masks[1] & False])
        return Candidates(masks, found.scores[:2], found.stability[:2], found.logits[:2])

    monkeypatch.setattr(ColourSegmenter, "predict", poor)
    page.click(3)
    assert "choose another one" in page.refused("/choose", object_id=1, frame=3, candidate=1)
    np.testing.assert_array_equal(mask(page, 3), disc(3))


def test_without_a_click_of_several_answers_there_is_nothing_to_choose_from(page: Page) -> None:
    page.tell("/box", frame=3, box=box_around(3))
    for frame in (3, 4):
        cause = page.refused("/choose", object_id=1, frame=frame, candidate=0)
        assert cause.startswith("there is no click on this frame with several answers")


def test_a_painted_mask_is_taken_as_it_is(page: Page) -> None:
    page.tell("/objects", name="cat")
    painted = np.zeros((48, 64), np.bool_)
    painted[10:20, 30:50] = True
    page.tell("/paint", object_id=1, frame=5, mask=packed(painted))
    np.testing.assert_array_equal(mask(page, 5), painted)
    assert (status(page)[5], marks(page)[5]) == (KNOWN, 8)


@pytest.mark.parametrize(
    "text", ["", "!", "AAAA", packed(np.ones((64, 64), np.bool_)), packed(np.ones((48, 63), np.bool_))]
)
def test_a_painted_mask_that_did_not_arrive_whole_is_refused(page: Page, text: str) -> None:
    page.click(5)
    cause = page.refused("/paint", object_id=1, frame=5, mask=text)
    assert cause.endswith((": paint it again", ": reload the page"))


def test_a_preview_costs_no_encoder_pass_and_changes_nothing(page: Page) -> None:
    x, y = CLIP.centre(3)
    assert page.post("/preview", frame=3, x=x, y=y).status_code == 204
    page.click(3, 2)
    before = page.update()
    told = page.tell("/preview", frame=3, x=x, y=y)
    np.testing.assert_array_equal(unpacked(told["mask"], (48, 64)), disc(3))
    assert told["score"] == pytest.approx(0.98)
    assert page.update() == before


def test_there_is_no_preview_while_a_job_needs_the_machine(page: Page, gate: Gate) -> None:
    page.click(3)
    gate.close()
    page.tell("/track")
    gate.wait_for_arrival()
    x, y = CLIP.centre(3)
    assert page.post("/preview", frame=3, x=x, y=y).status_code == 204


@pytest.mark.parametrize(
    ("path", "body", "cause"),
    [
        ("/click", {"frame": 12, "x": 1, "y": 1}, "frame 12 does not exist: the video has frames 0 to 11"),
        ("/click", {"frame": -1, "x": 1, "y": 1}, "frame -1 does not exist"),
        ("/click", {"frame": 0, "x": 64, "y": 1}, "click (64, 1) lies outside the frame: x must be 0 to 63"),
        ("/click", {"frame": 0, "x": 1e39, "y": 1}, "not a finite number: give x,y in pixels"),
        ("/click", {"frame": 0, "x": 1, "y": 1, "object_id": 9}, "there is no object 9; the project has 1 ("),
        ("/click", {"frame": 0, "x": 1, "y": 1, "positive": False}, "Click what belongs to it first."),
        ("/box", {"frame": 0, "box": [5, 5, 5, 9]}, "is empty: x1 must exceed x0"),
        ("/box", {"frame": 0, "box": [70, 5, 80, 9]}, "lies outside the frame: it must overlap"),
        ("/box", {"frame": 0, "box": [0, 0, 1e39, 9]}, "a box takes four finite numbers"),
        ("/box", {"frame": 0, "box": [0, 0, 9, 9], "object_id": 9}, "there is no object 9"),
        ("/box", {"frame": 99, "box": [0, 0, 9, 9], "object_id": 1}, "frame 99 does not exist"),
        (
            "/prompt",
            {"frame": 0, "object_id": 1, "points": [[1, 1]], "labels": []},
            "give one label per point",
        ),
        ("/prompt", {"frame": 0, "object_id": 9, "points": [[1, 1]], "labels": [1]}, "there is no object 9"),
        ("/prompt", {"frame": 0, "object_id": 9, "points": [], "labels": []}, "there is no object 9"),
        ("/prompt", {"frame": 99, "object_id": 1, "points": [], "labels": []}, "frame 99 does not exist"),
        (
            "/paint",
            {"frame": 12, "object_id": 1, "mask": packed(np.ones((48, 64), np.bool_))},
            "frame 12 does not",
        ),
        ("/paint", {"frame": 0, "object_id": 9, "mask": packed(np.ones((48, 64), np.bool_))}, "no object 9"),
        ("/preview", {"frame": 12, "x": 1, "y": 1}, "frame 12 does not exist"),
    ],
)
def test_a_prompt_that_cannot_be_changes_nothing(
    page: Page, path: str, body: dict[str, Any], cause: str
) -> None:
    page.click(6)
    assert cause in page.refused(path, **body)


@pytest.mark.parametrize(
    ("path", "body", "cause"),
    [
        ("/box", {"frame": 0, "box": [0, 0, 9]}, "body.box.3: Field required"),
        ("/prompt", {"frame": 0, "object_id": 1, "points": [[1, 1]], "labels": [2]}, "body.labels.0"),
        ("/prompt", {"frame": 0, "object_id": 1, "points": [[1, 1]], "labels": [10**30]}, "body.labels.0"),
        ("/prompt", {"frame": 0, "object_id": 1, "points": [[1, 1, 1]], "labels": [1]}, "body.points.0"),
        ("/paint", {"frame": 0, "object_id": 1, "mask": None}, "body.mask"),
        ("/choose", {"frame": 0, "object_id": 1}, "body.candidate: Field required"),
        ("/edits", {"edit": "lock"}, "body.edit"),
        ("/objects", {"name": 5}, "body.name"),
    ],
)
def test_a_body_of_another_form_changes_nothing(
    page: Page, path: str, body: dict[str, Any], cause: str
) -> None:
    page.click(6)
    assert cause in page.refused(path, 422, **body)


@pytest.mark.parametrize("path", ["/click", "/box"])
def test_a_prompt_that_fails_makes_no_object_and_no_step(page: Page, path: str) -> None:
    page.tell("/objects")
    page.tell("/undo")
    assert page.update()["project"]["can_redo"] is True
    page.refused(path, frame=0, x=99, y=0, box=[99, 0, 100, 1])
    page.tell("/redo")
    assert page.objects == {1: "object 1"}
    page.refused(path, frame=0, x=99, y=0, box=[99, 0, 100, 1])
    assert page.update()["project"]["can_redo"] is False


def test_without_models_a_click_says_why_and_everything_else_goes_on(
    page: Page, desk: Desk, frames: Path
) -> None:
    are_there = False

    def load(_: object) -> Models:
        if not are_there:
            raise WeightsError("mobile-sam cannot be fetched: put mobile_sam.pt into the cache")
        return gated_models(Gate())

    desk.shelf = ModelShelf(load)
    page = page.visitor.open(frames)
    assert page.refused("/click", frame=0, x=1, y=1).startswith("mobile-sam cannot be fetched: put")
    told = page.update()["models"]
    assert (told["status"], told["message"][:10]) == ("failed", "mobile-sam")
    page.tell("/objects", name="cat")
    page.tell("/paint", object_id=1, frame=0, mask=packed(disc(0)))
    page.tell("/undo")
    are_there = True
    page.click(0)
    assert page.update()["models"]["status"] == "ready"


def test_painting_on_a_cleaned_mask_does_not_paint_the_clean_up_in(page: Page) -> None:
    page.click(0)
    disc = mask(page, 0)
    page.edit("set_clean_up", object_id=1, grow=2)
    shown = mask(page, 0)
    stroke = np.zeros_like(disc)
    stroke[40:44, 50:60] = True
    page.tell("/paint", frame=0, object_id=1, mask=packed(shown | stroke))
    page.edit("set_clean_up", object_id=1)
    np.testing.assert_array_equal(mask(page, 0), disc | stroke)


# ---- objects and ranges ----


def test_objects_are_added_renamed_recoloured_and_deleted(page: Page) -> None:
    assert page.tell("/objects", name="cat")["object_id"] == 1
    assert page.tell("/objects")["object_id"] == 2
    assert page.objects == {1: "cat", 2: "object 2"}
    page.edit("rename_object", object_id=2, name="<b>dog</b> 犬")
    page.edit("recolour_object", object_id=2, colour=[1, 2, 255])
    page.edit("set_band", object_id=2, width=9)
    page.edit("set_clean_up", object_id=2, holes=30, grow=-1.5)
    clean_up = {"holes": 30, "islands": 0, "smooth": 0, "grow": -1.5}
    told = {"id": 2, "name": "<b>dog</b> 犬", "colour": [1, 2, 255], "band": 9, "owner": None}
    assert page.update()["project"]["objects"][1] == told | {"attributes": {}, "clean_up": clean_up}
    page.edit("delete_object", object_id=1)
    assert page.objects == {2: "<b>dog</b> 犬"}
    assert page.update()["lanes"]["rows"].keys() == {"2"}


def test_masks_are_locked_and_unlocked(tracked: Page) -> None:
    assert status(tracked) == [KNOWN] + [TRACKED] * 11
    tracked.edit("lock", object_id=1, start=3, stop=6)  # which is how the page accepts masks, too
    assert status(tracked) == [KNOWN, TRACKED, TRACKED, KNOWN, KNOWN, KNOWN] + [TRACKED] * 6
    assert marks(tracked)[3] == 8
    assert status(tracked, 2) == [KNOWN] + [TRACKED] * 11
    tracked.edit("unlock", object_id=1, start=0, stop=5)
    assert status(tracked)[5] == KNOWN
    assert KNOWN not in status(tracked)[:5]
    np.testing.assert_array_equal(mask(tracked, 4), disc(4))


def test_an_object_can_be_said_to_be_absent(tracked: Page) -> None:
    tracked.edit("clear", object_id=2, start=4, stop=6)
    assert [mask(tracked, frame, 2).any() for frame in (3, 4, 5, 6)] == [True, False, False, True]
    np.testing.assert_array_equal(mask(tracked, 4), disc(4))


def test_a_correction_can_be_withdrawn(tracked: Page) -> None:
    tracked.tell("/paint", object_id=1, frame=5, mask=packed(disc(5, 2)))
    np.testing.assert_array_equal(mask(tracked, 5), disc(5, 2))
    tracked.edit("withdraw", object_id=1, start=5, stop=6)
    np.testing.assert_array_equal(mask(tracked, 5), disc(5, 1))


def test_two_objects_are_merged_split_and_swapped(tracked: Page) -> None:
    tracked.edit("swap", object_id=1, other_id=2, start=3, stop=4)
    np.testing.assert_array_equal(mask(tracked, 3, 1), disc(3, 2))
    tracked.edit("merge", object_id=1, other_id=2, start=5, stop=12)
    np.testing.assert_array_equal(mask(tracked, 7), disc(7, 1) | disc(7, 2))
    assert not mask(tracked, 7, 2).any()
    tracked.edit("split", object_id=1, other_id=2, start=8, stop=9)
    np.testing.assert_array_equal(mask(tracked, 8, 2), disc(8, 1) | disc(8, 2))


def test_tracking_keeps_to_the_range_that_is_chosen(page: Page) -> None:
    page.click(5)
    page.edit("set_range", start=3, stop=8)
    assert page.update()["project"]["range"] == [3, 8]
    page.tell("/track")
    page.wait()
    assert [bool(value) for value in status(page)] == [False] * 3 + [True] * 5 + [False] * 4


@pytest.mark.parametrize(
    ("edit", "cause"),
    [
        (
            {"kind": "lock", "object_id": 9, "start": 0, "stop": 1},
            "there is no object 9; the project has 1 (",
        ),
        (
            {"kind": "lock", "object_id": 1, "start": 0, "stop": 13},
            "frames 0 to 12 are no range of this video",
        ),
        (
            {"kind": "unlock", "object_id": 1, "start": 5, "stop": 5},
            "no range of this video: give two frames",
        ),
        ({"kind": "clear", "object_id": 1, "start": -1, "stop": 5}, "(start: Input should be greater"),
        ({"kind": "withdraw", "object_id": 1, "start": 0, "stop": 10**30}, "no range of this video"),
        ({"kind": "set_range", "start": 8, "stop": 3}, "no range of this video"),
        ({"kind": "merge", "object_id": 1, "other_id": 1, "start": 0, "stop": 1}, "was named twice"),
        ({"kind": "swap", "object_id": 1, "other_id": 9, "start": 0, "stop": 1}, "there is no object 9"),
        ({"kind": "delete_object", "object_id": 9}, "there is no object 9"),
        ({"kind": "rename_object", "object_id": 1, "name": " "}, "is no name for an object: give one"),
        (
            {"kind": "rename_object", "object_id": 1},
            "the edit cannot be understood (name: Field required): give",
        ),
        (
            {"kind": "recolour_object", "object_id": 1, "colour": [999, 0, 0]},
            "(colour.0: Input should be less",
        ),
        ({"kind": "set_band", "object_id": 1, "width": 0}, "a band cannot be 0.0 pixels wide"),
        ({"kind": "set_clean_up", "object_id": 1, "holes": -4}, "holes of -4 pixels: give an area from 0"),
        ({"kind": "recolour_object", "object_id": 1, "colour": "red"}, "the edit cannot be understood"),
        ({"kind": "lock", "object_id": "one", "start": 0, "stop": 1}, "the edit cannot be understood"),
        ({"kind": "add_object", "object_id": 1, "name": "x"}, "unknown edit 'add_object'; choose one of"),
        ({"kind": "propagate"}, "unknown edit 'propagate'"),
        ({"kind": ["lock"]}, "unknown edit \"['lock']\""),
        ({}, "unknown edit 'None'; choose one of rename_object, recolour_object, set_band"),
    ],
)
def test_an_edit_that_cannot_be_changes_nothing(page: Page, edit: dict[str, Any], cause: str) -> None:
    page.click(6)
    assert cause in page.refused("/edits", edit=edit)


# ---- undo and redo ----


def test_steps_are_taken_back_and_applied_again(page: Page) -> None:
    page.click(3)
    page.edit("rename_object", object_id=1, name="cat")
    page.tell("/undo")
    assert page.objects == {1: "object 1"}
    page.tell("/undo")
    assert not mask(page, 3).any()
    told = page.tell("/undo")["project"]
    assert (told["objects"], told["can_undo"], told["can_redo"]) == ([], False, True)
    assert page.refused("/undo") == "there is nothing to undo"
    for _ in range(3):
        told = page.tell("/redo")["project"]
    assert (told["objects"][0]["name"], told["can_undo"], told["can_redo"]) == ("cat", True, False)
    np.testing.assert_array_equal(mask(page, 3), disc(3))
    assert page.refused("/redo") == "there is nothing to redo"


def test_to_undo_tracking_that_is_on_its_way_ends_it(page: Page, gate: Gate) -> None:
    page.click(0)
    gate.close()
    page.tell("/track")
    gate.wait_for_arrival()
    job = page.project.job
    assert job is not None

    def open_when_cancelled() -> None:
        eventually(job._cancelled.is_set)
        gate.open()

    opener = threading.Thread(target=open_when_cancelled)
    opener.start()
    told = page.tell("/undo")
    opener.join()
    assert told["job"]["status"] == "cancelled"
    assert status(page) == [KNOWN] + [UNTRACKED] * 11
    assert told["project"]["has_unfinished"] is False
    page.tell("/track")
    assert page.wait()["status"] == "done"


def test_a_change_is_told_to_another_tab_as_to_the_one_that_made_it(tracked: Page) -> None:
    for path, body in (
        ("/undo", {}),
        ("/redo", {}),
        ("/objects", {}),
        ("/edits", {"edit": {"kind": "rename_object", "object_id": 1, "name": "cat"}}),
        ("/paint", {"object_id": 1, "frame": 2, "mask": packed(disc(2))}),
        ("/click", {"frame": 2, "x": 1, "y": 1}),
    ):
        since = tracked.revision
        own = tracked.tell(path, since=since, **body)
        assert own["project"]["revision"] > since
        other = tracked.update(since)
        for part in ("project", "lanes", "changed"):
            assert other[part] == own[part]
        assert other["changed"] == {"start": 0, "stop": 12}
