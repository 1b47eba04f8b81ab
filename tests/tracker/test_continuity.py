"""What appears away from where an object was a frame ago is another thing, as long as the object is there."""

from functools import partial

import numpy as np
import pytest
import torch

from tests.tracker.propagator_contract import frame, same, started, steps
from tests.tracker.stand_in import tiny_network
from tracker.continuity import Continuity, ContinuityConfig
from tracker.memory_config import MemoryConfig
from tracker.xmem_config import XMemConfig
from tracker.xmem_propagator import XMemPropagator

_SIZE = (96, 160)
_NETWORK = tiny_network()
_CONFIG = XMemConfig(
    mem_every=2, internal_size=None, continuity=ContinuityConfig(), memory=MemoryConfig(top_k=8)
)


def scene(*boxes: tuple[int, int, int, int]) -> torch.Tensor:
    """Probabilities (2, H, W) of one object in boxes of (top, left, height, width)."""
    mask = torch.zeros(_SIZE)
    for top, left, height, width in boxes:
        mask[top : top + height, left : left + width] = 0.9
    return torch.stack((1 - mask, mask))


OBJECT = (20, 20, 32, 32)
TWIN = (20, 100, 32, 32)


@pytest.fixture
def continuity() -> Continuity:
    continuity = Continuity(ContinuityConfig())
    continuity.follow({7: scene(OBJECT)[1]})
    return continuity


@pytest.mark.parametrize("twin", [TWIN, (22, 68, 32, 32)], ids=["far", "beside it"])
def test_a_twin_elsewhere_goes_to_the_background(
    continuity: Continuity, twin: tuple[int, int, int, int]
) -> None:
    kept = continuity.keep([7], scene((22, 24, 32, 32), twin))
    assert torch.equal(kept[1] > 0.5, scene((22, 24, 32, 32))[1] > 0.5)
    torch.testing.assert_close(kept.sum(dim=0), torch.ones(_SIZE))


@pytest.mark.parametrize(
    "boxes",
    [
        pytest.param([(22, 24, 32, 32)], id="it moved"),
        pytest.param([OBJECT, (20, 56, 8, 8)], id="a piece beside it"),
        pytest.param([TWIN], id="it jumped"),
        pytest.param([(20, 20, 12, 32), TWIN], id="little of it is left where it was"),
        pytest.param([], id="it is gone"),
    ],
)
def test_the_rest_stays_as_it_is(continuity: Continuity, boxes: list[tuple[int, int, int, int]]) -> None:
    found = scene(*boxes)
    assert torch.equal(continuity.keep([7], found), found)


def test_an_object_of_which_nothing_is_known_may_be_anywhere(continuity: Continuity) -> None:
    found = scene(OBJECT, TWIN)
    assert torch.equal(continuity.keep([8], found), found)
    continuity.forget(7)
    assert torch.equal(continuity.keep([7], found), found)


def test_what_was_known_in_two_places_stays_in_both(continuity: Continuity) -> None:
    found = scene(OBJECT, TWIN)
    continuity.follow({7: found[1]})
    assert torch.equal(continuity.keep([7], found), found)


def test_an_object_that_shrank_slowly_has_another_usual_area(continuity: Continuity) -> None:
    small = (20, 20, 16, 32)
    assert continuity.keep([7], scene(small, TWIN))[1, 30, 110] > 0.5  # half of it: it may have jumped
    for _ in range(30):
        continuity.follow({7: scene(small)[1]})
        continuity.keep([7], scene(small))
    assert continuity.keep([7], scene(small, TWIN))[1, 30, 110] == 0


def test_a_propagation_goes_on_from_saved_places(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("memory") / "memory.npz"
    new = partial(XMemPropagator, _NETWORK, _CONFIG)
    going_on, stopped = started(new), started(new)
    steps(going_on, 1, 4)
    steps(stopped, 1, 4)
    stopped.save(path)
    loaded = new()
    loaded.load(path)
    kept = {name for name in loaded._place.state() if name.startswith("continuity.")}
    assert kept == {f"continuity.{name}" for name in ("1.place", "1.usual", "2.place", "2.usual")}
    same(loaded.step(frame(5)), going_on.step(frame(5)))


def test_a_saved_memory_without_places_is_taken(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("memory") / "memory.npz"
    older = started(
        partial(XMemPropagator, _NETWORK, XMemConfig(2, internal_size=None, memory=_CONFIG.memory))
    )
    steps(older, 1, 3)
    older.save(path)
    loaded = XMemPropagator(_NETWORK, _CONFIG)
    loaded.load(path)
    assert np.isfinite(loaded.step(frame(4)).probabilities).all()
