"""J and F: equal to the published evaluation, and to what one works out on paper."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from track_anything.masks.measures import (
    boundary,
    boundary_accuracy,
    decay_of,
    recall_of,
    region_similarity,
)

_masks = hnp.arrays(np.bool_, (12, 17), elements=st.booleans())


def rectangle(top: int, left: int, bottom: int, right: int, size: tuple[int, int] = (60, 80)) -> np.ndarray:
    mask = np.zeros(size, np.bool_)
    mask[top:bottom, left:right] = True
    return mask


def test_j_and_f_equal_the_published_evaluation(parity):
    golden = np.load(parity / "jf_golden.npz")
    width = golden["shape"][1]
    pairs = zip(golden["predicted"], golden["truth"], golden["j"], golden["f"], strict=True)
    for packed_predicted, packed_truth, j, f in pairs:
        predicted = np.unpackbits(packed_predicted, axis=1, count=width).astype(np.bool_)
        truth = np.unpackbits(packed_truth, axis=1, count=width).astype(np.bool_)
        assert region_similarity(predicted, truth) == pytest.approx(j, abs=1e-6)
        assert boundary_accuracy(predicted, truth) == pytest.approx(f, abs=1e-6)


def test_half_of_a_rectangle_has_j_one_half():
    assert region_similarity(rectangle(10, 10, 30, 30), rectangle(10, 10, 30, 50)) == 0.5


def test_the_boundary_of_a_square_is_its_outline_shifted_up_and_left():
    drawn = boundary(rectangle(2, 2, 4, 4, size=(6, 6)))
    assert drawn.astype(int).tolist() == [
        [0, 0, 0, 0, 0, 0],
        [0, 1, 1, 1, 0, 0],
        [0, 1, 0, 1, 0, 0],
        [0, 1, 1, 1, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
    ]


def test_a_mask_that_fills_the_frame_has_no_boundary():
    assert not boundary(np.ones((5, 7), np.bool_)).any()


def test_f_forgives_a_shift_within_the_tolerance_and_no_more():
    truth = rectangle(20, 20, 40, 60)  # the diagonal is 100, the tolerance ceil(0.8) = 1 pixel
    assert boundary_accuracy(rectangle(20, 21, 40, 61), truth) == 1.0
    assert boundary_accuracy(rectangle(20, 22, 40, 62), truth) < 1.0


def test_f_is_the_harmonic_mean_of_precision_and_recall():
    truth = rectangle(10, 10, 20, 20)
    with_a_far_twin = truth | rectangle(40, 50, 50, 60)
    assert boundary_accuracy(with_a_far_twin, truth) == pytest.approx(2 * 0.5 * 1 / (0.5 + 1))


def test_an_empty_answer_to_an_object_scores_nothing_and_to_nothing_scores_all():
    empty, square = np.zeros((60, 80), np.bool_), rectangle(10, 10, 30, 30)
    for score in (region_similarity, boundary_accuracy):
        assert score(empty, square) == 0.0
        assert score(square, empty) == 0.0
        assert score(empty, empty) == 1.0


@given(_masks, _masks)
def test_scores_are_symmetric_within_0_and_1_and_perfect_on_themselves(first, second):
    for score in (region_similarity, boundary_accuracy):
        assert 0.0 <= score(first, second) <= 1.0
        assert score(first, second) == pytest.approx(score(second, first))
        assert score(first, first) == 1.0


def test_recall_is_the_share_of_frames_above_one_half():
    assert recall_of([0.5, 0.51, 0.2, 1.0]) == 0.5


def test_decay_is_the_fall_from_the_first_quarter_to_the_last():
    # 8 frames: quarters end at frames 0, 2, 4, 5 and 7 of the published evaluation, ends shared
    scores = [1.0, 1.0, 0.7, 0.9, 0.9, 0.2, 0.4, 0.6]
    assert decay_of(scores) == pytest.approx((1 + 1 + 0.7) / 3 - (0.2 + 0.4 + 0.6) / 3)
    assert decay_of([0.3]) == 0.0
