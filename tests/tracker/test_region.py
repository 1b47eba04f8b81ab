"""What is far from objects is seldom looked at, and that changes no mask."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.tracker.test_light import film
from tests.tracker.test_modeling_canvas import regions
from tracker.build import LIGHT_CONFIG, LIGHT_WEIGHTS, light_propagator, load_xmem
from tracker.errors import TrackerError
from tracker.memory_config import MemoryConfig
from tracker.modeling.xmem import STRIDE, FrameFeatures, XMem
from tracker.region import Region
from tracker.region_of_interest import RegionConfig, RegionOfInterest, Regions
from tracker.surroundings import ALWAYS_SEEN, SurroundingsConfig
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator

GRID = 20, 30
EVERYWHERE = replace(LIGHT_CONFIG, region=None)
SEEN_WHOLE = replace(LIGHT_CONFIG, region=RegionConfig(surroundings=ALWAYS_SEEN))


@given(regions(GRID), st.integers(1, 3))
def test_what_is_cut_out_and_laid_back_is_what_was_there(region: Region, pixels: int) -> None:
    maps = torch.rand(2, pixels * GRID[0], pixels * GRID[1])
    part = region.cut(maps)
    assert part.shape == (2, pixels * region.height, pixels * region.width)
    laid_back = maps.clone()
    region.lay_over(laid_back, part)
    assert torch.equal(laid_back, maps)
    ground = torch.zeros_like(maps)
    region.lay_over(ground, part)
    assert torch.isclose(ground.sum(), part.sum())
    region.lay_over(ground, torch.zeros_like(part))
    assert not ground.any()  # nothing was written beside it


@given(regions(GRID), st.integers(0, GRID[0] - 1), st.integers(0, GRID[1] - 1))
def test_a_mask_at_an_edge_goes_on_beyond_it_unless_the_canvas_ends_there(
    region: Region, row: int, column: int
) -> None:
    row, column = row % region.height, column % region.width
    found = torch.zeros(region.height, region.width, dtype=torch.bool)
    found[row, column] = True
    ends = (
        row == 0 and region.top > 0,
        column == 0 and region.left > 0,
        row == region.height - 1 and region.top + region.height < GRID[0],
        column == region.width - 1 and region.left + region.width < GRID[1],
    )
    assert bool(region.is_left_by(found)) == any(ends)
    assert bool(region.is_left_by(torch.zeros_like(found))) == (not region.is_whole)  # it must be elsewhere


def mask(top: int, left: int, bottom: int, right: int) -> torch.Tensor:
    """A box in pixels, on a canvas of ``GRID`` cells."""
    found = torch.zeros(STRIDE * GRID[0], STRIDE * GRID[1])
    found[top:bottom, left:right] = 1
    return found


@given(st.data())
def test_a_region_holds_all_objects_and_what_is_around_them(data: st.DataObject) -> None:
    config, boxes = RegionConfig(), []
    interest = RegionOfInterest(config)
    for object_id in range(1, data.draw(st.integers(1, 3)) + 1):
        top, left = data.draw(st.integers(0, STRIDE * GRID[0] - 1)), data.draw(st.integers(0, 479))
        box = (
            top,
            left,
            data.draw(st.integers(top + 1, STRIDE * GRID[0])),
            data.draw(st.integers(left + 1, 480)),
        )
        interest.follow({object_id: mask(*box)})
        boxes.append(box)
    found = interest.next_regions(range(1, len(boxes) + 1), GRID).seen
    around = config.least_margin * STRIDE
    wanted = (
        (found.top * STRIDE, min(box[0] for box in boxes) - around),
        (found.left * STRIDE, min(box[1] for box in boxes) - around),
        (-(found.top + found.height) * STRIDE, -max(box[2] for box in boxes) - around),
        (-(found.left + found.width) * STRIDE, -max(box[3] for box in boxes) - around),
    )
    ends = 0, 0, -STRIDE * GRID[0], -STRIDE * GRID[1]
    assert all(own <= max(end, outside) for (own, outside), end in zip(wanted, ends, strict=True))
    assert found.is_whole or found.height * found.width <= config.most * GRID[0] * GRID[1]
    assert 0 <= found.top <= GRID[0] - found.height
    assert 0 <= found.left <= GRID[1] - found.width


@given(regions(GRID), regions(GRID))
def test_a_region_moved_into_another_one_lies_in_it(own: Region, outer: Region) -> None:
    moved = own.moved_into(outer)
    maps = torch.arange(GRID[0] * GRID[1]).view(GRID)
    part = moved.within(outer)
    assert torch.equal(part.cut(outer.cut(maps)), moved.cut(maps))
    assert moved.cells().tolist() == moved.cut(maps).flatten().tolist()
    assert moved.area <= min(own.area, outer.area)
    assert moved.moved_into(outer) == moved
    assert own.moved_into(Region.whole(GRID)) == own


def test_objects_far_from_each_other_are_drawn_apart() -> None:
    interest = RegionOfInterest(RegionConfig())
    interest.follow({1: mask(40, 20, 80, 60), 2: mask(240, 400, 290, 440)})
    apart = interest.next_regions([1, 2], GRID)
    assert apart.seen.is_whole
    assert apart.drawn == {each: interest.next_regions([each], GRID).seen for each in (1, 2)}
    interest = RegionOfInterest(RegionConfig())
    interest.follow({1: mask(40, 20, 120, 100), 2: mask(60, 50, 140, 130)})
    together = interest.next_regions([1, 2], GRID)
    assert {*together.drawn.values()} == {together.seen}
    assert not together.seen.is_whole
    assert interest.next_regions([1], GRID).drawn == {1: interest.next_regions([1], GRID).seen}


def test_one_object_beyond_its_region_has_moved_and_several_tell_of_the_camera() -> None:
    own = {each: Region(0, each, 5, 6, GRID) for each in (1, 2, 3)}
    seen, whole = Region(0, 1, 5, 8, GRID), Region.whole(GRID)
    assert Regions(seen, own).widened([2]) == Regions(whole, {1: own[1], 2: whole, 3: own[3]})
    assert Regions(seen, own).widened([1, 3]) == Regions.all_in(whole, own)


def test_what_is_not_seen_can_be_anywhere() -> None:
    interest, small = RegionOfInterest(RegionConfig()), mask(100, 100, 120, 130)
    assert interest.next_regions([], GRID).seen.is_whole
    interest.follow({1: small})
    assert not interest.next_regions([1], GRID).seen.is_whole
    assert interest.next_regions([1, 2], GRID).seen.is_whole  # nobody has seen the second one yet
    interest.follow({2: torch.zeros_like(small)})
    assert interest.next_regions([1, 2], GRID).seen.is_whole
    interest.forget(2)
    assert not interest.next_regions([1], GRID).seen.is_whole
    kept = RegionOfInterest(RegionConfig())
    kept.load_state(interest.state())
    assert kept.next_regions([1], GRID).seen == interest.next_regions([1], GRID).seen
    interest.reset()
    assert interest.next_regions([1], GRID).seen.is_whole


@pytest.mark.parametrize(("pixels", "is_calm"), [(3 * STRIDE, True), (3 * STRIDE + 1, False)])
def test_what_has_just_leapt_can_be_anywhere(pixels: int, is_calm: bool) -> None:
    interest = RegionOfInterest(RegionConfig())
    for moved in (0, pixels):
        interest.follow({1: mask(100 + moved, 100, 120 + moved, 130)})
        interest.follow({1: mask(100 + moved, 100, 120 + moved, 130)})  # the same frame, asked about twice
        kept = RegionOfInterest(RegionConfig())
        kept.load_state(interest.state())
        found = interest.next_regions([1], GRID)
        assert kept.next_regions([1], GRID) == found
        assert found.seen.is_whole == (bool(moved) and not is_calm)
    assert not interest.next_regions([1], GRID).seen.is_whole  # it has calmed down


def test_without_a_configuration_everything_is_looked_at() -> None:
    interest = RegionOfInterest(None)
    interest.follow({1: mask(100, 100, 120, 130)})
    assert interest.next_regions([1], GRID).seen.is_whole
    assert interest.state() == {}


def test_a_radius_in_whole_frames_and_a_region_do_not_go_together() -> None:
    with pytest.raises(TrackerError, match=r"^a locality radius .*: give it, or a region$"):
        XMemConfig(region=RegionConfig(), memory=MemoryConfig(locality_radius=3))


@pytest.fixture(scope="module")
def network() -> XMem:
    return load_xmem(LIGHT_WEIGHTS)


@pytest.fixture
def looks(network: XMem, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """(h, w) in cells of everything that the network looked at, in order."""
    seen: list[tuple[int, int]] = []
    plain = network.encode_key

    def spy(frame: torch.Tensor) -> object:
        seen.append((frame.shape[-2] // STRIDE, frame.shape[-1] // STRIDE))
        return plain(frame)

    monkeypatch.setattr(network, "encode_key", spy)
    return seen


@pytest.fixture
def drawn(network: XMem, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """How many objects, and cells, of everything that the network drew, in order."""
    found: list[tuple[int, int]] = []
    plain = network.segment

    def spy(seen: FrameFeatures, readout: torch.Tensor, *rest: torch.Tensor, **options: bool) -> object:
        found.append((readout.shape[1], readout.shape[-2] * readout.shape[-1]))
        return plain(seen, readout, *rest, **options)

    monkeypatch.setattr(network, "segment", spy)
    return found


def wide_film() -> tuple[list[NDArray[np.uint8]], NDArray[np.uint8]]:
    """The film with more ground around it, (320, 480), and where the animal is at first."""
    pictures, truths = film()
    around = (80, 80), (120, 120)
    wide = [np.pad(picture, (*around, (0, 0)), mode="reflect") for picture in pictures]
    return wide, np.pad(truths[0], around)


def cut_out(picture: NDArray[np.uint8], mask: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """What a mask shows, so many columns farther to the right, on a ground of one colour."""
    moved = np.roll(np.where(mask[..., None], picture, 0), columns, axis=1)
    ground = np.broadcast_to(picture[:1, :1], picture.shape)
    return np.where(np.roll(mask, columns, axis=1)[..., None], moved, ground).astype(np.uint8)


def step_all(propagator: XMemPropagator, pictures: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """(T, H, W)."""
    return np.stack([propagator.step(picture).label_map for picture in pictures])


def test_most_frames_are_seen_in_part_with_the_same_masks(
    network: XMem, looks: list[tuple[int, int]]
) -> None:
    pictures, first = wide_film()
    found = []
    for config in (EVERYWHERE, LIGHT_CONFIG):
        propagator = light_propagator(network, config)
        propagator.remember(pictures[0], first)
        found.append(step_all(propagator, pictures[1:]))
    everywhere, in_part = looks[: len(pictures)], looks[len(pictures) :]
    assert set(everywhere) == {GRID}
    assert in_part[0] == GRID
    assert GRID not in in_part[1:]
    assert max(rows * columns for rows, columns in in_part if (rows, columns) != GRID) <= 0.5 * 20 * 30
    assert (found[0] & found[1]).sum() > 0.99 * (found[0] | found[1]).sum() > 10_000


def test_objects_that_are_drawn_apart_have_the_masks_of_those_drawn_together(
    network: XMem, drawn: list[tuple[int, int]]
) -> None:
    pictures, truths = film()
    pairs = [np.concatenate((picture, np.flip(picture, 1)), axis=1) for picture in pictures]
    first = np.concatenate((truths[0], 2 * np.flip(truths[0], 1)), axis=1)
    ground = (40, 40), (160, 160)
    wide = [np.pad(pair, (*ground, (0, 0)), mode="reflect") for pair in pairs]
    found = []
    for config in (EVERYWHERE, LIGHT_CONFIG):
        propagator = light_propagator(network, config)
        propagator.remember(wide[0], np.pad(first, ground))
        found.append(step_all(propagator, wide[1:4]))
    together, apart = drawn[:3], drawn[3:]
    assert {objects for objects, _ in together} == {2}
    assert [objects for objects, _ in apart] == 6 * [1]  # each once on each frame
    assert sum(cells for _, cells in apart) < sum(cells for _, cells in together)
    for object_id in (1, 2):
        own = [each == object_id for each in found]
        assert (own[0] & own[1]).sum() > 0.99 * (own[0] | own[1]).sum() > 5_000


def test_an_object_that_reaches_the_edge_is_looked_for_everywhere(
    network: XMem, looks: list[tuple[int, int]]
) -> None:
    pictures, first = wide_film()
    propagator = light_propagator(network, replace(LIGHT_CONFIG, region=RegionConfig(0, 0, most=0.9)))
    propagator.remember(pictures[0], first)
    found = propagator.step(pictures[2])  # it has gone further than the region knows
    assert looks[-1] == GRID
    assert len(looks) == 3
    everywhere = light_propagator(network, EVERYWHERE)
    everywhere.remember(pictures[0], first)
    assert np.array_equal(found.label_map, everywhere.step(pictures[2]).label_map)


def test_an_object_that_is_gone_is_looked_for_everywhere(network: XMem, looks: list[tuple[int, int]]) -> None:
    pictures, first = wide_film()
    propagator = light_propagator(network)
    propagator.remember(pictures[0], first)
    ground = np.ascontiguousarray(np.broadcast_to(pictures[0][:1, :1], pictures[0].shape))
    assert not propagator.step(ground).label_map.any()
    assert propagator.step(pictures[1]).label_map.any()
    assert looks[1] != GRID
    assert looks[2:] == [GRID, GRID]  # at once, and on the next frame


def test_an_object_that_jumps_out_of_its_region_is_found_on_that_very_frame(
    network: XMem, looks: list[tuple[int, int]]
) -> None:
    pictures, first = wide_film()
    stays, jumped = (cut_out(pictures[0], first, columns) for columns in (0, 200))
    found = []
    for config in (LIGHT_CONFIG, EVERYWHERE):
        propagator = light_propagator(network, config)
        propagator.remember(stays, first)
        found.append(propagator.step(jumped).label_map)
    assert looks[1] != GRID
    assert looks[2] == GRID
    assert found[0].sum() > 4_000
    assert np.array_equal(*found)


@pytest.mark.parametrize(("most", "seen_whole"), [(0, [5, 10]), (1, [10]), (2, [])])
def test_a_frame_that_is_written_is_seen_whole_now_and_then(
    network: XMem, looks: list[tuple[int, int]], most: int, seen_whole: list[int]
) -> None:
    pictures, first = wide_film()
    surroundings = SurroundingsConfig(most_still=most, most_moving=most)
    config = replace(LIGHT_CONFIG, region=RegionConfig(surroundings=surroundings))
    propagator = light_propagator(network, config)
    propagator.remember(pictures[0], first)
    step_all(propagator, pictures[1:6] + pictures[5:0:-1])
    propagator.state()  # the tenth is written
    assert [index for index, look in enumerate(looks) if look == GRID] == [0, *seen_whole]


def test_a_frame_that_is_seen_whole_is_drawn_around_the_object(
    network: XMem, looks: list[tuple[int, int]], drawn: list[tuple[int, int]]
) -> None:
    pictures, first = wide_film()
    propagator = light_propagator(network, SEEN_WHOLE)
    propagator.remember(pictures[0], first)
    step_all(propagator, pictures[1:6])
    propagator.state()  # the fifth is written
    assert looks[-1] == GRID
    assert {cells < 0.5 * GRID[0] * GRID[1] for _, cells in drawn} == {True}
    whole_frame = propagator.bank.state()["store.usage"][: GRID[0] * GRID[1]]
    assert whole_frame.any()  # what was read counts


def test_around_what_is_seen_of_a_frame_memory_has_what_it_had_there(network: XMem) -> None:
    pictures, first = wide_film()
    propagator = light_propagator(network)
    propagator.remember(pictures[0], first)
    found = propagator.step(pictures[1])
    frame = propagator._frame
    assert frame is not None
    region = frame.region
    propagator.remember(pictures[1], found.label_map, permanent=False)
    rows = torch.from_numpy(propagator.bank.state()["store.key"])
    before, after = (each.T.unflatten(1, GRID) for each in rows.chunk(2))  # (CK, h, w)
    assert torch.equal(region.cut(after), frame.seen.key[0])
    region.lay_over(before, frame.seen.key[0])
    assert torch.equal(before, after)


def test_a_known_frame_is_seen_whole_though_it_was_written_in_part(network: XMem) -> None:
    pictures, first = wide_film()
    kept = []
    for config in (EVERYWHERE, LIGHT_CONFIG):
        propagator = light_propagator(network, config)
        propagator.remember(pictures[0], first)
        found = step_all(propagator, pictures[1:6])
        propagator.state()  # the last one is written, from a part of it
        propagator.remember(pictures[5], found[-1])
        kept.append(torch.from_numpy(propagator.bank.state()["store.key"]))
    torch.testing.assert_close(*kept, atol=1e-5, rtol=0)


def test_what_is_mended_beyond_what_was_seen_is_seen(network: XMem, looks: list[tuple[int, int]]) -> None:
    pictures, first = wide_film()
    propagator = light_propagator(network)
    propagator.remember(pictures[0], first)
    step_all(propagator, pictures[1:6])
    elsewhere = torch.zeros(1, *first.shape)
    elsewhere[:, :40, -40:] = 1
    propagator.revise(elsewhere)
    propagator.state()  # the fifth is written
    assert looks[-1] == GRID
    assert looks.count(GRID) == 2


def test_a_saved_memory_knows_where_to_look(network: XMem, tmp_path: Path) -> None:
    pictures, first = wide_film()
    propagator, other = light_propagator(network), light_propagator(network)
    propagator.remember(pictures[0], first)
    propagator.step(pictures[1])
    propagator.save(tmp_path / "memory.npz")
    other.load(tmp_path / "memory.npz")
    goes_on, resumed = (each.step(pictures[2]) for each in (propagator, other))
    assert np.array_equal(goes_on.probabilities, resumed.probabilities)
    assert goes_on.probabilities[0, 0, 0] == 1  # where nobody looked
