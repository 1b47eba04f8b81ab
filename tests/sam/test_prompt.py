"""What a prompt may say, and what is refused."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam.errors import PromptError
from sam.prompt import Prompt
from sam.segmenter import Candidates

COORDINATE = st.floats(-1e4, 1e4, width=32)


def test_a_click_is_one_positive_point() -> None:
    prompt = Prompt.click(3, 4.5)
    assert prompt.points.tolist() == [[3, 4.5]]
    assert prompt.labels.tolist() == [1]
    assert prompt.is_ambiguous


def test_clicks_are_positive_then_negative() -> None:
    prompt = Prompt.clicks([(1, 2), (3, 4)], [(5, 6)])
    assert prompt.points.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert prompt.labels.tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    "prompt",
    [
        Prompt.clicks([(1, 2), (3, 4)]),
        Prompt(box=[0, 0, 2, 2]),
        Prompt.click(1, 2).with_logits(np.zeros((256, 256), np.float32)),
        Prompt(points=[[1, 2]], labels=[1], box=[0, 0, 2, 2]),
    ],
)
def test_more_than_a_lone_click_is_not_ambiguous(prompt: Prompt) -> None:
    assert not prompt.is_ambiguous


def test_lists_and_other_types_are_taken_as_arrays() -> None:
    prompt = Prompt(points=[1, 2, 3, 4], labels=[1.0, 0.0], box=(0, 0, 2, 2), logits=np.zeros((256, 256)))
    assert prompt.points.dtype == np.float32
    assert prompt.points.shape == (2, 2)
    assert prompt.labels.dtype == np.int64
    assert prompt.box is not None
    assert prompt.box.dtype == np.float32
    assert prompt.logits is not None
    assert prompt.logits.dtype == np.float32


def test_logits_can_be_taken_away() -> None:
    prompt = Prompt.click(1, 2).with_logits(np.zeros((256, 256), np.float32))
    assert prompt.with_logits(None).is_ambiguous


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ({}, "the prompt is empty"),
        ({"points": [[1, 2]]}, "1 points with 0 labels"),
        ({"points": [1, 2, 3], "labels": [1]}, "pairs x,y"),
        ({"points": [[1, np.nan]], "labels": [1]}, "not a finite number"),
        ({"points": [[np.inf, 2]], "labels": [1]}, "not a finite number"),
        ({"points": [[1, 2]], "labels": [2]}, "neither 1"),
        ({"box": [1, 2, 3]}, "four finite numbers"),
        ({"box": [1, 2, 3, np.nan]}, "four finite numbers"),
        ({"box": [5, 2, 5, 8]}, "is empty"),
        ({"box": [1, 8, 5, 2]}, "is empty"),
        ({"logits": np.zeros((64, 64))}, r"\(256, 256\), not \(64, 64\)"),
        ({"logits": np.full((256, 256), np.nan)}, "must be finite"),
    ],
)
def test_what_cannot_be_answered_is_refused(parts: dict[str, Any], complaint: str) -> None:
    with pytest.raises(PromptError, match=complaint):
        Prompt(**parts)


@given(COORDINATE, COORDINATE, st.integers(1, 5000), st.integers(1, 5000))
def test_a_click_is_inside_exactly_where_there_are_pixels(
    x: float, y: float, height: int, width: int
) -> None:
    prompt = Prompt.click(x, y)
    if 0 <= x <= width - 1 and 0 <= y <= height - 1:
        prompt.check_inside(height, width)
    else:
        with pytest.raises(PromptError, match="outside the frame"):
            prompt.check_inside(height, width)


@pytest.mark.parametrize("box", [(-9, 0, 0, 5), (0, -9, 5, 0), (20, 0, 30, 5), (0, 10, 5, 20)])
def test_a_box_must_overlap_the_frame(box: tuple[int, ...]) -> None:
    with pytest.raises(PromptError, match="outside the frame"):
        Prompt(box=box).check_inside(height=10, width=20)


def test_a_box_may_overhang() -> None:
    Prompt(box=[-5, -5, 100, 100]).check_inside(height=10, width=20)


def test_the_best_candidate_has_the_highest_score() -> None:
    candidates = Candidates(
        masks=np.zeros((3, 2, 2), np.bool_),
        scores=np.array([0.2, 0.9, 0.5], np.float32),
        stability=np.zeros(3, np.float32),
        logits=np.zeros((3, 256, 256), np.float32),
    )
    assert candidates.best == 1
