"""The band of a trimap is as wide as was asked and follows motion."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from track_anything.errors import InputError
from track_anything.matting import BACKGROUND, FOREGROUND, UNKNOWN, make_trimap
from track_anything.matting.trimap import check_trimap
from track_anything.types import Mask

_masks = hnp.arrays(np.bool_, (9, 13), elements=st.booleans())
_widths = st.floats(1, 12)


def square(size: int = 40, inset: int = 10) -> Mask:
    mask = np.zeros((size, size), np.bool_)
    mask[inset : size - inset, inset : size - inset] = True
    return mask


def test_the_band_is_as_wide_as_asked_and_half_of_it_lies_on_each_side() -> None:
    row = make_trimap(square(), width=6)[20]
    assert (
        row.tolist()
        == [BACKGROUND] * 7 + [UNKNOWN] * 6 + [FOREGROUND] * 14 + [UNKNOWN] * 6 + [BACKGROUND] * 7
    )


def test_motion_widens_the_band_by_its_length() -> None:
    np.testing.assert_array_equal(make_trimap(square(), width=2, motion=4), make_trimap(square(), width=6))


def test_there_is_no_band_along_the_border_of_the_picture() -> None:
    mask = np.zeros((20, 30), np.bool_)
    mask[:, :15] = True
    trimap = make_trimap(mask, width=4)
    assert (trimap == trimap[0]).all()
    assert trimap[0].tolist() == [FOREGROUND] * 13 + [UNKNOWN] * 4 + [BACKGROUND] * 13


@pytest.mark.parametrize("value", [False, True])
def test_a_mask_without_an_outline_is_known_everywhere(value: bool) -> None:
    soft = np.full((5, 6), 0.5, np.float32)
    trimap = make_trimap(np.full((5, 6), value), width=4, probability=soft)
    assert (trimap == (FOREGROUND if value else BACKGROUND)).all()


def test_a_speck_and_a_hole_smaller_than_the_band_keep_their_core() -> None:
    mask = square(60, 10)
    mask[28:33, 28:33] = False
    mask[3:8, 3:8] = True
    trimap = make_trimap(mask, width=30)
    assert (trimap[29:32, 29:32] == BACKGROUND).all()
    assert (trimap[4:7, 4:7] == FOREGROUND).all()
    assert (trimap[28:33, 28] == UNKNOWN).all()
    assert (trimap[3, 3:8] == UNKNOWN).all()


def test_a_hair_beside_a_body_is_unknown_but_not_where_it_is_all_there_is() -> None:
    hair = np.zeros((40, 40), np.bool_)
    hair[2, 2:30] = True
    beside = make_trimap(hair | square(40, 12), width=4)
    assert (beside[hair] == UNKNOWN).all()
    assert (make_trimap(hair, width=4)[hair] == FOREGROUND).all()


def test_soft_probabilities_at_the_outline_widen_the_band_and_others_do_not() -> None:
    mask = square(60, 20)
    probability = mask.astype(np.float32)
    probability[30, 15:20] = 0.4  # a strand that leaves the object
    probability[2, 2] = 0.5  # noise far from it
    trimap = make_trimap(mask, width=4, probability=probability)
    is_wider = trimap != make_trimap(mask, width=4)
    assert np.argwhere(is_wider).tolist() == [[30, 15], [30, 16], [30, 17]]


def test_soft_probabilities_widen_the_band_only_so_far() -> None:
    mask = square(60, 20)
    trimap = make_trimap(mask, width=4, probability=np.full(mask.shape, 0.5, np.float32))
    np.testing.assert_array_equal(trimap, make_trimap(mask, width=12))


@given(_masks, _widths, _widths)
@settings(deadline=None)
def test_bands_are_nested_and_never_contradict_the_mask(mask: Mask, width: float, other: float) -> None:
    narrow, wide = (make_trimap(mask, width=value) for value in sorted((width, other)))
    assert not ((narrow == UNKNOWN) & (wide != UNKNOWN)).any()
    assert mask[wide == FOREGROUND].all()
    assert not mask[wide == BACKGROUND].any()


@given(_masks, _widths)
@settings(deadline=None)
def test_whatever_the_band_some_object_and_some_background_stay_known(mask: Mask, width: float) -> None:
    trimap = make_trimap(mask, width=width, probability=np.full(mask.shape, 0.5, np.float32))
    assert (trimap == FOREGROUND).any() == mask.any()
    assert (trimap == BACKGROUND).any() == (not mask.all())


@given(hnp.arrays(np.bool_, (4, 5), elements=st.booleans()), _widths)
@settings(deadline=None)
def test_the_band_contains_both_sides_of_the_outline(blocks: Mask, width: float) -> None:
    mask = np.kron(blocks, np.ones((4, 4))).astype(np.bool_)  # nothing is thinner than four pixels
    trimap = make_trimap(mask, width=width)
    for axis in (0, 1):
        edge = np.diff(mask, axis=axis)
        beside = np.moveaxis(trimap, axis, 0)
        crossing = np.moveaxis(edge, axis, 0)
        assert (beside[:-1][crossing] == UNKNOWN).all()
        assert (beside[1:][crossing] == UNKNOWN).all()


def test_what_makes_no_band_is_refused_with_the_remedy() -> None:
    with pytest.raises(InputError, match="at least 1"):
        make_trimap(square(), width=0.5)
    with pytest.raises(InputError, match="at least 1"):
        make_trimap(square(), width=float("nan"))
    with pytest.raises(InputError, match="0 or more"):
        make_trimap(square(), width=2, motion=-1)
    with pytest.raises(InputError, match="one size"):
        make_trimap(square(), width=2, probability=np.zeros((3, 3), np.float32))


def test_a_trimap_that_no_matte_can_be_made_of_is_refused() -> None:
    image = np.zeros((4, 5, 3), np.uint8)
    with pytest.raises(InputError, match="mark some"):
        check_trimap(image, np.full((4, 5), UNKNOWN, np.uint8))
    with pytest.raises(InputError, match="make_trimap"):
        check_trimap(image, np.full((4, 5), 7, np.uint8))
    with pytest.raises(InputError, match="one size"):
        check_trimap(image, np.zeros((5, 4), np.uint8))
    with pytest.raises(InputError, match="RGB"):
        check_trimap(np.zeros((4, 5), np.uint8), np.zeros((4, 5), np.uint8))


def test_a_limb_of_a_large_object_keeps_its_core() -> None:
    mask = square(80, 20)
    mask[36:44, 60:78] = True  # 8 pixels thick, and the band would take 6 from either side
    trimap = make_trimap(mask, width=12)
    assert (trimap[38:42, 68:74] == FOREGROUND).all()
    assert (trimap[36, 68:74] == UNKNOWN).all()
    assert (trimap[26, 30:50] == FOREGROUND).all()
    assert (trimap[25, 30:50] == UNKNOWN).all()
