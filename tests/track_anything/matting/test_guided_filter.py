"""The guided filter follows soft rims within the band alone."""

import numpy as np
import pytest

from tests.track_anything.matting.drawn import RED, composed, ramp, trimap_of
from track_anything.errors import InputError
from track_anything.matting import FOREGROUND, UNKNOWN, Matte, guided_matte, make_trimap
from track_anything.matting.trimap import nearest_known
from track_anything.types import Image


def disc(size: int = 100, radius: float = 28, rim: float = 5) -> Matte:
    y, x = np.mgrid[:size, :size]
    return np.clip((radius - np.hypot(y - 50, x - 47)) / rim + 0.5, 0, 1).astype(np.float32)


@pytest.mark.parametrize("width", [8, 14, 40])
def test_a_soft_rim_between_two_colours_is_followed_through_bands_of_any_width(width: int) -> None:
    alpha = disc()
    trimap = make_trimap(alpha > 0.5, width=width)
    matte = guided_matte(composed(alpha), trimap)
    hard = nearest_known(trimap).astype(np.float32)
    assert matte.dtype == np.float32
    assert np.abs(matte - alpha).max() < 0.15
    assert np.abs(matte - alpha).sum() < 0.4 * np.abs(hard - alpha).sum()


def test_outside_the_band_it_is_exact() -> None:
    alpha = disc()
    trimap = make_trimap(alpha > 0.5, width=10)
    matte = guided_matte(composed(alpha), trimap)
    is_known = trimap != UNKNOWN
    np.testing.assert_array_equal(matte[is_known], (trimap == FOREGROUND)[is_known])
    assert (matte >= 0).all()
    assert (matte <= 1).all()


def test_a_band_that_meets_the_border_is_filtered() -> None:
    alpha = ramp()
    assert np.abs(guided_matte(composed(alpha), trimap_of(alpha)) - alpha).max() < 0.15


def test_a_picture_of_one_colour_falls_from_object_to_background() -> None:
    alpha = ramp()
    matte = guided_matte(composed(alpha, RED, RED), trimap_of(alpha))
    assert (np.diff(matte, axis=1) <= 1e-5).all()


def test_a_trimap_without_a_band_is_the_matte(picture: Image) -> None:
    trimap = np.where(ramp() > 0.5, FOREGROUND, 0).astype(np.uint8)
    np.testing.assert_array_equal(guided_matte(picture, trimap), (trimap == FOREGROUND).astype(np.float32))


@pytest.mark.parametrize("known", [0, FOREGROUND])
def test_a_band_beside_one_kind_alone_is_of_that_kind(picture: Image, known: int) -> None:
    trimap = np.where(ramp() > 0.5, known, UNKNOWN).astype(np.uint8)
    np.testing.assert_allclose(guided_matte(picture, trimap), known / FOREGROUND, atol=1e-5)


def test_a_trimap_that_knows_nothing_is_refused(picture: Image) -> None:
    with pytest.raises(InputError, match="mark some object"):
        guided_matte(picture, np.full(picture.shape[:2], UNKNOWN, np.uint8))


@pytest.fixture
def picture() -> Image:
    return composed(ramp())
