"""What is thin in a mask is found whatever way it lies, and roundings are not."""

import cv2
import numpy as np
import pytest

from track_anything.drift.thin import grid_cell, thin_part
from track_anything.types import Mask


def drawn(*parts: tuple[tuple[int, int], tuple[int, int], int]) -> Mask:
    """Lines from (x, y) to (x, y) of so many pixels on 100 x 100."""
    picture = np.zeros((100, 100), np.uint8)
    for start, stop, width in parts:
        cv2.line(picture, start, stop, 1, width)
    return picture.astype(bool)


BODY = ((30, 50), (50, 50), 41)


@pytest.mark.parametrize("tip", [(97, 50), (90, 90), (88, 8)])
def test_a_limb_is_thin_and_the_body_is_not(tip: tuple[int, int]) -> None:
    mask = drawn(BODY, ((50, 50), tip, 5))
    thin = thin_part(mask, 12)
    assert thin[tip[1], tip[0]]
    assert not thin[drawn(((30, 50), (50, 50), 25))].any()
    assert (thin & ~mask).sum() == 0
    assert thin.sum() > 0.5 * (mask & ~drawn(BODY)).sum()


def test_corners_are_no_limbs() -> None:
    square = np.zeros((100, 100), bool)
    square[20:80, 20:80] = True
    assert not thin_part(square, 12).any()


def test_a_mask_without_a_core_is_thin_all_over() -> None:
    rope = drawn(((5, 10), (95, 80), 4))
    assert np.array_equal(thin_part(rope, 12), rope)
    assert not thin_part(np.zeros((20, 20), bool), 12).any()


def test_a_cell_grows_with_the_picture() -> None:
    assert grid_cell((480, 1024)) == 4.0
    assert grid_cell((2048, 512)) == 8.0


def test_no_width_is_thin_enough_where_nothing_shall_be() -> None:
    assert not thin_part(drawn(BODY, ((5, 10), (95, 80), 4)), 0).any()
