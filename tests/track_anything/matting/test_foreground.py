"""Objects get colours of their own, without those of the old background."""

import numpy as np
import pytest

from tests.track_anything.matting.drawn import BLUE, RED, composed, ramp
from track_anything.errors import InputError
from track_anything.matting import Matte, estimate_foreground
from track_anything.types import Image
from track_anything.video.bit_depth import to_8_bits

GREEN = (20, 230, 90)


def over(colours: Image, alpha: Matte, behind: tuple[int, int, int]) -> np.ndarray:
    return alpha[..., None] * colours.astype(np.float64) + (1 - alpha[..., None]) * np.array(behind)


def test_an_object_over_another_background_has_no_fringe_of_the_old_one() -> None:
    alpha = ramp()
    image, wanted = composed(alpha, RED, BLUE), composed(alpha, RED, GREEN)
    fringed = np.abs(over(image, alpha, GREEN) - wanted).max()
    error = np.abs(over(estimate_foreground(image, alpha), alpha, GREEN) - wanted).max()
    assert fringed > 40
    assert error < 3


def test_an_object_that_changes_colour_is_put_over_another_background() -> None:
    y, x = np.mgrid[:64, :80]
    alpha = np.clip((22 - np.hypot(y - 30, x - 42)) / 8 + 0.5, 0, 1).astype(np.float32)
    colours = np.stack([100 + x, 60 + 2 * y, np.full_like(x, 200)], axis=2)
    behind = np.stack([200 - x, np.full_like(x, 30), 3 * y], axis=2)
    image = np.round(alpha[..., None] * colours + (1 - alpha[..., None]) * behind).astype(np.uint8)
    error = np.abs(over(estimate_foreground(image, alpha), alpha, GREEN) - over(colours, alpha, GREEN))
    untouched = np.abs(over(image, alpha, GREEN) - over(colours, alpha, GREEN))
    assert error.mean() < 0.25 * untouched.mean()
    assert error.max() < 12


def test_where_there_is_only_object_it_keeps_the_colours_of_the_picture() -> None:
    rng = np.random.default_rng(0)
    alpha = ramp()
    image = rng.integers(0, 256, (*alpha.shape, 3), np.uint8)
    found = estimate_foreground(image, alpha)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found[alpha == 1], image[alpha == 1])


def test_a_deep_picture_gets_colours_between_those_of_8_bits() -> None:
    alpha = ramp()
    colours = np.linspace(20_000, 40_000, alpha.shape[1])[None, :, None]
    behind = np.array([500, 9_000, 60_000])
    image = np.round(alpha[..., None] * colours + (1 - alpha[..., None]) * behind).astype(np.uint16)
    deep, shallow = estimate_foreground(image, alpha), estimate_foreground(to_8_bits(image), alpha)
    assert deep.dtype == np.uint16
    assert np.abs(deep / 257 - shallow).max() < 2
    is_mixed = (alpha > 0) & (alpha < 1)
    assert len(np.unique(deep[is_mixed])) > 2 * len(np.unique(shallow[is_mixed]))
    np.testing.assert_array_equal(deep[alpha == 1], image[alpha == 1])


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (5, 1), (2, 3), (33, 32)])
def test_pictures_of_any_size_and_evenly_mixed_ones_are_estimated(size: tuple[int, int]) -> None:
    image = np.full((*size, 3), 120, np.uint8)
    found = estimate_foreground(image, np.full(size, 0.5, np.float32))
    assert found.shape == image.shape
    np.testing.assert_allclose(found, 120, atol=1)


@pytest.mark.parametrize("value", [0, 1])
def test_a_matte_that_mixes_nothing_changes_nothing(value: int) -> None:
    image = composed(ramp())
    found = estimate_foreground(image, np.full(image.shape[:2], value, np.float32))
    np.testing.assert_array_equal(found, image)
    assert found is not image


def test_a_matte_of_another_size_is_refused() -> None:
    with pytest.raises(InputError, match="one size"):
        estimate_foreground(np.zeros((4, 5, 3), np.uint8), np.zeros((5, 4), np.float32))
