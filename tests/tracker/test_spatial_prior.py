"""What is alike but lies elsewhere, seen from an object, is less alike."""

from functools import partial

import numpy as np
import pytest
import torch

from tests.tracker.propagator_contract import frame, same, started, steps
from tests.tracker.stand_in import tiny_network
from tracker.errors import TrackerError
from tracker.memory_bank import MemoryBank
from tracker.memory_config import MemoryConfig
from tracker.memory_need import Undertaking
from tracker.region import Region
from tracker.spatial_prior import SpatialPrior
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator

_CELL = 16  # pixels
_GRID = (6, 10)
_CHANNELS = 4
_NETWORK = tiny_network()
_MEMORY = MemoryConfig(top_k=8, min_working_frames=2, max_working_frames=4, num_prototypes=8)
_CONFIG = XMemConfig(mem_every=2, internal_size=None, position=5.0, memory=_MEMORY)
_OWN = torch.arange(60.0).reshape(_GRID)
"""What each cell holds when it is written, and so what it reads where it finds itself."""


def alike() -> torch.Tensor:
    """Keys of a frame whose cells look all the same."""
    return torch.ones(_CHANNELS, *_GRID)


def varied(seed: int) -> torch.Tensor:
    """Keys of a frame whose cells look like nothing else."""
    return torch.randn(_CHANNELS, *_GRID, generator=torch.Generator().manual_seed(seed))


def masks(**corners: tuple[int, int]) -> dict[int, torch.Tensor]:
    """An object of 2 x 2 cells for each (row, column) of its first cell: (H, W) by the number in its name."""
    drawn = {}
    for name, (row, column) in corners.items():
        mask = torch.zeros(_GRID[0] * _CELL, _GRID[1] * _CELL)
        mask[row * _CELL : (row + 2) * _CELL, column * _CELL : (column + 2) * _CELL] = 0.9
        drawn[int(name[1:])] = mask
    return drawn


def write(bank: MemoryBank, prior: SpatialPrior, key: torch.Tensor, found: dict[int, torch.Tensor]) -> None:
    """Write a frame, sharp in likeness, on which each cell holds its own number for every object."""
    prior.follow(found)
    values = _OWN.expand(len(found), 1, -1, -1)
    places = prior.places(found, _GRID, "cpu")
    bank.write(key, values, list(found), shrinkage=torch.full((1, *_GRID), 9.0), places=places)


def read(bank: MemoryBank, prior: SpatialPrior, key: torch.Tensor) -> torch.Tensor:
    """What each cell of a frame reads for every object, (K, h, w): a mean of numbers."""
    places = prior.places(bank.object_ids, _GRID, "cpu")
    return bank.readout(bank.match(key, None, places))[:, 0]


def test_cells_that_look_alike_are_told_apart_by_where_they_lie() -> None:
    bank, prior = MemoryBank(MemoryConfig(top_k=1)), SpatialPrior(5.0)
    write(bank, prior, alike(), masks(_1=(2, 3)))
    assert torch.equal(read(bank, prior, alike())[0], _OWN)


def test_objects_that_read_by_parts_of_a_frame_read_there_what_they_did() -> None:
    prior = SpatialPrior(5.0)
    found = masks(_1=(2, 3), _2=(4, 6))
    parts = {1: Region(1, 0, 3, 5, _GRID), 2: Region(0, 0, *_GRID, _GRID)}
    for chunk in (None, 7):
        bank = MemoryBank(MemoryConfig(top_k=3, query_chunk=chunk))
        write(bank, prior, varied(0), found)
        places = prior.places([1, 2], _GRID, "cpu")
        whole = bank.readout(bank.match(varied(1), None, places))
        used = bank.state()["store.usage"].copy()
        affinity = bank.match(varied(1), None, places, parts)
        for place, (object_id, part) in enumerate(parts.items()):
            torch.testing.assert_close(bank.readout(affinity, [object_id])[0], part.cut(whole[place]))
        assert used.any()
        assert np.array_equal(bank.state()["store.usage"], used)  # a part tells nothing of what is needed


def test_what_moves_with_the_object_lies_where_it_lay() -> None:
    bank, prior = MemoryBank(MemoryConfig(top_k=1)), SpatialPrior(5.0)
    write(bank, prior, alike(), masks(_1=(2, 3)))
    prior.follow(masks(_1=(1, 5)))  # one up, two to the right
    moved = read(bank, prior, alike())[0]
    assert torch.equal(moved[1:4, 5:9], _OWN[2:5, 3:7])
    prior.follow({1: torch.zeros_like(masks(_1=(0, 0))[1])})
    assert torch.equal(read(bank, prior, alike())[0], moved)  # not seen: it is where it was


def test_each_of_several_objects_reads_by_places_of_its_own() -> None:
    bank, prior = MemoryBank(MemoryConfig(top_k=1)), SpatialPrior(5.0)
    write(bank, prior, alike(), masks(_3=(0, 0), _7=(3, 6)))
    prior.follow(masks(_3=(0, 2), _7=(2, 6)))  # one went right, the other one up
    first, second = read(bank, prior, alike())
    assert torch.equal(first[:, 2:], _OWN[:, :-2])
    assert torch.equal(second[:-1], _OWN[1:])


def test_an_object_that_comes_later_reads_the_frames_that_know_it() -> None:
    bank, prior = MemoryBank(MemoryConfig(top_k=1)), SpatialPrior(5.0)
    write(bank, prior, alike(), masks(_1=(2, 3)))
    both = masks(_1=(2, 3), _2=(4, 8))
    write(bank, prior, alike(), both)
    bank.write(
        alike(),
        torch.stack((_OWN, -_OWN))[:, None],
        [1, 2],
        shrinkage=torch.full((1, *_GRID), 9.0),
        places=prior.places(both, _GRID, "cpu"),
        permanent=True,
        amends=True,
    )
    first, second = read(bank, prior, alike())
    assert torch.equal(first, _OWN)
    assert torch.equal(second, -_OWN)
    bank.forget(1)
    assert torch.equal(read(bank, prior, alike())[0], -_OWN)


def test_prototypes_lie_where_they_lay() -> None:
    bank, prior = MemoryBank(_MEMORY), SpatialPrior(5.0)
    for number in range(6):
        write(bank, prior, varied(number), masks(_1=(2, 3), _2=(4, 8)))
        read(bank, prior, varied(number))
    assert bank.long_term_size == 8 * 2
    for object_id, (x, y) in {1: (4.0, 3.0), 2: (9.0, 5.0)}.items():
        cells = bank.state()["store.place." + str(object_id)][-8:] / np.sqrt(5.0) * _GRID[0]
        across, down = cells[:, 1] + x - 0.5, cells[:, 0] + y - 0.5  # back to cells of the grid
        for found, count in ((across, _GRID[1]), (down, _GRID[0])):
            assert np.allclose(found, found.round(), atol=1e-4)
            assert found.round().min() >= 0
            assert found.round().max() < count


def test_a_greater_weight_lets_likeness_count_less() -> None:
    def strays(weight: float) -> int:
        bank, prior = MemoryBank(MemoryConfig(top_k=1)), SpatialPrior(weight)
        write(bank, prior, varied(0), masks(_1=(2, 3)))
        return int((read(bank, prior, varied(1))[0] != _OWN).sum())

    assert strays(0.0) > strays(1.0) > strays(1e4) == 0


def test_it_counts_what_the_similarity_of_two_more_channels_would() -> None:
    """As XMem's equation 2 has it, with keys that hold the place, too, and roots of equal width."""
    prior, key = SpatialPrior(5.0), varied(0)
    placed, plain = MemoryBank(MemoryConfig(top_k=None)), MemoryBank(MemoryConfig(top_k=None))
    write(placed, prior, key, masks(_1=(2, 3)))
    place = prior.places([1], _GRID, "cpu")
    assert place is not None
    widened = [torch.cat((each, place[1])) for each in (key, varied(1))]
    scale = ((_CHANNELS + 2) / _CHANNELS) ** 0.5
    plain.write(widened[0], _OWN[None, None], [1], shrinkage=torch.full((1, *_GRID), 9.0 * scale))
    torch.testing.assert_close(read(placed, prior, varied(1)), plain.read(widened[1])[:, 0])


def test_what_is_familiar_is_so_wherever_it_lies() -> None:
    prior, key = SpatialPrior(5.0), varied(0)
    bank, plain = MemoryBank(MemoryConfig()), MemoryBank(MemoryConfig())
    write(bank, prior, key, masks(_1=(2, 3)))
    plain.write(key, _OWN[None, None], [1], shrinkage=torch.full((1, *_GRID), 9.0))
    prior.follow(masks(_1=(4, 8)))
    familiarity = bank.match(varied(1), None, prior.places([1], _GRID, "cpu")).familiarity
    torch.testing.assert_close(familiarity, plain.match(varied(1)).familiarity)


def test_without_a_weight_nothing_is_added() -> None:
    prior = SpatialPrior(0.0)
    prior.follow(masks(_1=(2, 3)))
    assert (prior.width, prior.identity, prior.state()) == (0, "", {})
    assert prior.places([1], _GRID, "cpu") is None
    with pytest.raises(TrackerError, match="at least 0"):
        XMemConfig(position=-1.0)


def test_a_propagation_goes_on_from_where_the_objects_were(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("memory") / "memory.npz"
    new = partial(XMemPropagator, _NETWORK, _CONFIG)
    going_on, stopped = started(new), started(new)
    for tracker in (going_on, stopped):
        steps(tracker, 1, 4)
    stopped.save(path)
    loaded = new()
    loaded.load(path)
    assert loaded._place.state().keys() >= {"prior.1", "prior.2"}
    same(loaded.step(frame(5)), going_on.step(frame(5)))
    going_on.forget(2)
    assert "prior.2" not in going_on._place.state()
    with pytest.raises(TrackerError):  # one that keeps no places cannot read it
        XMemPropagator(_NETWORK, XMemConfig(2, internal_size=None, memory=_MEMORY)).load(path)


def test_memory_is_foreseen_with_places() -> None:
    ahead = Undertaking(size=(480, 854), objects=3, frames=100, known=1)
    plain = XMemPropagator(_NETWORK, XMemConfig())
    placed = XMemPropagator(_NETWORK, XMemConfig(position=5.0))
    assert placed.memory_need(ahead) > plain.memory_need(ahead)
