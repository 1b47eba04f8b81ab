"""What every segmenter must do, as checks that take a segmenter and an image; fakes pass the same ones."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sam.canvas import LOGITS_SIZE
from sam.errors import PromptError
from sam.prompt import Prompt
from sam.segmenter import Candidates, Segmenter

Image = NDArray[np.uint8]
Check = Callable[[Segmenter[Any], Image], None]


def _middle(image: Image) -> tuple[float, float]:
    height, width = image.shape[:2]
    return width // 2, height // 2


def _is_same(one: Candidates, other: Candidates) -> bool:
    return np.array_equal(one.masks, other.masks) and np.array_equal(one.scores, other.scores)


def _check_well_formed(candidates: Candidates, count: int, image: Image) -> None:
    assert candidates.masks.shape == (count, *image.shape[:2])
    assert candidates.masks.dtype == np.bool_
    assert candidates.scores.shape == candidates.stability.shape == (count,)
    assert candidates.scores.dtype == candidates.stability.dtype == np.float32
    assert ((candidates.stability >= 0) & (candidates.stability <= 1)).all()
    assert candidates.logits.shape == (count, LOGITS_SIZE, LOGITS_SIZE)
    assert candidates.logits.dtype == np.float32
    assert candidates.scores[candidates.best] == candidates.scores.max()


def lone_click_gives_three_candidates(segmenter: Segmenter[Any], image: Image) -> None:
    answer = segmenter.predict(segmenter.embed(image), Prompt.click(*_middle(image)))
    _check_well_formed(answer, 3, image)


def several_prompts_give_one_mask(segmenter: Segmenter[Any], image: Image) -> None:
    embedding = segmenter.embed(image)
    height, width = image.shape[:2]
    middle = np.array([_middle(image)], np.float32)
    box = np.array([0, 0, width, height], np.float32)
    for prompt in (
        Prompt.clicks([_middle(image)], [(0, 0)]),
        Prompt(box=box),
        Prompt(points=middle, labels=np.ones(1, np.int64), box=box),
    ):
        _check_well_formed(segmenter.predict(embedding, prompt), 1, image)


def logits_can_be_fed_back(segmenter: Segmenter[Any], image: Image) -> None:
    embedding = segmenter.embed(image)
    click = Prompt.click(*_middle(image))
    first = segmenter.predict(embedding, click)
    logits = first.logits[first.best]
    _check_well_formed(segmenter.predict(embedding, click.with_logits(logits)), 1, image)
    _check_well_formed(segmenter.predict(embedding, Prompt(logits=logits)), 1, image)


def an_embedding_answers_again_and_again(segmenter: Segmenter[Any], image: Image) -> None:
    embedding = segmenter.embed(image)
    click = Prompt.click(*_middle(image))
    first = segmenter.predict(embedding, click)
    segmenter.predict(embedding, Prompt.clicks([(0, 0)], [_middle(image)]))
    segmenter.predict(segmenter.embed(image[::-1].copy()), click)
    assert _is_same(segmenter.predict(embedding, click), first)


def the_image_is_left_alone(segmenter: Segmenter[Any], image: Image) -> None:
    before = image.copy()
    segmenter.predict(segmenter.embed(image), Prompt.click(*_middle(image)))
    assert np.array_equal(image, before)


def prompts_outside_are_refused(segmenter: Segmenter[Any], image: Image) -> None:
    embedding = segmenter.embed(image)
    height, width = image.shape[:2]
    for x, y in ((-1, 0), (0, -1), (width, 0), (0, height)):
        with pytest.raises(PromptError, match="outside the frame"):
            segmenter.predict(embedding, Prompt.click(x, y))
    with pytest.raises(PromptError, match="outside the frame"):
        segmenter.predict(embedding, Prompt(box=np.array([width, 0, width + 5, 5], np.float32)))


CONTRACT: tuple[Check, ...] = (
    lone_click_gives_three_candidates,
    several_prompts_give_one_mask,
    logits_can_be_fed_back,
    an_embedding_answers_again_and_again,
    the_image_is_left_alone,
    prompts_outside_are_refused,
)
