"""A frame is encoded once, whoever asks."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from sam.errors import PromptError
from sam.point_segmenter import predict_points
from sam.prompt import Prompt
from sam.segmenter import Candidates
from track_anything.errors import WeightsError
from track_anything.models.embeddings import CachedSegmenter
from track_anything.testing import ColourSegmenter, MovingShapes
from track_anything.types import Image

CLIP = MovingShapes(frame_count=6)


def test_a_frame_is_encoded_once_whoever_asks() -> None:
    fake = ColourSegmenter()
    segmenter = CachedSegmenter(fake)
    for prompt in (Prompt.click(*CLIP.centre(0)), Prompt.clicks([CLIP.centre(0)], [(0, 0)])):
        segmenter.predict(segmenter.embed(CLIP.frame(0).copy()), prompt)
    assert fake.encoder_passes == 1


def test_the_least_recently_used_embedding_goes_first() -> None:
    fake = ColourSegmenter()
    segmenter = CachedSegmenter(fake, capacity=2)
    for frame in (0, 1, 0, 2, 0, 1):
        segmenter.embed(CLIP.frame(frame))
    assert fake.encoder_passes == 4


def test_images_of_equal_bytes_and_other_shape_are_other_images() -> None:
    fake = ColourSegmenter()
    segmenter = CachedSegmenter(fake)
    segmenter.embed(np.zeros((4, 6, 3), np.uint8))
    segmenter.embed(np.zeros((6, 4, 3), np.uint8))
    assert fake.encoder_passes == 2


class SlowSegmenter(ColourSegmenter):
    """Encodes when it is let, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        super().__init__()
        self.has_begun = threading.Event()
        self.may_end = threading.Event()
        self._failures = failures

    def embed(self, image: Image) -> Image:
        self.has_begun.set()
        assert self.may_end.wait(5)
        embedding = super().embed(image)
        if self.encoder_passes <= self._failures:
            raise MemoryError("no room for an embedding")
        return embedding


def asked_by_many(segmenter: CachedSegmenter[Image], slow: SlowSegmenter) -> list[Future[Image]]:
    """The answers to threads of which all but one ask while the first one's image is encoded."""
    with ThreadPoolExecutor(6) as threads:
        first = threads.submit(segmenter.embed, CLIP.frame(0))
        assert slow.has_begun.wait(5)
        others = [threads.submit(segmenter.embed, CLIP.frame(0)) for _ in range(5)]
        slow.may_end.set()
    return [first, *others]


def test_threads_that_ask_for_the_same_image_share_one_encoder_pass() -> None:
    slow = SlowSegmenter()
    first, *others = asked_by_many(CachedSegmenter(slow), slow)
    assert all(answer.result() is first.result() for answer in others)
    assert slow.encoder_passes == 1


def test_an_image_that_is_being_encoded_is_not_there_yet_and_holds_no_other_one() -> None:
    slow = SlowSegmenter()
    segmenter = CachedSegmenter(slow)
    slow.may_end.set()
    kept = segmenter.embed(CLIP.frame(1))
    slow.may_end.clear()
    slow.has_begun.clear()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(segmenter.embed, CLIP.frame(0))
        assert slow.has_begun.wait(5)
        assert segmenter.kept(CLIP.frame(0)) is None
        assert threads.submit(segmenter.embed, CLIP.frame(1)).result(5) is kept
        slow.may_end.set()
        first.result(5)
    assert segmenter.kept(CLIP.frame(0)) is not None


def test_a_failure_is_told_to_all_who_wait_and_is_not_kept() -> None:
    slow = SlowSegmenter(failures=1)
    segmenter = CachedSegmenter(slow)
    answers = asked_by_many(segmenter, slow)
    failed = [answer for answer in answers if answer.exception() is not None]
    assert answers[0] in failed
    for answer in failed:
        with pytest.raises(MemoryError, match="no room"):
            answer.result()
    segmenter.embed(CLIP.frame(0))
    assert slow.encoder_passes == 2
    assert segmenter.kept(CLIP.frame(0)) is not None


def test_it_is_known_which_images_need_no_encoder_pass() -> None:
    fake = ColourSegmenter()
    segmenter = CachedSegmenter(fake, capacity=2)
    assert segmenter.kept(CLIP.frame(0)) is None
    for frame in (0, 1):
        segmenter.embed(CLIP.frame(frame))
    assert segmenter.kept(CLIP.frame(0).copy()) is not None  # to be asked about is not to be used
    segmenter.embed(CLIP.frame(2))
    assert [segmenter.kept(CLIP.frame(frame)) is None for frame in (0, 1, 2)] == [True, False, False]
    assert fake.encoder_passes == 3


def test_many_lone_clicks_are_answered_as_one_by_one() -> None:
    segmenter = CachedSegmenter(ColourSegmenter())
    embedding = segmenter.embed(CLIP.frame(0))
    points = np.array([CLIP.centre(0), (0, 0)], np.float32)
    answers = list(segmenter.predict_points(embedding, points, min_predicted_iou=0.65))
    assert len(answers) == 2
    for (x, y), answer in zip(points, answers, strict=True):
        alone = segmenter.predict(embedding, Prompt.click(float(x), float(y)))
        np.testing.assert_array_equal(answer.masks, alone.masks[:2])  # the third promises 0.6
    outside = np.array([(CLIP.width, 0)], np.float32)
    with pytest.raises(PromptError):
        list(segmenter.predict_points(embedding, outside, min_predicted_iou=0))


def test_a_segmenter_with_a_way_of_its_own_answers_many_clicks_itself() -> None:
    class Batched(ColourSegmenter):
        def predict_points(
            self, embedding: Image, points: NDArray[np.float32], *, min_predicted_iou: float
        ) -> Iterator[Candidates]:
            asked.append((len(points), min_predicted_iou))
            yield from predict_points(ColourSegmenter(), embedding, points, min_predicted_iou=0)

    asked: list[tuple[int, float]] = []
    points = np.zeros((3, 2), np.float32)
    answers = list(CachedSegmenter(Batched()).predict_points(CLIP.frame(0), points, min_predicted_iou=0.7))
    assert [len(answer.masks) for answer in answers] == [3, 3, 3]
    assert asked == [(3, 0.7)]


class RottenSegmenter(ColourSegmenter):
    """Answers as a network of damaged weights does."""

    def predict(self, embedding: Image, prompt: Prompt) -> Candidates:
        found = super().predict(embedding, prompt)
        return replace(found, scores=np.full_like(found.scores, np.nan))


def test_fault_32_an_answer_that_is_no_number_is_refused() -> None:
    segmenter = CachedSegmenter(RottenSegmenter())
    with pytest.raises(WeightsError, match="no number.*`track-anything weights fetch NAME`"):
        segmenter.predict(segmenter.embed(CLIP.frame(0)), Prompt.click(*CLIP.centre(0)))
