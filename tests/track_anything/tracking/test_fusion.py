"""Forward and backward passes are blended without a seam."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from track_anything.masks import clipped_to
from track_anything.tracking.fusion import PassResult, fuse, signed_distance
from track_anything.types import Mask

SIZE = (30, 40)


def box(left: int, right: int = 30) -> Mask:
    mask = np.zeros(SIZE, np.bool_)
    mask[5:25, left:right] = True
    return mask


def passed(mask: Mask, distance: int, confidence: float = 0.9) -> PassResult:
    return PassResult(mask.astype(np.float32), mask, confidence, distance)


def test_next_to_a_known_frame_the_pass_from_there_counts() -> None:
    fused = fuse(passed(box(10), 1), passed(box(20), 39))
    np.testing.assert_array_equal(fused.mask, box(10))
    np.testing.assert_array_equal(fuse(passed(box(10), 39), passed(box(20), 1)).mask, box(20))


def test_the_outline_moves_steadily_from_one_pass_to_the_other() -> None:
    lefts = [int(np.argmax(fuse(passed(box(10), d), passed(box(20), 20 - d)).mask[15])) for d in range(1, 20)]
    assert lefts == sorted(lefts)
    assert max(np.diff(lefts)) == 1
    assert lefts[9] == 15


def test_a_pass_that_is_trusted_less_counts_less() -> None:
    equal = fuse(passed(box(10), 10), passed(box(20), 10))
    doubted = fuse(passed(box(10), 10), passed(box(20), 10, confidence=0.1))
    assert equal.mask.sum() < doubted.mask.sum() <= box(10).sum()


def test_two_different_things_are_not_blended() -> None:
    left, right = box(0, 10), box(25, 40)
    fused = fuse(passed(left, 5), passed(right, 6))
    np.testing.assert_array_equal(fused.mask, left)
    assert fused.confidence == 0
    np.testing.assert_array_equal(fuse(passed(left, 5, 0.1), passed(right, 6)).mask, right)


def test_passes_that_agree_are_trusted_as_they_are() -> None:
    fused = fuse(passed(box(10), 5, 0.8), passed(box(10), 5, 0.6))
    assert fused.agreement == 1
    assert fused.confidence == pytest.approx(0.7, abs=0.02)
    assert fuse(passed(box(10), 5), passed(box(20), 5)).confidence < 0.9 * 0.7


def test_absent_in_both_is_absent() -> None:
    nothing = np.zeros(SIZE, np.bool_)
    fused = fuse(passed(nothing, 3), passed(nothing, 4))
    assert not fused.mask.any()
    assert fused.confidence == pytest.approx(0.9)


MASKS = st.tuples(st.integers(0, 25), st.integers(5, 40)).map(lambda ends: box(*ends))


@settings(max_examples=50)
@given(one=MASKS, other=MASKS, distance=st.integers(1, 9))
def test_a_blend_lies_between_its_two_masks_and_its_probability_says_the_same(
    one: Mask, other: Mask, distance: int
) -> None:
    fused = fuse(passed(one, distance), passed(other, 10 - distance))
    assert not (fused.mask & ~(one | other)).any()
    if fused.agreement >= 0.3:
        assert not ((one & other) & ~fused.mask).any()
    np.testing.assert_array_equal(fused.probability > 0.5, fused.mask)
    assert 0 <= fused.confidence <= 1


def test_signed_distance_is_positive_inside_and_zero_on_the_outline() -> None:
    distance = signed_distance(box(10))
    assert (distance > 0).tolist() == box(10).tolist()
    assert distance[15, 10] == 0.5
    assert distance[15, 9] == -0.5
    assert (signed_distance(np.zeros(SIZE, np.bool_)) == -50).all()
    assert (signed_distance(np.ones(SIZE, np.bool_)) == 50).all()


def test_probabilities_are_moved_only_where_they_say_something_else() -> None:
    probability: NDArray[np.float32] = np.array([[0.2, 0.8, 0.4, 0.9]], np.float32)
    mask = np.array([[False, True, True, False]])
    np.testing.assert_allclose(clipped_to(probability, mask), [[0.2, 0.8, 0.5, 0.5]], atol=1e-6)
    np.testing.assert_array_equal(clipped_to(probability, mask) > 0.5, mask)
