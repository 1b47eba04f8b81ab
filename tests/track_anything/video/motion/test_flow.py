"""Motion between drawn pictures is found and followed."""

import numpy as np
import pytest
from scipy import ndimage

from track_anything.types import Image
from track_anything.video.motion.flow import FlowEstimator, warp


def textured(height: int = 96, width: int = 128, seed: int = 0) -> Image:
    """(H, W, 3): smooth noise, in which every place looks like itself alone."""
    noise = np.random.default_rng(seed).normal(size=(height, width, 3))
    smooth = ndimage.gaussian_filter(noise, (2, 2, 0), mode="wrap")
    return np.asarray(128 + 90 * smooth / np.abs(smooth).max(), np.uint8)


@pytest.mark.parametrize("longest_side", [640, 100])
@pytest.mark.parametrize(("right", "down"), [(0, 0), (4, 0), (-3, 5)])
def test_a_picture_that_moves_as_a_whole_moves_everywhere(right: int, down: int, longest_side: int) -> None:
    first = textured()
    second = np.roll(first, (down, right), axis=(0, 1))
    flow = FlowEstimator(longest_side)(first, second)
    assert flow.shape == (96, 128, 2)
    inside = flow[16:-16, 16:-16]
    assert np.abs(inside - [right, down]).mean() < 0.3


def test_pictures_too_small_to_search_in_do_not_move() -> None:
    tiny = textured(15, 200)
    assert (FlowEstimator()(tiny, np.roll(tiny, 3, axis=1)) == 0).all()


def test_warping_along_no_motion_changes_nothing() -> None:
    picture = textured().astype(np.float32)
    np.testing.assert_array_equal(warp(picture, np.zeros((96, 128, 2), np.float32)), picture)


def test_warping_fetches_what_the_flow_points_at() -> None:
    picture = np.arange(12, dtype=np.float32).reshape(3, 4)
    right = np.broadcast_to(np.array([1, 0], np.float32), (3, 4, 2))
    np.testing.assert_array_equal(warp(picture, right), [[1, 2, 3, 3], [5, 6, 7, 7], [9, 10, 11, 11]])
    half_down = np.broadcast_to(np.array([0, 0.5], np.float32), (3, 4, 2))
    np.testing.assert_allclose(warp(picture, half_down)[:2], picture[:2] + 2)


def test_a_part_of_a_picture_is_fetched_from_where_it_lies() -> None:
    picture = np.arange(12, dtype=np.float32).reshape(3, 4)
    still = np.zeros((2, 2, 2), np.float32)
    np.testing.assert_array_equal(warp(picture, still, origin=(2, 1)), [[6, 7], [10, 11]])
