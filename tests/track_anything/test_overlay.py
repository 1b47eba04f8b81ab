import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from track_anything.errors import InputError
from track_anything.masks import DAVIS_PALETTE
from track_anything.overlay import paint

_label_maps = hnp.arrays(
    np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=30), elements=st.integers(0, 3)
)


def _square():
    label_map = np.zeros((40, 60), np.uint8)
    label_map[10:30, 20:40] = 1
    return label_map


def test_objects_are_tinted_and_outlined_and_the_background_is_kept():
    image = np.full((40, 60, 3), 100, np.uint8)
    label_map = _square()
    painted = paint(image, label_map, opacity=0.25)
    assert painted.shape == image.shape
    assert painted.dtype == np.uint8
    assert (painted[label_map == 0] == 100).all()
    assert painted[20, 30].tolist() == [107, 75, 75]  # a quarter of (128, 0, 0)
    assert painted[10, 25].tolist() == [255, 0, 0]
    assert painted[29, 39].tolist() == [255, 0, 0]
    assert (image == 100).all()


def test_without_contour_there_is_only_the_tint():
    painted = paint(np.full((40, 60, 3), 100, np.uint8), _square(), contour=False)
    assert len(np.unique(painted[_square() == 1], axis=0)) == 1


def test_touching_objects_are_told_apart():
    label_map = np.ones((20, 20), np.uint8)
    label_map[:, 10:] = 2
    painted = paint(np.zeros((20, 20, 3), np.uint8), label_map)
    assert painted[5, 9].tolist() == [255, 0, 0]
    assert painted[5, 10].tolist() == [0, 255, 0]
    assert painted[0, 0].tolist() == [64, 0, 0]  # no line along the border of the picture


def test_the_line_grows_with_the_picture():
    label_map = np.zeros((960, 1000), np.uint8)
    label_map[:, 500:] = 1
    painted = paint(np.zeros((960, 1000, 3), np.uint8), label_map)
    assert np.flatnonzero(painted[480, :, 0] == 255).tolist() == [500, 501, 502]


def test_the_palette_can_be_told():
    palette = DAVIS_PALETTE.copy()
    palette[1] = (0, 0, 200)
    painted = paint(np.zeros((40, 60, 3), np.uint8), _square(), palette=palette, opacity=1)
    assert painted[20, 30].tolist() == [0, 0, 200]


@settings(max_examples=40, deadline=None)
@given(label_map=_label_maps, opacity=st.floats(0, 1), contour=st.booleans())
def test_the_background_is_never_touched(label_map, opacity, contour):
    image = np.random.default_rng(0).integers(0, 256, (*label_map.shape, 3), np.uint8)
    painted = paint(image, label_map, opacity=opacity, contour=contour)
    assert np.array_equal(painted[label_map == 0], image[label_map == 0])


@settings(max_examples=20, deadline=None)
@given(label_map=_label_maps)
def test_flat_colours_are_those_of_the_palette(label_map):
    painted = paint(np.zeros((*label_map.shape, 3), np.uint8), label_map, opacity=1, contour=False)
    assert np.array_equal(painted, DAVIS_PALETTE[label_map])


def test_a_label_map_of_another_size_is_refused():
    with pytest.raises(InputError, match="label map of 4 x 5 pixels does not fit an image of 6 x 5"):
        paint(np.zeros((5, 6, 3), np.uint8), np.zeros((5, 4), np.uint8))


@pytest.mark.parametrize("opacity", [-0.1, 1.5, float("nan")])
def test_an_impossible_opacity_is_refused(opacity):
    with pytest.raises(InputError, match="give a number from 0 to 1"):
        paint(np.zeros((5, 4, 3), np.uint8), np.zeros((5, 4), np.uint8), opacity=opacity)
