"""The pixels of a hole are followed to frames that show them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from track_anything.inpaint.trail import Region, Step, Trail, follow

SIZE = (5, 8)
STEP_COST = follow(
    Step.of(
        Region(np.ones((1, 1), np.bool_), np.ones((1, 1), np.bool_)),
        np.zeros((1, 1, 2), np.float32),
        np.zeros((1, 1, 2), np.float32),
        np.zeros((1, 1, 3), np.float32),
    ),
    Region(np.zeros((1, 1), np.bool_), np.zeros((1, 1), np.bool_)),
    Trail.empty(0),
    seen_as=0,
).cost[0]


def masked(*pixels: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(SIZE, np.bool_)
    for x, y in pixels:
        mask[y, x] = True
    return mask


def region_of(*pixels: tuple[int, int]) -> Region:
    return Region(masked(*pixels), masked(*pixels))


def even(*values: float) -> np.ndarray:
    return np.broadcast_to(np.array(values, np.float32), (*SIZE, len(values)))


def step_of(region: Region, motion: tuple[float, float], back: tuple[float, float] | None = None) -> Step:
    """A step by one motion; back the same way without another one."""
    home = (-motion[0], -motion[1]) if back is None else back
    return Step.of(region, even(*motion), even(*home), even(1, 2, 3))


@given(arrays.arrays(np.bool_, SIZE), st.data())
def test_a_region_knows_each_of_its_pixels_by_row_and_place(region: np.ndarray, data: st.DataObject) -> None:
    hole = region & data.draw(arrays.arrays(np.bool_, SIZE))
    pixels = Region(hole, region)
    count = int(region.sum())
    assert pixels.places.shape == (count, 2)
    x, y = pixels.places.astype(int).T
    np.testing.assert_array_equal(pixels.row_of[y, x], np.arange(count))
    assert (pixels.row_of[~region] == -1).all()
    np.testing.assert_array_equal(pixels.is_hidden, hole[y, x])
    chosen = data.draw(arrays.arrays(np.bool_, count))
    mask = pixels.on_picture(chosen)
    np.testing.assert_array_equal(mask[y, x], chosen)
    assert not mask[~region].any()


def test_what_the_next_frame_shows_is_seen_there() -> None:
    region = region_of((2, 1))
    trail = follow(step_of(region, (1.5, 1)), region_of(), Trail.empty(0), seen_as=7)
    assert trail.is_found.all()
    assert trail.source.tolist() == [7]
    np.testing.assert_allclose(trail.place, [[3.5, 2]])
    np.testing.assert_allclose(trail.brighter, [[1, 2, 3]])
    assert trail.cost[0] == STEP_COST > 0


def test_what_the_next_frame_hides_too_goes_on_along_its_trail() -> None:
    region, neighbour = region_of((2, 1)), region_of((3, 1))
    first = follow(step_of(neighbour, (2, 0)), region_of(), Trail.empty(0), seen_as=7)
    trail = follow(step_of(region, (1.25, 0.25)), neighbour, first, seen_as=6)
    assert trail.source.tolist() == [7]
    np.testing.assert_allclose(trail.place, [[5.25, 1.25]])  # the way between the pixels is not lost
    np.testing.assert_allclose(trail.brighter, [[2, 4, 6]])
    np.testing.assert_allclose(trail.cost, [2 * STEP_COST])


def test_what_is_seen_nowhere_further_on_is_not_found() -> None:
    region, neighbour = region_of((2, 1)), region_of((3, 1))
    trail = follow(step_of(region, (1, 0)), neighbour, Trail.empty(1), seen_as=6)
    assert not trail.is_found.any()


def test_the_rim_of_a_hole_is_seen_and_its_hole_is_not() -> None:
    neighbour = Region(masked((3, 1)), masked((3, 1), (4, 1)))
    region = region_of((2, 1), (3, 1))
    trail = follow(step_of(region, (1, 0)), neighbour, Trail.empty(2), seen_as=6)
    assert trail.source.tolist() == [-1, 6]


def test_only_trails_count_where_what_is_shown_does_not() -> None:
    region, neighbour = region_of((2, 1), (4, 1)), region_of((3, 1))
    first = follow(step_of(neighbour, (2, 0)), region_of(), Trail.empty(0), seen_as=7)
    trail = follow(step_of(region, (1, 0)), neighbour, first, seen_as=None)
    assert trail.source.tolist() == [7, -1]


def test_nothing_is_seen_beyond_the_border() -> None:
    corners = region_of((0, 0), (7, 0), (0, 4), (7, 4))
    for motion in ((-1, 0), (0, -1), (1, 0), (0, 1), (1e6, -1e6)):
        step = step_of(corners, motion)
        x, y = (corners.places + np.array(motion)).T
        np.testing.assert_array_equal(step.is_reached, (x >= 0) & (x < 8) & (y >= 0) & (y < 5))
        trail = follow(step, region_of(), Trail.empty(0), seen_as=7)
        np.testing.assert_array_equal(trail.is_found, step.is_reached)


def test_places_within_half_a_pixel_of_the_border_are_seen() -> None:
    step = step_of(region_of((0, 0), (7, 4)), (0.4, 0.4))
    assert step.is_reached.all()
    assert not step_of(region_of((7, 4)), (0.6, 0)).is_reached.any()


def test_nothing_is_seen_where_the_way_back_leads_elsewhere() -> None:
    region = region_of((2, 1))
    trails = [
        follow(step_of(region, (1, 0), (-1 - off, 0)), region_of(), Trail.empty(0), seen_as=7)
        for off in (0, 0.9, 1.2)
    ]
    assert [bool(trail.is_found[0]) for trail in trails] == [True, True, False]
    assert trails[1].cost[0] == np.float32(
        trails[0].cost[0] + np.float32(0.9)
    )  # and trusted less when it is near


def test_more_may_differ_where_motion_is_large() -> None:
    region = region_of((0, 0))
    assert not step_of(region, (0, 0), (0, 1.3)).is_reached.any()
    assert step_of(region, (4, 0), (-4, 1.3)).is_reached.all()


def test_a_frame_without_pixels_has_an_empty_trail() -> None:
    trail = follow(step_of(region_of(), (1, 0)), region_of((1, 1)), Trail.empty(1), seen_as=3)
    assert trail.is_found.shape == (0,)
