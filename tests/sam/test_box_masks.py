"""Masks in boxes: one answer per box, refined by what was answered first."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest

from sam.box_masks import masks_in_boxes, steadier
from sam.errors import PromptError, SamError
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.testing import ColourSegmenter, MovingShapes

CLIP = MovingShapes(shapes=2)


@dataclass
class Asked:
    """Keeps what it is asked; answers with what it was told before, one deeper."""

    stability: np.ndarray = field(default_factory=lambda: np.array([0.5, 0.6, 0.7]))
    prompts: list[Prompt] = field(default_factory=list)

    def embed(self, image: np.ndarray) -> None:
        return None

    def predict(self, embedding: None, prompt: Prompt) -> Candidates:
        self.prompts.append(prompt)
        depth = np.zeros((1, 256, 256)) if prompt.logits is None else prompt.logits[None] + 1
        return Candidates(
            np.ones((1, 4, 4), bool), np.ones(1), self.stability[len(self.prompts) - 1 :][:1], depth
        )


def test_the_thing_in_each_box_is_found() -> None:
    image, label_map = CLIP.frame(0), CLIP.label_map(0)
    boxes = []
    for object_id in (1, 2):
        rows, columns = np.nonzero(label_map == object_id)
        boxes.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
    answers = list(masks_in_boxes(ColourSegmenter(), image, np.array(boxes, np.float32)))
    for object_id, answer in zip((1, 2), answers, strict=True):
        np.testing.assert_array_equal(answer.masks[answer.best], label_map == object_id)


def test_the_second_pass_is_told_the_first_answer_and_the_box() -> None:
    asked = Asked()
    (answer,) = masks_in_boxes(asked, None, np.array([[0, 0, 2, 2]]), passes=3)
    assert [prompt.logits is None for prompt in asked.prompts] == [True, False, False]
    assert all(np.array_equal(one.box, two.box) for one, two in pairwise(asked.prompts))
    assert answer.logits.max() == 2


def test_a_second_answer_that_is_less_steady_does_not_count() -> None:
    (answer,) = masks_in_boxes(Asked(np.array([0.9, 0.8])), None, np.array([[0, 0, 2, 2]]))
    assert answer.logits.max() == 0


def told(score: float, stability: float, columns: int) -> Candidates:
    mask = np.zeros((1, 4, 4), bool)
    mask[..., :columns] = True
    logits = np.zeros((1, 256, 256), np.float32)
    return Candidates(mask, np.array([score], np.float32), np.array([stability], np.float32), logits)


@pytest.mark.parametrize(
    ("second", "counts"),
    [
        (told(0.9, 0.9, 4), True),
        (told(0.8, 0.9, 3), True),
        (told(0.9, 0.8, 4), False),  # no steadier
        (told(0.7, 0.9, 4), False),  # less sure
        (told(0.9, 0.9, 1), False),  # of something else
    ],
)
def test_a_second_answer_counts_that_is_better_in_all_ways(second: Candidates, counts: bool) -> None:
    first = told(0.8, 0.8, 4)
    assert steadier(first, second) is (second if counts else first)


def test_no_box_is_no_answer_and_a_bad_one_is_told() -> None:
    assert list(masks_in_boxes(Asked(), None, np.zeros((0, 4)))) == []
    with pytest.raises(PromptError, match="is empty"):
        list(masks_in_boxes(Asked(), None, np.array([[3, 3, 3, 5]])))
    with pytest.raises(SamError, match="passes cannot be 0"):
        list(masks_in_boxes(Asked(), None, np.array([[0, 0, 2, 2]]), passes=0))
