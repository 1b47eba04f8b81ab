"""When memory is written."""

import pytest

from tracker.clock import Clock


def written_at(clock: Clock, frames: int) -> tuple[list[int], list[int]]:
    """The frames that are written when each is as it is due, and those of them with a deep update."""
    written, deep = [], []
    for frame in range(frames):
        clock.tick()
        if frame == 0 or clock.write_is_due:
            written.append(frame)
            if clock.deep_update_is_due:
                deep.append(frame)
            clock.wrote(deep_update=clock.deep_update_is_due)
    return written, deep


@pytest.mark.parametrize(
    ("deep_update_every", "deep"), [(-1, [0, 3, 6, 9]), (3, [0, 3, 6, 9]), (4, [0, 6]), (9, [0, 9])]
)
def test_every_few_frames_one_is_written(deep_update_every: int, deep: list[int]) -> None:
    clock = Clock(mem_every=3, deep_update_every=deep_update_every)
    assert clock.deep_update_stands_alone == (deep_update_every < 0)
    assert written_at(clock, 10) == ([0, 3, 6, 9], deep)


def test_a_deep_update_of_this_frame_may_be_done_again() -> None:
    clock = Clock(mem_every=3, deep_update_every=9)
    clock.tick()
    clock.wrote(deep_update=True)
    assert clock.deep_update_is_due
    clock.tick()
    assert not clock.deep_update_is_due


def test_it_goes_on_from_a_state_and_begins_anew_when_reset() -> None:
    clock, other = Clock(3, 6), Clock(3, 6)
    written_at(clock, 5)
    other.load_state(clock.state())
    for each in (clock, other):
        each.tick()
        each.tick()
    assert clock.write_is_due
    assert clock.state() == other.state()
    clock.reset()
    assert clock.state() == Clock(3, 6).state()
