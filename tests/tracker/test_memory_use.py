"""What a memory says of itself: known frames, recent ones, prototypes, and those that had to go."""

import torch

from tracker.memory_bank import MemoryBank
from tracker.memory_config import MemoryConfig

GRID = (3, 4)
CONFIG = MemoryConfig(
    min_working_frames=2,
    max_working_frames=4,
    num_prototypes=8,
    max_long_term_elements=16,
    max_permanent_frames=3,
)


def written(frames: int) -> MemoryBank:
    """A bank after so many frames, two of them known, each read once."""
    bank, generator = MemoryBank(CONFIG), torch.Generator().manual_seed(0)
    for frame in range(frames):
        key = torch.rand(6, *GRID, generator=generator)
        bank.write(key, torch.rand(1, 5, *GRID, generator=generator), [1], permanent=frame < 2)
        bank.match(key)
    return bank


def test_an_empty_memory_takes_nothing() -> None:
    use = MemoryBank(CONFIG).use
    assert (use.permanent, use.working, use.long_term, use.evicted, use.bytes) == (0, 0, 0, 0, 0)


def test_known_and_recent_frames_and_prototypes_are_told_apart() -> None:
    bank = written(5)
    use = bank.use
    assert use.permanent == 2
    assert use.working == bank.working_size // 12 == 1
    assert (use.long_term, use.most_long_term, use.evicted) == (8, 16, 0)
    assert use.bytes > 0


def test_what_had_to_make_room_is_counted_and_survives_saving() -> None:
    bank = written(40)
    assert bank.use.long_term <= 16
    assert bank.use.evicted >= 8
    again = MemoryBank(CONFIG)
    again.load_state(bank.state())
    assert again.use.evicted == bank.use.evicted
    bank.reset()
    assert bank.use.evicted == 0


def test_a_memory_that_was_saved_before_evictions_were_counted_is_still_read() -> None:
    state = dict(written(40).state())
    del state["evicted"]
    again = MemoryBank(CONFIG)
    again.load_state(state)
    assert again.use.evicted == 0
