"""Values are spread smoothly into what is not known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from track_anything.inpaint.membrane import membrane

SIZES = [(1, 1), (1, 40), (40, 1), (2, 2), (3, 5), (31, 44)]


def ramp(height: int, width: int, right: float = 2, down: float = -3) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return (right * x + down * y + 50).astype(np.float32)[..., None]


@st.composite
def parts(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    size = draw(st.tuples(st.integers(1, 24), st.integers(1, 24)))
    channels = draw(st.integers(1, 4))
    values = draw(arrays.arrays(np.float32, (*size, channels), elements=st.floats(-300, 300, width=32)))
    return values, draw(arrays.arrays(np.bool_, size))


@given(parts())
def test_values_stay_within_the_range_of_those_that_are_known(part: tuple[np.ndarray, np.ndarray]) -> None:
    values, is_known = part
    values[~is_known] = np.nan  # what is not known is not looked at
    filled = membrane(values, is_known)
    assert filled.shape == values.shape
    assert filled.dtype == np.float32
    np.testing.assert_array_equal(filled[is_known], values[is_known])
    if is_known.any():
        low, high = values[is_known].min(axis=0), values[is_known].max(axis=0)
        assert (filled >= low - 1e-3).all()
        assert (filled <= high + 1e-3).all()


@pytest.mark.parametrize("size", SIZES)
def test_nothing_comes_of_nothing_known(size: tuple[int, int]) -> None:
    filled = membrane(np.full((*size, 3), 7, np.float32), np.zeros(size, np.bool_))
    np.testing.assert_array_equal(filled, np.zeros((*size, 3), np.float32))


@pytest.mark.parametrize("size", SIZES)
def test_what_is_known_everywhere_stays(size: tuple[int, int]) -> None:
    values = np.random.default_rng(0).normal(size=(*size, 3)).astype(np.float32)
    np.testing.assert_array_equal(membrane(values, np.ones(size, np.bool_)), values)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("known", [0, -1])
def test_one_known_pixel_makes_all_like_it(size: tuple[int, int], known: int) -> None:
    is_known = np.zeros(size, np.bool_)
    is_known.flat[known] = True
    filled = membrane(np.where(is_known[..., None], np.float32(5), np.float32(99)), is_known)
    np.testing.assert_allclose(filled, 5, rtol=1e-6)


@pytest.mark.parametrize(
    ("size", "hole"),
    [
        ((40, 50), np.s_[10:30, 12:40]),
        ((41, 53), np.s_[1:40, 1:52]),
        ((1, 40), np.s_[:, 5:30]),
        ((40, 1), np.s_[5:30]),
        ((120, 200), np.s_[10:110, 10:190]),
    ],
)
def test_a_slope_goes_on_through_a_hole(size: tuple[int, int], hole: tuple[slice, ...]) -> None:
    slope = ramp(*size)
    is_known = np.ones(size, np.bool_)
    is_known[hole] = False
    error = np.abs(membrane(np.where(is_known[..., None], slope, np.float32(0)), is_known) - slope)
    assert error.max() < 0.03 * np.ptp(slope)


def test_nothing_flows_through_the_border_of_the_picture() -> None:
    slope = ramp(40, 50, right=2, down=0)
    is_known = np.ones((40, 50), np.bool_)
    is_known[:20, 10:40] = False
    np.testing.assert_allclose(membrane(slope * is_known[..., None], is_known), slope, atol=3)


def test_two_holes_are_filled_each_from_its_own_rim() -> None:
    values = np.zeros((20, 60, 1), np.float32)
    values[:, 30:] = 100
    is_known = np.ones((20, 60), np.bool_)
    is_known[5:15, 5:15] = is_known[5:15, 45:55] = False
    filled = membrane(values, is_known)
    np.testing.assert_allclose(filled, values, atol=0.1)
