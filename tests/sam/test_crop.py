"""Grids of clicks and crops of an image lie where they should."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sam.crop import Crop, crops_of

SIDES = st.integers(1, 300)


def test_a_grid_lies_in_the_middles_of_equal_cells_row_by_row() -> None:
    grid = Crop(0, (0, 0, 8, 4)).grid(2)
    assert grid.dtype == np.float32
    assert grid.tolist() == [[2, 1], [6, 1], [2, 3], [6, 3]]


def test_a_grid_is_in_pixels_of_its_crop() -> None:
    assert Crop(1, (100, 50, 108, 54)).grid(1).tolist() == [[4, 2]]


@given(SIDES, SIDES, st.integers(1, 9))
def test_no_point_lies_outside(height: int, width: int, points_per_side: int) -> None:
    grid = Crop(0, (0, 0, width, height)).grid(points_per_side)
    assert grid.shape == (points_per_side**2, 2)
    assert (grid >= 0).all()
    assert (grid <= (width - 1, height - 1)).all()


def test_without_layers_the_image_is_the_only_crop() -> None:
    assert crops_of((48, 80), 0, 0.3) == [Crop(0, (0, 0, 80, 48))]


def test_a_layer_quarters_the_image_and_neighbours_overlap() -> None:
    # 0.25 of the shorter side, 40, is 10 pixels: (80 + 10) / 2 = 45 wide and (40 + 10) / 2 = 25 high
    assert crops_of((40, 80), 1, 0.25)[1:] == [
        Crop(1, (0, 0, 45, 25)),
        Crop(1, (35, 0, 80, 25)),
        Crop(1, (0, 15, 45, 40)),
        Crop(1, (35, 15, 80, 40)),
    ]


@given(SIDES, SIDES, st.integers(0, 3), st.floats(0, 1))
def test_every_layer_covers_the_image_with_crops_of_one_size(
    height: int, width: int, layers: int, overlap: float
) -> None:
    crops = crops_of((height, width), layers, overlap)
    for layer in range(layers + 1):
        of_layer = [crop for crop in crops if crop.layer == layer]
        assert len(of_layer) == 4**layer
        assert len({crop.size for crop in of_layer}) == 1
        covered = np.zeros((height, width), np.bool_)
        for crop in of_layer:
            x0, y0, x1, y1 = crop.box
            assert 0 <= x0 < x1 <= width
            assert 0 <= y0 < y1 <= height
            covered[y0:y1, x0:x1] = True
        assert covered.all()


@given(st.integers(40, 300), st.integers(40, 300), st.integers(1, 3), st.floats(0, 1))
def test_neighbours_share_at_least_what_was_asked_for(
    height: int, width: int, layer: int, overlap: float
) -> None:
    boxes = [crop.box for crop in crops_of((height, width), layer, overlap) if crop.layer == layer]
    shared = int(overlap * min(height, width) * 2 / 2**layer)
    first, second = boxes[0], boxes[1]
    assert first[2] - second[0] >= shared
    below = boxes[2**layer]
    assert first[3] - below[1] >= shared


def test_a_crop_is_a_part_of_the_image() -> None:
    image = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    crop = Crop(1, (2, 1, 5, 4))
    assert crop.size == (3, 3)
    assert crop.area == 9
    assert np.array_equal(crop.cut(image), image[1:4, 2:5])


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (2, 3)])
def test_images_smaller_than_their_crops_are_many(size: tuple[int, int]) -> None:
    assert all(min(crop.size) >= 1 for crop in crops_of(size, 2, 0.3))
