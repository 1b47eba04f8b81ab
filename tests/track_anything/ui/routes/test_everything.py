"""The pick list of boxes that another program found, and of what the detector in the package knows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.track_anything.ui.desk_fixtures import CLIP, Page
from track_anything.models.detector import Detection, YoloxDetector
from track_anything.types import Image
from track_anything.ui import given_boxes
from track_anything.ui.wire import unpacked


def box_of_shape(frame: int, shape: int) -> list[int]:
    rows, columns = np.nonzero(CLIP.label_map(frame) == shape)
    x, y = int(columns.min()), int(rows.min())
    return [x, y, int(columns.max()) + 1 - x, int(rows.max()) + 1 - y]


def rows_of(frame: int) -> list[dict[str, Any]]:
    """COCO detections of both shapes, the second one the surer."""
    return [
        {"image_id": frame, "category_id": 18, "bbox": box_of_shape(frame, shape), "score": 0.4 + shape / 10}
        for shape in (1, 2)
    ]


def send(page: Page, content: object, name: str = "found.json") -> tuple[int, Any]:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    path = page.path(f"/everything/boxes?name={name}")
    answer = page.visitor.http.post(path, content=body)
    return answer.status_code, answer.json()


def test_what_lies_in_given_boxes_is_listed_and_becomes_objects(page: Page) -> None:
    assert send(page, rows_of(5) + rows_of(7)) == (200, {})
    for frame in (5, 7):  # given once, for all frames
        assert page.tell("/everything", frame=frame, given=True)["job"]["kind"] == "everything"
        assert page.wait()["status"] == "done"
        found = page.get("/everything").json()
        assert [each["predicted_iou"] for each in found["masks"]] == [0.6, 0.5]
        for each, shape in zip(found["masks"], (2, 1), strict=True):
            np.testing.assert_array_equal(unpacked(each["mask"], (48, 64)), CLIP.label_map(frame) == shape)
    page.tell("/everything/pick", places=[0, 1])
    assert [*page.objects.values()] == ["dog", "dog 2"]
    page.tell("/everything", frame=7, given=True)
    page.wait()
    assert page.get("/everything").json()["masks"] == [], "what is an object already is not found again"


def test_boxes_that_cannot_be_used_are_one_line_and_the_earlier_ones_stay(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page.refused("/everything", frame=0, given=True).startswith("no boxes were given yet: choose")
    assert send(page, rows_of(5)) == (200, {})
    status, told = send(page, b"no json", "wrong.json")
    assert (status, told["detail"].count("\n")) == (400, 0)
    assert told["detail"].startswith("wrong.json holds no COCO detections: give a list of image_id")
    monkeypatch.setattr(given_boxes, "_MOST_MIB", 0)
    status, told = send(page, rows_of(5))
    assert (status, told["detail"]) == (
        400,
        "a file of boxes may have 0 MiB: give the boxes of this video alone",
    )
    assert page.refused("/everything", frame=3, given=True) == (
        "found.json has no boxes for frame 3: look on frame 5"
    )
    assert page.refused("/everything", frame=12, given=True).startswith("frame 12 does not exist")
    folder = page.project.entry.folder / "boxes"
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["found.json"], (
        "nothing is left over"
    )


def test_the_detector_of_the_package_is_asked_whatever_else_understands_words(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def detect(_: object, image: Image, *, names: list[str], least: float) -> list[Detection]:
        asked.append(sorted(names))
        x, y, width, height = box_of_shape(4, 1)
        return [Detection("dog", 0.7, (x, y, x + width, y + height))]

    monkeypatch.setattr(YoloxDetector, "detect", detect)
    page.tell("/everything", frame=4, detect=True, words="dogs")
    page.wait()
    page.tell("/everything", frame=4, detect=True)
    page.wait()
    assert asked[0] == ["dog"]
    assert len(asked[1]) == 80, "without words, all that it knows"
    (mask,) = page.get("/everything").json()["masks"]
    np.testing.assert_array_equal(unpacked(mask["mask"], (48, 64)), CLIP.label_map(4) == 1)
    assert page.refused("/everything", frame=4, detect=True, words="unicorn").startswith(
        "unknown class 'unicorn'"
    )


def test_a_name_of_a_file_leads_nowhere_else(page: Page, tmp_path: Path) -> None:
    assert send(page, rows_of(5), "..%2F..%2Fentry.json") == (200, {})
    folder = page.project.entry.folder
    assert [path.parent for path in folder.rglob("*entry.json") if path.parent != folder] == [
        folder / "boxes"
    ]
