import numpy as np
import pytest

from track_anything.prompting import Found
from track_anything.types import Mask
from track_anything.ui.labelling.proposals import MOST, proposed

SIZE = (60, 80)


def square(x: int, y: int, side: int) -> Mask:
    mask = np.zeros(SIZE, np.bool_)
    mask[y : y + side, x : x + side] = True
    return mask


def found(mask: Mask, score: float = 0.9) -> Found:
    return Found(0, "", score, mask)


@pytest.mark.parametrize(
    ("masks", "kept"),
    [
        ([found(np.ones(SIZE, np.bool_)), found(square(5, 5, 20))], [1]),  # what lies behind
        ([found(square(5, 5, 20)), found(square(3, 3, 1))], [0]),  # a speck
        ([found(square(5, 5, 20)), found(square(10, 10, 6), 0.8)], [0]),  # a part of it
        ([found(square(5, 5, 20), 0.8), found(square(40, 5, 20), 0.9)], [1, 0]),  # the surest first
        ([], []),
    ],
)
def test_things_of_their_own_are_proposed(masks: list[Found], kept: list[int]) -> None:
    assert proposed(masks) == kept


def test_no_more_are_proposed_than_a_person_can_look_through() -> None:
    many = [found(square(8 * (place % 10), 8 * (place // 10), 7), 1 - place / 100) for place in range(20)]
    assert proposed(many) == list(range(MOST))
