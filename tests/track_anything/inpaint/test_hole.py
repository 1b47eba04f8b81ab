"""The hole of a mask is dilated and feathered as was asked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from tests.track_anything.inpaint.drawn import disc
from track_anything.errors import InputError
from track_anything.inpaint import HoleShape
from track_anything.inpaint.hole import grown


@given(st.integers(0, 8), st.integers(0, 8), st.integers(0, 12))
def test_a_hole_is_whole_within_the_dilation_and_nothing_beyond_the_feather(
    dilation: int, feather: int, radius: int
) -> None:
    mask = disc(17, 11, radius, (30, 37))
    away = ndimage.distance_transform_edt(~mask)
    share = HoleShape(dilation, feather).of(mask)
    assert share.dtype == np.float32
    assert (share[away <= dilation] == 1).all()
    assert (share[away > dilation + feather] == 0).all()
    fading = share[(away > dilation) & (away <= dilation + feather)]
    assert ((fading > 0) & (fading < 1)).all()


def test_a_hole_fades_evenly_over_the_feather() -> None:
    mask = np.zeros((1, 9), np.bool_)
    mask[0, 0] = True
    np.testing.assert_allclose(HoleShape(2, 3).of(mask)[0], [1, 1, 1, 0.75, 0.5, 0.25, 0, 0, 0])


def test_the_hole_of_an_empty_mask_is_empty_and_of_a_full_one_full() -> None:
    assert (HoleShape().of(np.zeros((4, 5), np.bool_)) == 0).all()
    assert (HoleShape().of(np.ones((4, 5), np.bool_)) == 1).all()


@pytest.mark.parametrize(("dilation", "feather"), [(-1, 0), (0, -1)])
def test_lengths_below_nothing_are_refused(dilation: int, feather: int) -> None:
    with pytest.raises(InputError, match="give 0 or more"):
        HoleShape(dilation, feather)


def test_a_grown_mask_holds_what_is_near_and_no_more() -> None:
    mask = np.zeros((15, 15), np.bool_)
    mask[7, 7] = True
    away = ndimage.distance_transform_edt(~mask)
    bigger = grown(mask, 3)
    assert bigger[away <= 3].all()
    assert not bigger[away > 4].any()
    np.testing.assert_array_equal(grown(mask, 0), mask)
