"""Who says what another one says already is heard more and more seldom."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tracker.aggregation import to_propagated
from tracker.propagator import Propagated
from tracker.turns import AGREED, LESS_SURE, Turns, agreement


def heard_on(turns: Turns, agreements: dict[int, float], frames: int) -> list[int]:
    """The frames on which it is heard, where it agrees as far as is said of each, else not at all."""
    heard = []
    for frame in range(1, frames):
        if turns.has(frame):
            heard.append(frame)
            turns.heard(frame, agreements.get(frame, 0.0), 0.9)
    return heard


def test_steps_are_even_while_two_differ() -> None:
    assert heard_on(Turns(5, 20), {}, 21) == [5, 10, 15, 20]


def test_steps_double_while_two_agree_up_to_the_longest() -> None:
    agreed = dict.fromkeys(range(200), AGREED)
    assert heard_on(Turns(5, 20), agreed, 80) == [5, 15, 35, 55, 75]
    assert heard_on(Turns(2, 2), agreed, 9) == [2, 4, 6, 8]


def test_steps_are_short_again_at_once() -> None:
    agreements = {2: 1.0, 6: 1.0, 14: AGREED - 0.01, 16: 1.0}
    assert heard_on(Turns(2, 8), agreements, 22) == [2, 6, 14, 16, 20]


def test_what_is_new_makes_them_short() -> None:
    turns = Turns(3, 12)
    turns.heard(3, 1.0, 0.9)
    assert not turns.has(6)
    turns.begin()
    assert turns.has(6)
    turns.heard(6, 1.0, 0.9)
    assert turns.has(12)


def test_they_are_short_where_the_leading_one_is_less_sure_than_it_was() -> None:
    turns = Turns(3, 12)
    turns.heard(3, 1.0, 0.9)
    turns.led(0.9 - LESS_SURE / 2)
    assert not turns.has(6)
    turns.led(0.9 - 2 * LESS_SURE)
    assert turns.has(6)
    turns.heard(6, 1.0, 0.7)
    turns.led(0.7)
    assert [turns.has(frame) for frame in (9, 12)] == [False, True]


@given(
    every=st.integers(1, 6),
    times=st.integers(1, 8),
    agreements=st.lists(st.sampled_from([0.0, 0.94, 0.95, 1.0]), min_size=60, max_size=60),
    stop=st.integers(0, 59),
)
def test_what_is_kept_goes_on_where_it_was(
    every: int, times: int, agreements: list[float], stop: int
) -> None:
    known = dict(enumerate(agreements))
    turns, other = Turns(every, times * every), Turns(every, times * every)
    heard = heard_on(turns, known, 60)
    assert heard_on(other, known, stop) == [frame for frame in heard if frame < stop]
    loaded = Turns(every, times * every)
    loaded.load_state(other.state())
    assert loaded.state().tolist() == other.state().tolist()
    rest = []
    for frame in range(max(stop, 1), 60):
        if loaded.has(frame):
            rest.append(frame)
            loaded.heard(frame, known[frame], 0.9)
    assert rest == [frame for frame in heard if frame >= stop]
    assert all(later - earlier <= times * every for earlier, later in zip([0, *heard], heard, strict=False))


def said(*labels: int) -> Propagated:
    """What somebody says of a frame of one row, by the objects 3 and 7."""
    channels = torch.tensor([[0, 3, 7].index(label) for label in labels])
    probabilities = torch.nn.functional.one_hot(channels, 3).T[:, None].float()  # (3, 1, W)
    return to_propagated(probabilities, (3, 7), torch.ones(1, len(labels)))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (said(3, 3, 7, 7, 0), 1.0),
        (said(3, 0, 7, 7, 0), 0.5),  # the one that they agree less about counts
        (said(3, 3, 0, 0, 7), 0.0),
        (said(0, 0, 7, 7, 0), 0.0),
    ],
)
def test_they_agree_as_far_as_about_the_object_that_they_agree_least_about(
    other: Propagated, expected: float
) -> None:
    assert agreement(said(3, 3, 7, 7, 0), other, (3, 7)) == pytest.approx(expected)
    assert agreement(other, said(3, 3, 7, 7, 0), (3, 7)) == pytest.approx(expected)


def test_of_what_neither_sees_nothing_is_agreed() -> None:
    one = said(3, 3, 0, 0)
    assert agreement(one, one, (3,)) == 1.0
    assert agreement(one, one, (3, 7)) == 0.0
