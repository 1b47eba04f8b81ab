"""Masks are drawn over pictures: tints, outlines and colours."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from track_anything.errors import InputError
from track_anything.masks.overlay import OBJECT_PALETTE, paint

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
    assert painted[20, 30].tolist() == [98, 120, 139]  # a quarter of (90, 180, 255)
    assert painted[10, 25].tolist() == [90, 180, 255]
    assert painted[29, 39].tolist() == [90, 180, 255]
    assert (image == 100).all()


def test_without_contour_there_is_only_the_tint():
    painted = paint(np.full((40, 60, 3), 100, np.uint8), _square(), contour=False)
    assert len(np.unique(painted[_square() == 1], axis=0)) == 1


def test_touching_objects_are_told_apart():
    label_map = np.ones((20, 20), np.uint8)
    label_map[:, 10:] = 2
    painted = paint(np.zeros((20, 20, 3), np.uint8), label_map)
    assert painted[5, 9].tolist() == [90, 180, 255]
    assert painted[5, 10].tolist() == [255, 165, 31]
    assert painted[0, 0].tolist() == [34, 68, 97]  # no line along the border of the picture


def test_the_line_grows_with_the_picture():
    label_map = np.zeros((960, 1000), np.uint8)
    label_map[:, 500:] = 1
    painted = paint(np.zeros((960, 1000, 3), np.uint8), label_map)
    assert np.flatnonzero(painted[480, :, 0] == 90).tolist() == [500, 501, 502]


def test_the_palette_can_be_told():
    palette = OBJECT_PALETTE.copy()
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
    assert np.array_equal(painted, OBJECT_PALETTE[label_map])


_CONES = {
    "all": np.eye(3),
    # Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision
    # deficiency", 2009, severity 1, on linear RGB
    "no red": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "no green": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
    "no blue": np.array([[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]),
}
_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = np.array([0.9505, 1.0, 1.089])
_DARK_PANEL = np.array([0x1E, 0x21, 0x27])


def _linear(colours):
    shares = np.asarray(colours) / 255
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def _lab(linear):
    xyz = linear @ _TO_XYZ.T / _WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


@pytest.mark.parametrize("cones", _CONES)
def test_the_first_colours_are_told_apart_by_every_eye(cones):
    seen = _lab(np.clip(_linear(OBJECT_PALETTE[1:9]) @ _CONES[cones].T, 0, 1))
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=2)[np.triu_indices(8, 1)]
    assert apart.min() > 10  # a difference of 2.3 is just noticed


def test_the_first_colours_are_bright_beside_a_dark_panel():
    luminances = (_linear(OBJECT_PALETTE[1:9]) @ _TO_XYZ[1] + 0.05) / (
        _linear(_DARK_PANEL) @ _TO_XYZ[1] + 0.05
    )
    assert luminances.min() >= 4.5


def test_later_objects_are_other_shades():
    assert OBJECT_PALETTE[0].tolist() == [0, 0, 0]
    assert len({tuple(colour) for colour in OBJECT_PALETTE[1:25].tolist()}) == 24


def test_a_label_map_of_another_size_is_refused():
    with pytest.raises(InputError, match="label map of 4 x 5 pixels does not fit an image of 6 x 5"):
        paint(np.zeros((5, 6, 3), np.uint8), np.zeros((5, 4), np.uint8))


@pytest.mark.parametrize("opacity", [-0.1, 1.5, float("nan")])
def test_an_impossible_opacity_is_refused(opacity):
    with pytest.raises(InputError, match="give a number from 0 to 1"):
        paint(np.zeros((5, 4, 3), np.uint8), np.zeros((5, 4), np.uint8), opacity=opacity)
