"""Filling by example goes on with patterns and changes nothing else."""

import numpy as np
import pytest

from track_anything.inpaint.exemplar import exemplified
from track_anything.types import Image, Mask


def striped(height: int = 64, width: int = 96, period: int = 12) -> Image:
    """(H, W, 3): diagonal stripes of two colours."""
    y, x = np.mgrid[:height, :width]
    is_dark = ((x + y) // (period // 2)) % 2 == 0
    return np.where(is_dark[..., None], (30, 60, 90), (220, 200, 120)).astype(np.uint8)


def square(top: int, left: int, side: int, size: tuple[int, int] = (64, 96)) -> Mask:
    hole = np.zeros(size, np.bool_)
    hole[top : top + side, left : left + side] = True
    return hole


def test_a_pattern_goes_on_through_the_hole() -> None:
    image, hole = striped(), square(20, 40, 18)
    damaged = np.where(hole[..., None], np.uint8(0), image)
    filled = exemplified(damaged, hole)
    wrong = np.abs(filled.astype(int) - image)[hole].max(axis=1) > 40
    assert wrong.mean() < 0.05


@pytest.mark.parametrize("place", [(20, 40), (0, 0), (46, 78)])
def test_nothing_else_is_changed_and_what_is_in_the_hole_does_not_matter(place: tuple[int, int]) -> None:
    image, hole = striped(), square(*place, 18)
    results = [exemplified(np.where(hole[..., None], np.uint8(value), image), hole) for value in (0, 255)]
    np.testing.assert_array_equal(*results)
    np.testing.assert_array_equal(results[0][~hole], image[~hole])


def test_one_colour_stays_one_colour() -> None:
    image = np.full((64, 96, 3), (10, 200, 77), np.uint8)
    hole = square(10, 10, 30)
    np.testing.assert_array_equal(exemplified(np.where(hole[..., None], np.uint8(0), image), hole), image)


def test_a_picture_without_examples_is_filled_smoothly() -> None:
    image = striped(12, 12)
    hole = square(3, 3, 6, (12, 12))
    filled = exemplified(image, hole)
    np.testing.assert_array_equal(filled[~hole], image[~hole])
    assert filled[hole].std() < image[hole].std()


def test_without_a_hole_the_picture_is_handed_back() -> None:
    image = striped()
    assert exemplified(image, np.zeros((64, 96), np.bool_)) is image


@pytest.mark.parametrize(("size", "side"), [((64, 64), 40), ((74, 84), 52), ((7, 68), 6)])
def test_a_hole_that_leaves_hardly_a_whole_patch_is_filled(size: tuple[int, int], side: int) -> None:
    hole = square((size[0] - side) // 2, (size[1] - side) // 2, side, size)
    image = np.full((*size, 3), 120, np.uint8)
    np.testing.assert_array_equal(exemplified(np.where(hole[..., None], np.uint8(0), image), hole), image)
