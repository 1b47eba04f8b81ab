"""Masks of other programs: sent by a visitor, looked at, and taken in as one step."""

import io
import zipfile

import cv2
import numpy as np
import pytest

from tests.track_anything.ui.desk_fixtures import CLIP, Page, Visitor

FRAMES = (0, 3, 7)


def encoded(frame: int) -> bytes:
    """The true label map of a frame, as a grey PNG file."""
    return bytes(cv2.imencode(".png", CLIP.label_map(frame))[1])


def send(page: Page, files: dict[str, bytes]) -> None:
    page.tell("/import/begin")
    for name, content in files.items():
        answer = page.visitor.http.post(page.path("/import/file"), params={"name": name}, content=content)
        assert answer.status_code == 200, answer.text


@pytest.fixture
def files() -> dict[str, bytes]:
    return {f"masks/{frame:05d}.png": encoded(frame) for frame in FRAMES}


def test_what_would_be_done_is_told_and_nothing_is_changed(page: Page, files: dict[str, bytes]) -> None:
    send(page, files)
    told = page.tell("/import/inspect")
    assert told["frames"] == 3
    assert (told["first"], told["last"]["frame"]) == ({"frame": 0, "name": "00000.png"}, 7)
    assert [(one["foreign"], one["frames"], one["becomes"]) for one in told["objects"]] == [
        (1, 3, None),
        (2, 3, None),
    ]
    assert page.objects == {}


def test_masks_become_objects_of_choice_in_one_step(page: Page, files: dict[str, bytes]) -> None:
    page.click(5)
    send(page, files)
    page.tell("/import/take", choices={"2": 1, "1": None})
    assert page.wait()["status"] == "done"
    assert list(page.objects) == [1, 2]
    for frame in FRAMES:
        expected = np.select([CLIP.label_map(frame) == 2, CLIP.label_map(frame) == 1], [1, 2])
        np.testing.assert_array_equal(page.label_map(frame), expected)
    page.tell("/undo")
    assert list(page.objects) == [1]
    assert not page.label_map(3).any()
    assert page.label_map(5).any()


def test_a_zip_file_of_masks_is_taken_in(page: Page, files: dict[str, bytes]) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, one in files.items():
            archive.writestr(name, one)
    send(page, {"masks.zip": content.getvalue()})
    assert page.tell("/import/inspect")["frames"] == 3
    page.tell("/import/take")
    assert page.wait()["status"] == "done"
    np.testing.assert_array_equal(page.label_map(7), CLIP.label_map(7))


def test_masks_of_another_size_are_refused_by_the_name_of_the_file(page: Page) -> None:
    send(page, {"wrong.png": bytes(cv2.imencode(".png", np.ones((9, 9), np.uint8))[1])})
    text = page.refused("/import/inspect", 400)
    assert "wrong.png" in text
    assert str(page.project.entry.folder) not in text
    assert page.refused("/import/take", 400) == text
    assert page.objects == {}


@pytest.mark.parametrize("name", ["../../entry.json", "/etc/x.png", "a/../../b.png", "..", ""])
def test_no_name_leads_out_of_the_project(page: Page, name: str) -> None:
    before = (page.project.entry.folder / "entry.json").read_bytes()
    send(page, {name: b"x"})
    sent = [
        path for path in page.project.entry.folder.rglob("*") if path.is_file() and path.read_bytes() == b"x"
    ]
    assert [path.is_relative_to(page.project.entry.folder / "incoming") for path in sent] == [True]
    assert (page.project.entry.folder / "entry.json").read_bytes() == before


def test_without_masks_one_is_told_to_choose_some(page: Page, visitor: Visitor) -> None:
    page.tell("/import/begin")
    assert page.refused("/import/inspect", 400).startswith("no masks were sent yet: choose a file")
    assert visitor.http.post("/api/projects/000000000000/import/begin").status_code == 404
