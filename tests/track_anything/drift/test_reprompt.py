"""Implied points and boxes of a mask that the segmenter is asked about."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sam.segmenter import Candidates
from track_anything.drift.monitor import Assessment, Presence
from track_anything.drift.refine import SCHEDULED, RefinePolicy
from track_anything.drift.reprompt import ANSWER_NAMES, Answer, interior_points, prompt_from
from track_anything.drift.signals import Signals
from track_anything.types import Mask
from tracker.propagator import Propagated

SIZE = (40, 60)


def box(top: int, left: int, bottom: int, right: int) -> Mask:
    mask = np.zeros(SIZE, np.bool_)
    mask[top:bottom, left:right] = True
    return mask


EVEN = np.ones(SIZE, np.float32)


def test_points_lie_deep_inside_and_apart() -> None:
    mask = box(5, 5, 15, 15) | box(20, 30, 40, 60)
    points = interior_points(mask, EVEN, 3)
    assert mask[points[:, 1].astype(int), points[:, 0].astype(int)].all()
    assert points[0].tolist() in [[39, 29], [40, 29], [49, 29], [50, 29], [39, 30]]
    assert np.hypot(*(points[0] - points[1])) > 10
    assert len(interior_points(mask, EVEN, 0)) == 0
    assert len(interior_points(mask & False, EVEN, 3)) == 0
    assert len(interior_points(box(5, 5, 6, 6), EVEN, 3)) == 1


def test_points_prefer_what_can_be_trusted() -> None:
    mask = box(0, 0, 20, 20) | box(0, 40, 20, 60)
    trust = np.where(np.arange(60) < 30, 0.2, 0.9).astype(np.float32) * EVEN
    assert interior_points(mask, trust, 1)[0, 0] >= 40


@settings(max_examples=40)
@given(st.integers(0, 30), st.integers(0, 50), st.integers(1, 9), st.integers(1, 9), st.integers(1, 5))
def test_points_are_always_inside(top: int, left: int, height: int, width: int, count: int) -> None:
    mask = box(top, left, top + height, left + width)
    points = interior_points(mask, EVEN, count)
    assert 1 <= len(points) <= count
    assert mask[points[:, 1].astype(int), points[:, 0].astype(int)].all()


def test_a_prompt_holds_what_is_left_of_the_mask() -> None:
    mask = box(5, 5, 15, 25)
    probability = np.where(mask, 0.9, 0.05).astype(np.float32)
    propagated = Propagated(
        mask.astype(np.uint8), np.stack([1 - probability, probability]), (1,), {1: 0.9}, EVEN
    )
    prompt = prompt_from(propagated, 1, points=2)
    assert prompt.box is not None
    assert prompt.box.tolist() == [5, 5, 25, 15]
    assert prompt.labels.tolist() == [1, 1]
    assert prompt.logits is not None
    assert prompt.logits.max() > 0
    assert len(prompt_from(propagated, 1).points) == 0


def test_an_answer_in_numbers() -> None:
    mask, larger = box(0, 0, 10, 10), box(0, 0, 10, 20)
    logits = np.zeros((1, 256, 256), np.float32)
    candidates = Candidates(larger[None], np.array([0.8], np.float32), np.array([0.7], np.float32), logits)
    answer = Answer.of(candidates, mask)
    assert answer.values == pytest.approx([0.5, 0.8, 0.7, np.log(2)])
    assert ANSWER_NAMES == ("agreement", "predicted_iou", "stability", "growth")
    nothing = Candidates(larger[None] & False, candidates.scores, candidates.stability, logits)
    assert Answer.of(nothing, mask).growth == -3


def drifted(frames: int) -> Assessment:
    return Assessment(Presence.PRESENT, 0.3, frames, "doubt" if frames else "")


def test_drift_is_asked_about_at_once_and_again_after_the_cool_down() -> None:
    policy = RefinePolicy(every=0, cooldown=4)
    asked = [policy.reason_to_ask(frame, drifted(frame)) for frame in range(11)]
    assert [frame for frame, reason in enumerate(asked) if reason] == [1, 5, 9]
    assert asked[1] == "doubt"
    always = RefinePolicy(every=0, cooldown=1)
    assert all(always.reason_to_ask(frame, drifted(frame)) for frame in range(1, 5))
    assert not RefinePolicy(every=0, on_drift=False).reason_to_ask(1, drifted(1))


def test_the_schedule_asks_whether_anything_drifted_or_not() -> None:
    policy = RefinePolicy(every=5)
    assert policy.reason_to_ask(10, None) == SCHEDULED
    assert policy.reason_to_ask(10, drifted(0)) == SCHEDULED
    assert policy.reason_to_ask(11, drifted(0)) == ""
    assert policy.reason_to_ask(10, drifted(1)) == "doubt"


@pytest.mark.parametrize(
    ("predicted", "before", "after", "fragments", "is_taken"),
    [
        (0.98, 0.8, 0.9, 0.0, True),
        (0.95, 0.8, 0.9, 0.0, False),  # not sure enough for a mask that was not doubtful
        (0.98, 0.8, 0.7, 0.0, False),  # hearing it lowers confidence
        (0.85, 0.6, 0.5, 0.0, True),  # the mask was doubtful anyway
        (0.85, 0.8, 0.7, 0.3, True),  # it was in pieces
        (0.45, 0.6, 0.9, 0.3, False),
    ],
)
def test_an_answer_about_a_mask_that_was_not_doubtful_has_to_be_sure(
    predicted: float, before: float, after: float, fragments: float, is_taken: bool
) -> None:
    signals = replace(
        Signals(*(0.0 for _ in fields(Signals))), thinness=0.1, unfamiliar=0.1, fragments=fragments
    )
    answer = Answer(agreement=0.8, predicted_iou=predicted, stability=0.9, growth=0.1)
    assert RefinePolicy().accepts(answer, signals, before, after) == is_taken


@pytest.mark.parametrize(
    ("growth", "predicted", "is_taken"),
    [(0.1, 0.76, False), (0.1, 0.8, True), (-0.1, 0.76, True), (0.0, 0.76, True)],
)
def test_an_answer_that_makes_a_mask_larger_has_to_predict_well_of_itself(
    growth: float, predicted: float, is_taken: bool
) -> None:
    signals = replace(Signals(*(0.0 for _ in fields(Signals))), thinness=0.1, unfamiliar=0.1)
    answer = Answer(agreement=0.8, predicted_iou=predicted, stability=0.99, growth=growth)
    assert RefinePolicy().accepts(answer, signals, 0.4, 0.4) == is_taken


@pytest.mark.parametrize(
    ("growth", "stability", "thinness", "before", "is_taken"),
    [
        (-0.1, 0.9, 0.1, 0.8, False),  # the segmenter drops parts
        (-0.1, 0.97, 0.1, 0.8, True),
        (-0.1, 0.9, 0.1, 0.4, True),  # the mask has drifted: parts of it are of something else
        (0.1, 0.8, 1.5, 0.4, False),  # it fills the gaps between spokes
        (0.1, 0.86, 1.5, 0.4, True),
        (0.1, 0.8, 1.0, 0.4, True),  # there are no gaps to fill
    ],
)
def test_an_answer_that_drops_parts_or_fills_gaps_has_to_be_steady(
    growth: float, stability: float, thinness: float, before: float, is_taken: bool
) -> None:
    signals = replace(Signals(*(0.0 for _ in fields(Signals))), thinness=thinness, unfamiliar=0.1)
    answer = Answer(agreement=0.8, predicted_iou=0.98, stability=stability, growth=growth)
    assert RefinePolicy().accepts(answer, signals, before, before + 0.1) == is_taken
