"""Simulated clicks: deepest inside the largest error, with the right sign, answers fed back."""

import numpy as np
import pytest

from benchmarks.clicks import Click, click_mask, next_click
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.errors import InputError
from track_anything.testing import ColourSegmenter, MovingShapes

EMPTY = np.zeros((40, 60), np.bool_)


def rectangle(top: int, left: int, bottom: int, right: int) -> np.ndarray:
    mask = EMPTY.copy()
    mask[top:bottom, left:right] = True
    return mask


def test_the_first_click_goes_deepest_into_the_object():
    assert next_click(EMPTY, rectangle(10, 20, 21, 31)) == Click(25, 15, is_positive=True)


def test_the_edge_of_the_frame_is_an_edge_of_the_object():
    assert next_click(EMPTY, rectangle(0, 0, 9, 9)) == Click(4, 4, is_positive=True)


def test_the_largest_region_wins_not_the_deepest_pixel_of_all():
    thin_and_large, thick_and_small = rectangle(1, 0, 4, 60), rectangle(20, 20, 29, 29)
    click = next_click(EMPTY, thin_and_large | thick_and_small)
    assert click is not None
    assert thin_and_large[click.y, click.x]
    assert click.y == 2


def test_too_much_mask_is_answered_with_a_negative_click():
    truth = rectangle(10, 10, 20, 20)
    assert next_click(truth | rectangle(10, 30, 25, 45), truth) == Click(37, 17, is_positive=False)


def test_missing_object_goes_before_a_smaller_excess():
    truth = rectangle(10, 10, 25, 25)
    assert next_click(rectangle(30, 40, 35, 45), truth) == Click(17, 17, is_positive=True)


def test_nothing_is_clicked_when_nothing_is_wrong():
    assert next_click(EMPTY, EMPTY) is None
    assert next_click(rectangle(1, 1, 5, 5), rectangle(1, 1, 5, 5)) is None


def test_clicking_ends_as_soon_as_the_mask_is_right():
    clip = MovingShapes()
    segmenter = ColourSegmenter()
    truth = clip.label_map(0) == 1
    clicked = click_mask(segmenter, clip.frame(0), truth, count=3)
    assert np.array_equal(clicked.mask, truth)
    x, y = clip.centre(0)
    assert clicked.clicks == (Click(x, y, is_positive=True),)
    assert segmenter.encoder_passes == 1


class StubbornSegmenter:
    """Never gets it right; keeps the prompts it was asked."""

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []

    def embed(self, image: np.ndarray) -> str:
        return "embedded"

    def predict(self, embedding: str, prompt: Prompt) -> Candidates:
        assert embedding == "embedded"
        self.prompts.append(prompt)
        masks = np.stack([EMPTY, rectangle(0, 0, 40, 60)])
        logits = np.stack([np.zeros((256, 256)), np.full((256, 256), len(self.prompts))]).astype(np.float32)
        return Candidates(masks, np.float32([0.1, 0.9]), np.ones(2, np.float32), logits)


def test_every_click_so_far_and_the_logits_of_the_answer_before_are_fed_back():
    segmenter = StubbornSegmenter()
    image = np.zeros((40, 60, 3), np.uint8)
    clicked = click_mask(segmenter, image, rectangle(10, 10, 21, 21), count=2)
    assert [click.is_positive for click in clicked.clicks] == [True, False]
    first, second = segmenter.prompts[:2]
    assert (first.labels.tolist(), first.logits) == ([1], None)
    assert second.labels.tolist() == [1, 0]
    assert second.points.tolist() == [[click.x, click.y] for click in clicked.clicks]
    assert second.logits is not None
    assert (second.logits == 1).all()


def test_no_click_and_no_object_are_errors():
    image = np.zeros((40, 60, 3), np.uint8)
    with pytest.raises(InputError, match="0 clicks make no mask: give at least 1"):
        click_mask(StubbornSegmenter(), image, rectangle(1, 1, 5, 5), count=0)
    with pytest.raises(InputError, match="no object to click on"):
        click_mask(StubbornSegmenter(), image, EMPTY, count=1)
