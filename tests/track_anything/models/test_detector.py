"""The detector in the package, and the names it understands."""

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from track_anything.errors import InputError, WeightsError
from track_anything.models.coco_classes import COCO_CLASSES
from track_anything.models.detector import YoloxDetector
from track_anything.models.locators import LOCATORS, classes_in


def test_the_classes_are_those_of_coco(shared_data: Path) -> None:
    told = json.loads((shared_data / "coco_val2017_eval" / "instances.json").read_text("utf-8"))
    assert {each["name"]: each["id"] for each in told["categories"]} == dict(COCO_CLASSES)


def test_boxes_and_scores_are_those_of_the_reference(shared_data: Path) -> None:
    folder = shared_data / "coco_val2017_eval"
    rows = json.loads((folder / "detections_yolox_nano.json").read_text("utf-8"))
    detector = YoloxDetector()
    for name in ("000000055299", "000000000802"):  # another class for a box that has one; a few things
        image = np.array(PIL.Image.open(folder / "images" / f"{name}.jpg").convert("RGB"))
        height, width = image.shape[:2]
        found = detector.detect(image, least=0.02)
        wanted = [row for row in rows if row["image_id"] == int(name)]
        assert len(found) == len(wanted)
        for each, row in zip(found, sorted(wanted, key=lambda row: -row["score"]), strict=True):
            x, y, w, h = row["bbox"]
            assert each.score == pytest.approx(row["score"], abs=2e-4)
            corners = np.clip((x, y, x + w, y + h), 0, (width, height, width, height))
            np.testing.assert_allclose(each.box, corners, atol=0.05)
            assert COCO_CLASSES[each.name] == row["category_id"]


def test_only_what_is_wanted_and_sure_enough_is_found(shared_data: Path) -> None:
    image = np.array(PIL.Image.open(shared_data / "coco_val2017_eval" / "images" / "000000055299.jpg"))
    detector = YoloxDetector()
    assert [each.name for each in detector.detect(image)] == ["bird"]
    assert [each.name for each in detector.detect(image, names=["person"], least=0.2)] == ["person"]
    with pytest.raises(InputError, match="unknown class 'unicorn'; choose one of person, bicycle"):
        detector.detect(image, names=["unicorn"])


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (3000, 4000)])
def test_any_size_of_image_is_taken(size: tuple[int, int]) -> None:
    assert YoloxDetector().detect(np.full((*size, 3), 90, np.uint8), least=0.3) == []


def test_another_file_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="is not there: give the ONNX file"):
        YoloxDetector(tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(WeightsError, match=r"holds no network: give the ONNX file"):
        YoloxDetector(tmp_path / "text.onnx")


@pytest.mark.parametrize(
    ("phrase", "names"),
    [
        ("person", ["person"]),
        ("People, a dog,dogs", ["person", "dog"]),
        ("two  wine glasses".removeprefix("two "), ["wine glass"]),
        ("knives", ["knife"]),
        ("the bus", ["bus"]),
        ("all", list(COCO_CLASSES)),
    ],
)
def test_names_are_understood_as_people_say_them(phrase: str, names: list[str]) -> None:
    assert classes_in(phrase) == names


@pytest.mark.parametrize("phrase", ["a red car", "unicorn", "person, dragon"])
def test_words_that_are_no_names_are_refused(phrase: str) -> None:
    with pytest.raises(InputError, match="unknown class"):
        classes_in(phrase)


def test_nothing_to_look_for_is_refused() -> None:
    with pytest.raises(InputError, match="nothing is named"):
        classes_in(" , ")


def test_the_first_locator_comes_with_the_package() -> None:
    locator = LOCATORS.build("names", LOCATORS["names"].checkpoint(None, "", None), "cpu")
    locator.check("person")
    assert locator.locate(np.zeros((40, 60, 3), np.uint8), "person") == []
