"""Many points are answered at once as each would be by itself."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sam.errors import PromptError
from sam.point_segmenter import PointSegmenter, predict_points
from sam.prompt import Prompt
from sam.sam_segmenter import SamSegmenter
from sam.segmenter import Candidates, Segmenter

Image = NDArray[np.uint8]
POINTS = np.array([[3, 4], [60, 45], [139, 89], [5.5, 80.25], [70, 0], [0, 0]], np.float32)


class PlainSegmenter:
    """One that knows no more than the contract."""

    def __init__(self, segmenter: SamSegmenter) -> None:
        self._segmenter = segmenter

    def embed(self, image: Image) -> Any:
        return self._segmenter.embed(image)

    def predict(self, embedding: Any, prompt: Prompt) -> Candidates:
        return self._segmenter.predict(embedding, prompt)


@pytest.fixture(params=["batched", "click by click"])
def segmenter(request: pytest.FixtureRequest, toy_segmenter: SamSegmenter) -> Segmenter[Any]:
    return toy_segmenter if request.param == "batched" else PlainSegmenter(toy_segmenter)


def test_which_segmenter_takes_points(toy_segmenter: SamSegmenter) -> None:
    assert isinstance(toy_segmenter, PointSegmenter)
    assert not isinstance(PlainSegmenter(toy_segmenter), PointSegmenter)


def test_each_point_is_answered_as_a_click(
    segmenter: Segmenter[Any], toy_segmenter: SamSegmenter, photo: Image
) -> None:
    embedding = toy_segmenter.embed(photo)
    answers = list(predict_points(segmenter, embedding, POINTS, min_predicted_iou=-100))
    assert len(answers) == len(POINTS)
    for (x, y), answer in zip(POINTS.tolist(), answers, strict=True):
        alone = toy_segmenter.predict(embedding, Prompt.click(x, y))
        assert np.allclose(answer.logits, alone.logits, atol=1e-4)
        assert np.allclose(answer.scores, alone.scores, atol=1e-5)
        assert np.allclose(answer.stability, alone.stability, atol=1e-3)
        assert (answer.masks != alone.masks).mean() < 1e-3


def test_candidates_of_little_promise_are_left_out(
    segmenter: Segmenter[Any], toy_segmenter: SamSegmenter, photo: Image
) -> None:
    embedding = toy_segmenter.embed(photo)
    everything = list(predict_points(toy_segmenter, embedding, POINTS, min_predicted_iou=-100))
    scores = np.concatenate([answer.scores for answer in everything])
    limit = float(np.sort(scores)[8:10].mean())
    answers = list(predict_points(segmenter, embedding, POINTS, min_predicted_iou=limit))
    assert [len(answer.scores) for answer in answers] == [
        np.count_nonzero(answer.scores >= limit) for answer in everything
    ]
    assert sum(len(answer.scores) for answer in answers) == len(scores) - 9
    for answer in answers:
        assert (answer.scores >= limit).all()
        assert len(answer.masks) == len(answer.stability) == len(answer.logits) == len(answer.scores)


def test_an_answer_without_candidates_keeps_its_shape(
    segmenter: Segmenter[Any], toy_segmenter: SamSegmenter, photo: Image
) -> None:
    embedding = toy_segmenter.embed(photo)
    answer = next(iter(predict_points(segmenter, embedding, POINTS, min_predicted_iou=100)))
    assert answer.masks.shape == (0, *photo.shape[:2])
    assert answer.masks.dtype == np.bool_
    assert answer.scores.shape == answer.stability.shape == (0,)
    assert answer.logits.shape == (0, 256, 256)


def test_no_points_have_no_answers(segmenter: Segmenter[Any], photo: Image) -> None:
    embedding = segmenter.embed(photo)
    none = np.zeros((0, 2), np.float32)
    assert list(predict_points(segmenter, embedding, none, min_predicted_iou=0)) == []


def test_points_outside_are_refused(segmenter: Segmenter[Any], photo: Image) -> None:
    embedding = segmenter.embed(photo)
    outside = np.array([[500, 4]], np.float32)
    with pytest.raises(PromptError, match=r"click \(500, 4\)"):
        list(predict_points(segmenter, embedding, outside, min_predicted_iou=0))
