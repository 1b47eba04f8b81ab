"""The region round a click: by colour, within reach, on one side of the mask, and never a leak."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from track_anything.prompting.region import disc_at, region_at
from track_anything.types import Image, Mask

SIZE = (96, 128)


def block(top: int, left: int, bottom: int, right: int) -> Mask:
    mask = np.zeros(SIZE, np.bool_)
    mask[top:bottom, left:right] = True
    return mask


def picture(*things: tuple[Mask, tuple[int, int, int]]) -> Image:
    image = np.full((*SIZE, 3), (110, 116, 108), np.uint8)
    for mask, colour in things:
        image[mask] = colour
    return image


DOG, TAIL = block(20, 20, 80, 90), block(40, 90, 46, 96)
IMAGE = picture((DOG, (200, 150, 90)), (TAIL, (245, 245, 240)))


def test_it_ends_where_the_colour_does() -> None:
    region = region_at(IMAGE, DOG, DOG.astype(np.float32), (43, 93))
    assert not (region & ~TAIL).any()
    assert np.count_nonzero(region) >= 0.8 * np.count_nonzero(TAIL)


def test_colours_that_run_into_their_surroundings_make_no_region() -> None:
    pixel = (60, 100)  # nothing but grass
    region = region_at(IMAGE, DOG, DOG.astype(np.float32), pixel)
    np.testing.assert_array_equal(region, disc_at(DOG, pixel))


def test_it_ends_where_the_tracker_is_all_but_sure() -> None:
    whole = DOG | TAIL
    image = picture((whole, (200, 150, 90)))
    sure = np.where(DOG, 0.999, np.where(TAIL, 0.7, 0.001)).astype(np.float32)
    np.testing.assert_array_equal(region_at(image, whole, sure, (43, 93)) & DOG, DOG & False)


@given(st.integers(0, SIZE[0] - 1), st.integers(0, SIZE[1] - 1))
def test_it_holds_the_click_and_stays_on_its_side(row: int, column: int) -> None:
    region = region_at(IMAGE, DOG, np.full(SIZE, 0.5, np.float32), (row, column))
    assert region[row, column]
    assert not (region & (DOG[row, column] != DOG)).any()
