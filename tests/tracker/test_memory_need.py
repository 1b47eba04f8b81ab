"""What a memory comes to is told before it has begun, and it never comes to more."""

from dataclasses import replace

import pytest
import torch

from tests.tracker.stand_in import tiny_network
from tracker.memory_bank import MemoryBank
from tracker.memory_config import MemoryConfig
from tracker.memory_need import Undertaking, bank_bytes, frame_bytes, graph_bytes
from tracker.xmem_propagator import XMemPropagator

CK, CV, GRID, CELLS, EVERY = 6, 5, (3, 4), 12, 2
SMALL = MemoryConfig(
    top_k=4, min_working_frames=2, max_working_frames=4, num_prototypes=3, max_long_term_elements=20
)


def filled(config: MemoryConfig, objects: int, known: int, frames: int) -> int:
    """Bytes of a bank after a propagation."""
    bank, made = MemoryBank(config), torch.Generator().manual_seed(0)
    object_ids = list(range(1, objects + 1))
    most = 0
    for number in range(known + frames // EVERY):
        key, selection = torch.rand(CK, *GRID, generator=made), torch.rand(CK, *GRID, generator=made)
        values = torch.rand(objects, CV, *GRID, generator=made)
        bank.write(key, values, object_ids, selection=selection, permanent=number < known)
        bank.match(key, selection)
        most = max(most, bank.use.bytes)
    return most


@pytest.mark.parametrize("config", [SMALL, replace(SMALL, long_term=False)])
@pytest.mark.parametrize(("objects", "known", "frames"), [(1, 1, 4), (1, 1, 60), (3, 1, 60), (2, 5, 30)])
def test_a_bank_never_takes_more_than_was_foreseen(
    config: MemoryConfig, objects: int, known: int, frames: int
) -> None:
    ahead = Undertaking((48, 64), objects, known, frames)
    foreseen = bank_bytes(config, CELLS, ahead, key_width=CK, value_width=CV, every=EVERY)
    taken = filled(config, objects, known, frames)
    assert taken <= foreseen <= 3 * taken


def test_compiled_graphs_take_as_many_objects_as_are_drawn_at_a_time() -> None:
    def takes(objects: int, width: int = 128) -> int:
        ahead = Undertaking((480, 854), objects, 1, 100)
        return graph_bytes((480, 864), ahead, value_width=width, at_a_time=4)

    assert takes(1) < takes(4) == takes(9) < takes(4, width=512)


def test_a_network_that_is_compiled_takes_more() -> None:
    network, ahead = tiny_network(), Undertaking((48, 64), 2, 1, 10)
    plain = XMemPropagator(network).memory_need(ahead)
    network.engine = "openvino"
    assert XMemPropagator(network).memory_need(ahead) > plain


def test_more_objects_larger_frames_and_wider_networks_take_more() -> None:
    usual = Undertaking((480, 854), 2, 1, 100)

    def takes(ahead: Undertaking, width: int = 128) -> int:
        return frame_bytes((480, 864), ahead, value_width=width, at_a_time=4)

    assert takes(usual) < takes(replace(usual, objects=3))
    assert takes(usual) < takes(replace(usual, size=(2160, 3840)))
    assert takes(usual) < takes(usual, width=512)
    many = takes(replace(usual, objects=40)) - takes(replace(usual, objects=39))
    assert many == 3 * 4 * 480 * 854  # no more are drawn at a time: only their probabilities are more
