"""What a detector says of an image and of its parts."""

import numpy as np
import pytest
from numpy.typing import NDArray

from track_anything.models.detector import YoloxDetector
from track_anything.prompting.finding.scoring import EVIDENCE, knows_class, scores_of
from track_anything.prompting.finding.sightings import Sightings
from track_anything.types import Image


class SeesBright(YoloxDetector):
    """A detector of the lit part of an image, as a dog, where it fills enough of it to be seen."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, ...]] = []

    def predictions(self, image: Image) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        self.sizes.append(image.shape[:2])
        rows, columns = np.nonzero(image[..., 0] > 100)
        if len(rows) * 400 < image.shape[0] * image.shape[1]:
            return np.zeros((0, 4)), np.zeros((0, 80), np.float32)
        box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        scores = np.zeros((1, 80), np.float32)
        scores[0, 16], scores[0, 15] = 0.8, 0.2
        return np.array([box], np.float64), scores


def lit(*boxes: tuple[int, int, int, int], size: tuple[int, int] = (480, 640)) -> Image:
    image = np.zeros((*size, 3), np.uint8)
    for x0, y0, x1, y1 in boxes:
        image[y0:y1, x0:x1] = 255
    return image


def mask_of(box: tuple[int, int, int, int]) -> np.ndarray:
    return lit(box)[..., 0] > 100


def test_what_is_too_small_in_the_image_is_seen_in_a_part_and_lies_where_it_is() -> None:
    box = (500, 330, 520, 350)  # a 768th of the image
    seen = Sightings.of(SeesBright(), lit(box))
    assert len(seen.boxes) >= 1
    assert {tuple(each) for each in seen.boxes.tolist()} == {box}


def test_what_a_part_cuts_off_is_left_to_the_others() -> None:
    box = (200, 100, 460, 400)  # larger than any part
    seen = Sightings.of(SeesBright(), lit(box))
    assert seen.boxes.tolist() == [list(box)], "as seen in the whole image alone"
    corner = (0, 0, 60, 60)  # what the image itself cuts off is no matter
    assert {tuple(each) for each in Sightings.of(SeesBright(), lit(corner)).boxes.tolist()} == {corner}


def test_the_parts_cover_the_image_and_a_small_one_has_none() -> None:
    detector = SeesBright()
    Sightings.of(detector, lit())
    assert len(detector.sizes) == 14
    assert detector.sizes[0] == (480, 640)
    assert detector.sizes[1][1] > 640 / 2
    small = SeesBright()
    Sightings.of(small, lit(size=(180, 320)))
    assert small.sizes == [(180, 320)]


def test_a_mask_is_what_the_box_around_it_is() -> None:
    box = (100, 100, 200, 200)
    seen = Sightings.of(SeesBright(), lit(box))
    classes = seen.classes_of(mask_of(box))
    assert (int(classes.argmax()), float(classes.max())) == (16, pytest.approx(0.8))
    half = seen.classes_of(mask_of((100, 100, 200, 170)))
    assert float(half.max()) == pytest.approx(0.8 * 0.7)
    assert seen.classes_of(mask_of((300, 300, 400, 400))).max() == 0
    assert seen.classes_of(np.zeros((480, 640), bool)).max() == 0
    assert Sightings.none().classes_of(mask_of(box)).shape == (80,)


def test_boxes_are_those_of_the_likeliest_class_each_once() -> None:
    box = (100, 100, 200, 200)
    seen = Sightings.of(SeesBright(), lit(box))
    assert len(seen.boxes) > 1
    assert seen.boxes_of(seen.classes_of(mask_of(box))).tolist() == [list(box)]
    unlike = np.zeros(80, np.float32)
    unlike[3] = 0.9
    assert seen.boxes_of(unlike).shape == (0, 4)
    assert Sightings.none().boxes_of(unlike).shape == (0, 4)


def evidence(*class_scores: float) -> np.ndarray:
    told = np.full((len(class_scores), len(EVIDENCE)), 0.5)
    told[:, EVIDENCE.index("class_score")] = class_scores
    return told


def test_a_class_counts_by_the_surest_of_the_image() -> None:
    sure, faint = scores_of(evidence(0.8, 0.4, 0.0)), scores_of(evidence(0.4, 0.2, 0.0))
    assert sure[0] > sure[1] > sure[2]
    np.testing.assert_allclose(sure[:2], faint[:2], atol=0.05)
    assert knows_class(evidence(0.4, 0.0))


def test_without_a_class_the_looks_decide_and_what_is_refused_goes() -> None:
    told = evidence(0, 0)
    told[1, EVIDENCE.index("rim")] = 0.9
    assert not knows_class(told)
    assert not knows_class(np.zeros((0, len(EVIDENCE))))
    scores = scores_of(told)
    assert scores[1] > scores[0]
    assert scores_of(told, np.array([0, 0.5]))[1] < scores[1] / 5
    assert scores_of(np.zeros((0, len(EVIDENCE)))).shape == (0,)
