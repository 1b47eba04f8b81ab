"""What lies around a part of a frame is what was written last."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.tracker.test_modeling_canvas import regions
from tracker.region import Region
from tracker.surroundings import ALWAYS_SEEN, Surroundings, SurroundingsConfig

GRID = 4, 6
WHOLE, CORNER = Region.whole(GRID), Region(0, 0, 2, 2, GRID)
CPU = torch.device("cpu")


def picture(level: int = 90) -> NDArray[np.uint8]:
    return np.full((40, 60, 3), level, np.uint8)


def maps(number: float, region: Region = WHOLE) -> dict[str, torch.Tensor]:
    return {"key": torch.full((2, *region.shape), number), "7": torch.full((1, *region.shape), -number)}


def written(surroundings: Surroundings, *in_part: Region) -> Surroundings:
    """After a frame that was seen whole, and then some that were not."""
    for number, region in enumerate((WHOLE, *in_part)):
        surroundings.round_off(region, maps(number, region), picture())
    return surroundings


@given(st.lists(regions(GRID), min_size=1, max_size=5))
def test_each_cell_holds_what_was_seen_there_last(parts: list[Region]) -> None:
    surroundings = written(Surroundings(SurroundingsConfig()))
    expected = torch.zeros(2, *GRID)
    for number, region in enumerate(parts, 1):
        found = surroundings.round_off(region, maps(number, region), picture())
        region.lay_over(expected, maps(number, region)["key"])
        assert torch.equal(found["key"], expected)
        assert torch.equal(found["7"], -expected[:1])


def test_what_was_handed_out_stays_as_it_is() -> None:
    surroundings = Surroundings(SurroundingsConfig())
    first = surroundings.round_off(WHOLE, maps(1), picture())
    second = surroundings.round_off(CORNER, maps(2, CORNER), picture())
    surroundings.round_off(CORNER, maps(3, CORNER), picture())
    assert torch.equal(first["key"], maps(1)["key"])
    assert second["key"][:, 0, 0].tolist() == [2, 2]


@pytest.mark.parametrize(("moves", "seen_in_part"), [(False, 3), (True, 1)])
def test_surroundings_grow_old_and_sooner_where_they_change(moves: bool, seen_in_part: int) -> None:
    surroundings = written(Surroundings(SurroundingsConfig(most_still=3, most_moving=1)))
    is_old = []
    for number in range(1, 5):
        image = picture(90 + number * 20 * moves)
        is_old.append(surroundings.are_old(image, CORNER))
        surroundings.round_off(CORNER, maps(number, CORNER), image)
    assert is_old == [number >= seen_in_part for number in range(4)]
    written(surroundings)
    assert not surroundings.are_old(picture(), CORNER)


def test_what_changes_within_the_region_is_seen_anyhow() -> None:
    surroundings = written(Surroundings(SurroundingsConfig(most_moving=0)))
    image = picture()
    image[:20, :20] = 200
    assert not surroundings.are_old(image, CORNER)
    image[:, 30:] = 200
    assert surroundings.are_old(image, CORNER)


def test_nothing_is_known_at_first_and_nothing_is_around_a_whole_canvas() -> None:
    surroundings = Surroundings(SurroundingsConfig())
    assert surroundings.are_old(picture(), CORNER)
    written(surroundings)
    assert surroundings.are_old(picture(), WHOLE)
    surroundings.reset()
    assert surroundings.are_old(picture(), CORNER)


def test_they_are_known_for_objects_that_were_written_and_are_within_the_region() -> None:
    surroundings = Surroundings(SurroundingsConfig())
    inside, beyond = torch.zeros(2, 1, 2 * GRID[0], 2 * GRID[1])  # two pixels per cell
    inside[0, 3, 3], beyond[0, 3, 4] = 1, 1
    assert not surroundings.hold_nothing_of(inside, CORNER, [7])
    written(surroundings)
    assert surroundings.hold_nothing_of(inside, CORNER, [7])
    assert not surroundings.hold_nothing_of(beyond, CORNER, [7])
    assert not surroundings.hold_nothing_of(inside.repeat(2, 1, 1), CORNER, [7, 8])
    assert inside.sum() == 1
    written(surroundings, *SurroundingsConfig().most_still * [CORNER])
    assert not surroundings.hold_nothing_of(inside, CORNER, [7])  # and have not grown old
    written(surroundings)
    assert surroundings.hold_nothing_of(inside, CORNER, [7])
    surroundings.forget(7)
    assert not surroundings.hold_nothing_of(inside, CORNER, [7])


def test_a_state_is_taken_up_where_it_was_left() -> None:
    config = SurroundingsConfig(most_still=2)
    one, other = Surroundings(config), Surroundings(config)
    assert one.state() == {}
    written(one, Region(1, 1, 2, 2, GRID))
    other.load_state(one.state(), CPU)
    rounded = [each.round_off(CORNER, maps(3, CORNER), picture()) for each in (one, other)]
    assert torch.equal(rounded[0]["key"], rounded[1]["key"])
    assert one.are_old(picture(), CORNER)
    assert other.are_old(picture(), CORNER)
    other.load_state({}, CPU)
    assert other.state() == {}


def test_where_all_frames_are_seen_whole_nothing_is_kept() -> None:
    surroundings = Surroundings(ALWAYS_SEEN)
    assert torch.equal(surroundings.round_off(WHOLE, maps(1), picture())["key"], maps(1)["key"])
    assert surroundings.state() == {}
    assert surroundings.are_old(picture(), CORNER)
