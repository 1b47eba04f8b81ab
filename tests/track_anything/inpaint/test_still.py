"""Every way to fill one picture leaves what is outside of the hole alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from track_anything.errors import InputError
from track_anything.inpaint.still import STILL_METHODS
from track_anything.types import Image, Mask

ROUNDED = {"telea": 3}  # levels: OpenCV's is not exact
OURS = [name for name in STILL_METHODS if name != "migan"]  # which has tests of its own
HOLE = np.zeros((24, 32), np.bool_)
HOLE[8:17, 10:22] = True


@st.composite
def pictures(draw: st.DrawFn) -> tuple[Image, Mask]:
    height, width = draw(st.integers(1, 70)), draw(st.integers(1, 70))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    image = generator.integers(0, 256, (height, width, 3)).astype(np.uint8)
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    hole = np.zeros((height, width), np.bool_)
    hole[top : top + draw(st.integers(0, height)), left : left + draw(st.integers(0, width))] = True
    return image, hole


@pytest.mark.parametrize("name", OURS)
@settings(max_examples=20)
@given(picture=pictures())
def test_nothing_outside_of_the_hole_is_changed(name: str, picture: tuple[Image, Mask]) -> None:
    image, hole = picture
    given_image = image.copy()
    filled = STILL_METHODS.build(name)(image, hole)
    assert filled.shape == image.shape
    assert filled.dtype == np.uint8
    np.testing.assert_array_equal(filled[~hole], image[~hole])
    np.testing.assert_array_equal(image, given_image)


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("level", [0, 127, 255])
def test_one_colour_goes_on(name: str, level: int) -> None:
    image = np.full((24, 32, 3), level, np.uint8)
    image[HOLE] = (255 - level, 3, 9)
    filled = STILL_METHODS.build(name)(image, HOLE)
    np.testing.assert_allclose(filled, np.full((24, 32, 3), level), rtol=0, atol=ROUNDED.get(name, 0))


def test_diffusion_carries_a_slope_on_and_rounds_to_the_nearest_level() -> None:
    slope = np.broadcast_to(np.arange(32)[None, :, None] * 3, (24, 32, 3)).astype(np.uint8)
    filled = STILL_METHODS.build("diffusion")(np.where(HOLE[..., None], np.uint8(0), slope), HOLE)
    assert np.abs(filled.astype(int) - slope).max() <= 1
    two = np.full((24, 32, 3), 127, np.uint8)
    two[:, 12:] = 128
    levels = STILL_METHODS.build("diffusion")(two, HOLE)[HOLE]
    assert set(levels.ravel()) == {127, 128}


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("corner", [np.s_[:9, :9], np.s_[-9:, -9:], np.s_[:, :9], np.s_[:9]])
def test_a_hole_at_the_border_of_the_picture_is_filled(name: str, corner: tuple[slice, ...]) -> None:
    hole = np.zeros((24, 32), np.bool_)
    hole[corner] = True
    image = np.full((24, 32, 3), 90, np.uint8)
    image[hole] = 255
    filled = STILL_METHODS.build(name)(image, hole)
    np.testing.assert_allclose(filled, np.full((24, 32, 3), 90), rtol=0, atol=ROUNDED.get(name, 0))


@pytest.mark.parametrize("name", OURS)
def test_what_is_in_the_hole_does_not_matter(name: str) -> None:
    image = np.random.default_rng(0).integers(0, 256, (24, 32, 3)).astype(np.uint8)
    other = np.where(HOLE[..., None], np.uint8(255), image)
    fill = STILL_METHODS.build(name)
    np.testing.assert_array_equal(fill(image, HOLE), fill(other, HOLE))


def test_a_way_that_there_is_not_is_refused() -> None:
    with pytest.raises(
        InputError, match="unknown inpainting method 'magic'; choose one of telea, exemplar, diffusion, migan"
    ):
        STILL_METHODS.build("magic")


def test_what_needs_nothing_else_is_always_usable() -> None:
    assert set(OURS) <= set(STILL_METHODS.usable()) <= set(STILL_METHODS)
