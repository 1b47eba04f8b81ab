"""Changes of light are carried along the motion."""

import numpy as np
import pytest

from tests.track_anything.inpaint.drawn import SIZE, canvas, disc, rounded, view
from track_anything.inpaint.flow_completion import WithHole
from track_anything.inpaint.light import light_change
from track_anything.types import Image, Mask

NOTHING = np.zeros(SIZE, np.bool_)
STILL = np.zeros((*SIZE, 2), np.float32)


def change(first: Image, second: Image, hole: Mask = NOTHING, hole_there: Mask = NOTHING) -> np.ndarray:
    return light_change(WithHole(first, hole), WithHole(second, hole_there), STILL, STILL)


def test_a_picture_that_grows_brighter_does_so_everywhere_behind_holes_too() -> None:
    image = view(canvas(), 40, 40)
    hole, hole_there = disc(40, 30, 20), disc(50, 36, 20)
    first = np.where(hole[..., None], np.uint8(0), image)
    second = rounded(image + np.array([7, -3, 0]))
    second[hole_there] = 255
    brighter = change(first, second, hole, hole_there)
    assert brighter.shape == (*SIZE, 3)
    assert brighter.dtype == np.float32
    np.testing.assert_allclose(brighter, np.broadcast_to([7, -3, 0], brighter.shape), atol=0.01)


def test_light_changes_place_by_place() -> None:
    image = view(canvas(), 40, 40)
    slope = np.linspace(-8, 8, SIZE[1])[None, :, None]
    brighter = change(image, rounded(image + slope), disc(48, 36, 12))
    assert np.abs(brighter - slope).max() < 4  # beyond the last blocks it goes on evenly
    assert np.abs((brighter - slope)[16:-16, 16:-16]).max() < 1


def test_colours_are_compared_along_the_motion() -> None:
    first, second = view(canvas(), 40, 40), rounded(view(canvas(), 44, 40) + 5.0)
    there = np.broadcast_to(np.array([-4, 0], np.float32), (*SIZE, 2))
    brighter = light_change(WithHole(first, NOTHING), WithHole(second, NOTHING), there, -there)
    np.testing.assert_allclose(brighter, np.full_like(brighter, 5), atol=0.05)


def test_another_thing_is_not_another_light() -> None:
    image = view(canvas(), 40, 40)
    other = np.where(disc(30, 30, 8)[..., None], np.uint8(255), image)
    np.testing.assert_allclose(change(image, other), 0, atol=0.01)


def test_a_flash_is_another_light() -> None:
    image = view(canvas(), 40, 40) // 2
    np.testing.assert_allclose(change(image, image + np.uint8(100)), 100, atol=0.01)


@pytest.mark.parametrize("hidden", ["first", "second", "both"])
def test_light_does_not_change_where_nothing_can_be_compared(hidden: str) -> None:
    image = view(canvas(), 40, 40)
    holes = [~NOTHING if hidden in (name, "both") else NOTHING for name in ("first", "second")]
    np.testing.assert_array_equal(change(image, image + np.uint8(5), *holes), 0)


def test_motion_that_does_not_lead_back_is_not_compared_along() -> None:
    image = view(canvas(), 40, 40)
    away = np.broadcast_to(np.array([1, 0], np.float32), (*SIZE, 2))
    pictures = WithHole(image, NOTHING), WithHole(image + np.uint8(5), NOTHING)
    np.testing.assert_array_equal(light_change(*pictures, STILL, away), 0)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (17, 5)])
def test_pictures_may_be_smaller_than_a_block(size: tuple[int, int]) -> None:
    image = np.full((*size, 3), 100, np.uint8)
    nothing, still = np.zeros(size, np.bool_), np.zeros((*size, 2), np.float32)
    brighter = light_change(WithHole(image, nothing), WithHole(image + np.uint8(4), nothing), still, still)
    np.testing.assert_allclose(brighter, np.full((*size, 3), 4), atol=1e-4)
