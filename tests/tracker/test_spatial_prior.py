"""What is alike but lies elsewhere around a lone object is less alike."""

from dataclasses import dataclass
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
from tracker.spatial_prior import SpatialPrior
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator

_CELL = 16  # pixels
_GRID = (6, 10)
_CHANNELS = 4
_NETWORK = tiny_network()
_CONFIG = XMemConfig(mem_every=2, internal_size=None, position=5.0, memory=MemoryConfig(top_k=8))


@dataclass(frozen=True, eq=False)
class Seen:
    """A frame whose cells look all the same, or as they are told to."""

    key: torch.Tensor
    shrinkage: torch.Tensor
    selection: torch.Tensor


def alike() -> Seen:
    return Seen(
        torch.ones(1, _CHANNELS, *_GRID), torch.full((1, 1, *_GRID), 9.0), torch.ones(1, _CHANNELS, *_GRID)
    )


def varied(seed: int) -> Seen:
    random = torch.Generator().manual_seed(seed)
    return Seen(
        torch.randn(1, _CHANNELS, *_GRID, generator=random),
        torch.rand(1, 1, *_GRID, generator=random) + 1,
        torch.rand(1, _CHANNELS, *_GRID, generator=random),
    )


def masks(*corners: tuple[int, int]) -> torch.Tensor:
    """An object of 2 x 2 cells for each (row, column) of its first cell, (K, H, W)."""
    drawn = torch.zeros(len(corners), _GRID[0] * _CELL, _GRID[1] * _CELL)
    for mask, (row, column) in zip(drawn, corners, strict=True):
        mask[row * _CELL : (row + 2) * _CELL, column * _CELL : (column + 2) * _CELL] = 0.9
    return drawn


def matched(
    prior: SpatialPrior, written: tuple[Seen, torch.Tensor], query: Seen, objects: int, *, top_k: int = 1
) -> torch.Tensor:
    """Which cell of a frame in memory each cell of another one reads, (h, w): a mean of their numbers."""
    bank = MemoryBank(MemoryConfig(top_k=top_k), torch.device("cpu"))
    seen, found = written
    address, count = prior.written(seen, found), len(found)
    numbers = torch.arange(_GRID[0] * _GRID[1], dtype=torch.float32).reshape(1, 1, *_GRID)
    bank.write(
        address.key,
        numbers.expand(count, 1, -1, -1),
        range(1, count + 1),
        shrinkage=address.shrinkage,
        selection=address.selection,
    )
    asked = prior.queried(query, objects)
    return bank.readout(bank.match(asked.key, asked.selection))[0, 0]


def test_cells_that_look_alike_are_told_apart_by_where_they_lie() -> None:
    read = matched(SpatialPrior(5.0), (alike(), masks((2, 3))), alike(), 1)
    assert torch.equal(read, torch.arange(60.0).reshape(_GRID))


def test_what_moves_with_the_object_lies_where_it_lay() -> None:
    prior = SpatialPrior(5.0)
    prior.follow(masks((2, 3)))
    address = prior.written(alike(), masks((2, 3)))
    prior.follow(masks((1, 5)))  # one up, two to the right
    asked = prior.queried(alike(), 1)
    torch.testing.assert_close(asked.key[:, 1:5, 5:9], address.key[:, 2:6, 3:7])
    prior.follow(torch.zeros_like(masks((0, 0))))
    torch.testing.assert_close(prior.queried(alike(), 1).key, asked.key)  # not seen: it is where it was


def test_a_greater_weight_lets_likeness_count_less() -> None:
    written, query, own = (varied(0), masks((2, 3))), varied(1), torch.arange(60.0).reshape(_GRID)
    strays = {
        weight: int((matched(SpatialPrior(weight), written, query, 1) != own).sum())
        for weight in (0.0, 1.0, 1e4)
    }
    assert strays[0.0] > strays[1.0] > strays[1e4] == 0


def test_for_several_objects_likeness_alone_counts() -> None:
    pair, query = masks((0, 0), (3, 6)), varied(1)
    plain, placed = (
        matched(SpatialPrior(weight), (varied(0), pair), query, 2, top_k=8) for weight in (0.0, 5.0)
    )
    torch.testing.assert_close(placed, plain, atol=1e-3, rtol=0)


def test_without_a_weight_nothing_is_added() -> None:
    prior, seen = SpatialPrior(0.0), varied(0)
    address = prior.written(seen, masks((2, 3)))
    assert (prior.channels, prior.identity, prior.state()) == (0, "", {})
    assert torch.equal(address.key, seen.key[0])
    assert torch.equal(address.shrinkage, seen.shrinkage[0])
    assert torch.equal(address.selection, seen.selection[0])
    with pytest.raises(TrackerError, match="at least 0"):
        XMemConfig(position=-1.0)


def test_a_propagation_goes_on_from_where_the_object_was(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("memory") / "memory.npz"
    new = partial(XMemPropagator, _NETWORK, _CONFIG)
    going_on, stopped = started(new), started(new)
    for tracker in (going_on, stopped):
        tracker.forget(2)
        steps(tracker, 1, 4)
    stopped.save(path)
    loaded = new()
    loaded.load(path)
    assert np.isfinite(loaded._prior.state()["centre"]).all()
    same(loaded.step(frame(5)), going_on.step(frame(5)))
    with pytest.raises(TrackerError):  # one that keeps no places cannot read it
        XMemPropagator(_NETWORK, XMemConfig(2, internal_size=None, memory=_CONFIG.memory)).load(path)


def test_memory_is_foreseen_with_the_channels_of_places() -> None:
    ahead = Undertaking(size=(480, 854), objects=1, frames=100, known=1)
    plain = XMemPropagator(_NETWORK, XMemConfig())
    placed = XMemPropagator(_NETWORK, XMemConfig(position=5.0))
    assert placed.memory_need(ahead) > plain.memory_need(ahead)
