"""Holes are filled with what their trails lead to."""

import numpy as np
import pytest

from tests.track_anything.inpaint.drawn import SIZE, canvas, rounded, view
from track_anything.inpaint.composition import compose
from track_anything.inpaint.hole import grown
from track_anything.inpaint.trail import Region, Trail
from track_anything.types import Image, Mask

TRUTH = view(canvas(), 40, 40)
HOLE = np.zeros(SIZE, np.bool_)
HOLE[20:44, 30:62] = True
SHARE = HOLE.astype(np.float32)
DAMAGED = np.where(HOLE[..., None], np.uint8(255), TRUTH)
BARE, RIMMED = Region(HOLE, HOLE), Region(HOLE, grown(HOLE, 4))


def trail_to(
    source: int, region: Region = BARE, motion: tuple[float, float] = (0, 0), cost: float = 0.1
) -> Trail:
    """All pixels of a region lie in one frame, moved alike."""
    trail = Trail.empty(region.pixels.size)
    trail.source[:] = source
    trail.place[:] = region.places + np.array(motion, np.float32)
    trail.cost[:] = cost
    return trail


def moved(image: Image, right: int, down: int) -> Image:
    return np.roll(image, (down, right), axis=(0, 1))


def test_a_frame_without_a_hole_is_handed_back() -> None:
    nothing = np.zeros(SIZE, np.float32)
    empty = Region(np.zeros(SIZE, np.bool_), np.zeros(SIZE, np.bool_))
    assert compose(TRUTH, nothing, empty, [Trail.empty(0)], {}) is TRUTH


@pytest.mark.parametrize("motion", [(0, 0), (3, -2), (-4, 5)])
def test_colours_are_fetched_from_where_trails_lead(motion: tuple[int, int]) -> None:
    given = DAMAGED.copy()
    filled = compose(given, SHARE, BARE, [trail_to(5, motion=motion)], {5: moved(TRUTH, *motion)})
    np.testing.assert_array_equal(filled, TRUTH)
    np.testing.assert_array_equal(given, DAMAGED)  # the frame that is given stays as it is


def test_colours_are_fetched_between_pixels() -> None:
    source = view(canvas(), 40.5, 40.25)
    filled = compose(DAMAGED, SHARE, BARE, [trail_to(5, motion=(-0.5, -0.25))], {5: source})
    assert np.abs(filled.astype(int) - TRUTH).max() <= 3


def test_what_is_not_replaced_whole_is_mixed() -> None:
    share = np.where(HOLE, np.float32(0.25), np.float32(0))
    filled = compose(DAMAGED, share, BARE, [trail_to(5)], {5: TRUTH})
    np.testing.assert_array_equal(filled, rounded(0.75 * DAMAGED + 0.25 * TRUTH.astype(float)))


@pytest.mark.parametrize(("difference", "is_fitted"), [(20, True), (-35, True), (60, False)])
def test_another_light_is_fitted_to_the_rim_and_another_thing_is_not(
    difference: int, is_fitted: bool
) -> None:
    dim = np.clip(TRUTH, 60, 190)
    filled = compose(
        np.where(HOLE[..., None], np.uint8(255), dim),
        SHARE,
        RIMMED,
        [trail_to(5, RIMMED)],
        {5: rounded(dim + float(difference))},
    )
    expected = dim if is_fitted else np.where(HOLE[..., None], rounded(dim + float(difference)), dim)
    np.testing.assert_allclose(filled, expected, atol=1)


def test_light_is_fitted_to_either_side_of_the_hole() -> None:
    slope = np.linspace(-20, 20, SIZE[1])[None, :, None]
    filled = compose(DAMAGED, SHARE, RIMMED, [trail_to(5, RIMMED)], {5: rounded(TRUTH + slope)})
    assert np.abs(filled.astype(int) - TRUTH).max() <= 3


def test_what_is_brighter_there_is_darkened() -> None:
    trail = trail_to(5)
    trail.brighter[:] = (30, 0, -7)
    filled = compose(DAMAGED, SHARE, BARE, [trail], {5: rounded(TRUTH + np.array([30.0, 0, -7]))})
    np.testing.assert_array_equal(filled, TRUTH)


def test_sources_that_are_trusted_alike_are_averaged_and_a_much_worse_one_hardly_counts() -> None:
    sources = {5: np.full_like(TRUTH, 100), 6: np.full_like(TRUTH, 150)}
    for cost, level, off in ((0.1, 125, 0), (3.1, 100, 1), (50, 100, 0)):
        trails = [trail_to(5), trail_to(6, cost=cost)]
        filled = compose(DAMAGED, SHARE, BARE, trails, sources)
        np.testing.assert_allclose(filled[HOLE], np.full_like(filled[HOLE], level), atol=off)


def test_a_trail_that_leads_nowhere_does_not_count_however_cheap() -> None:
    empty = Trail.empty(BARE.pixels.size)
    filled = compose(DAMAGED, SHARE, BARE, [empty, trail_to(5, cost=4)], {5: TRUTH})
    np.testing.assert_array_equal(filled, TRUTH)


def test_what_no_trail_leads_to_is_carried_on_from_the_picture() -> None:
    grey = np.full_like(TRUTH, 90)
    damaged = np.where(HOLE[..., None], np.uint8(255), grey)
    filled = compose(damaged, SHARE, RIMMED, [Trail.empty(RIMMED.pixels.size)], {})
    np.testing.assert_array_equal(filled, grey)


def test_what_no_trail_leads_to_is_carried_on_from_what_was_found_too() -> None:
    trail = trail_to(5)
    is_middle = (BARE.places == [45, 30]).all(axis=1)
    trail.source[is_middle] = -1
    grey = np.full_like(TRUTH, 90)
    filled = compose(DAMAGED, SHARE, BARE, [trail], {5: grey})
    assert is_middle.sum() == 1
    assert (filled[HOLE] == 90).all()


@pytest.mark.parametrize(("level", "brighter", "expected"), [(250, -20, 255), (5, 20, 0)])
def test_colours_do_not_run_over(level: int, brighter: int, expected: int) -> None:
    trail = trail_to(5)
    trail.brighter[:] = brighter
    filled = compose(DAMAGED, SHARE, BARE, [trail], {5: np.full_like(TRUTH, level)})
    assert (filled[HOLE] == expected).all()


@pytest.mark.parametrize("side", [np.s_[:20], np.s_[-20:], np.s_[:, :20], np.s_[:, -20:], np.s_[:]])
def test_a_hole_at_the_border_is_filled(side: tuple[slice, ...]) -> None:
    hole = np.zeros(SIZE, np.bool_)
    hole[side] = True
    region = Region(hole, grown(hole, 4))
    damaged = np.where(hole[..., None], np.uint8(255), TRUTH)
    filled = compose(damaged, hole.astype(np.float32), region, [trail_to(5, region)], {5: TRUTH})
    np.testing.assert_array_equal(filled, TRUTH)


def test_places_just_beyond_the_border_show_its_last_pixels() -> None:
    hole: Mask = np.zeros(SIZE, np.bool_)
    hole[:, -1] = True
    region = Region(hole, hole)
    columns = np.broadcast_to(np.arange(SIZE[1])[None, :, None], TRUTH.shape).astype(np.uint8)
    trail = trail_to(5, region, motion=(0.4, 0))
    filled = compose(columns, hole.astype(np.float32), region, [trail], {5: columns})
    np.testing.assert_array_equal(filled, columns)


@pytest.mark.parametrize("size", [(24, 32), (25, 37), (71, 95)])
def test_trails_of_a_coarser_grid_lead_as_far_on_the_picture(size: tuple[int, int]) -> None:
    scale = np.array([SIZE[1] / size[1], SIZE[0] / size[0]])
    hole = np.zeros(size, np.bool_)
    hole[size[0] // 4 : -size[0] // 4, size[1] // 4 : -size[1] // 4] = True
    region = Region(hole, grown(hole, 4))
    motion = np.array([3, -2]) / scale
    inside = np.zeros(SIZE, np.float32)
    inside[26:46, 36:60] = 1
    damaged = np.where(inside[..., None] > 0, np.uint8(255), TRUTH)
    trail = trail_to(5, region, motion=(motion[0], motion[1]))
    filled = compose(damaged, inside, region, [trail], {5: moved(TRUTH, 3, -2)})
    assert np.abs(filled.astype(int) - TRUTH).max() <= 1
