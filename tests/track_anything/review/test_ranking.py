"""Which frame is proposed next, on confidences written down here."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from track_anything.review.ranking import rank_frames


def test_the_middle_of_the_worst_stretch_comes_first() -> None:
    confidence = {frame: 0.2 if 40 <= frame < 61 else 0.9 for frame in range(1, 100)}
    (best, gain), *_ = rank_frames(confidence, [0])
    assert abs(best - 50) <= 3
    assert gain > 10


def test_a_lone_doubtful_frame_counts_less_than_a_stretch() -> None:
    confidence = dict.fromkeys(range(1, 100), 0.95) | {20: 0.0} | dict.fromkeys(range(60, 75), 0.5)
    assert 60 <= rank_frames(confidence, [0])[0][0] < 75


def test_a_frame_that_nobody_can_mend_gives_way_to_those_around_it() -> None:
    confidence = dict.fromkeys(range(1, 100), 0.9) | dict.fromkeys(range(40, 61), 0.5) | {50: 0.0}
    (best, _), *_ = rank_frames(confidence, [0, 100])
    assert best in {*range(40, 61)} - {50}
    assert rank_frames(confidence | {50: 0.5}, [0, 100])[0][0] == 50


def test_a_frame_that_needs_no_mending_does_not_come_first_though_it_lies_well() -> None:
    confidence = dict.fromkeys(range(1, 100), 0.95) | dict.fromkeys(range(30, 41), 0.4)
    (best, gain), *_ = rank_frames(confidence, [0, 100])
    assert best in range(30, 41)
    assert gain > 1.5 * dict(rank_frames(confidence, [0, 100]))[50]


def test_what_was_corrected_already_is_not_proposed_again() -> None:
    confidence = {frame: 0.5 for frame in range(1, 100) if frame != 50}
    ranked = [frame for frame, _ in rank_frames(confidence, [0, 50])]
    assert {1, 49, 51} & set(ranked[:60]) == set()
    assert {1, 49, 51} <= set(ranked)
    assert rank_frames({}, [0]) == []


def test_without_doubt_the_middle_of_the_longest_gap_comes_first() -> None:
    known = [0, 20, 100, 130]
    confidence = {frame: 1.0 for frame in range(131) if frame not in known}
    assert abs(rank_frames(confidence, known)[0][0] - 60) <= 1
    assert 110 < rank_frames(dict.fromkeys(range(101, 131), 0.9), [100])[0][0] < 125


def test_after_the_last_known_frame_what_lies_two_thirds_of_the_way_comes_first() -> None:
    """Masks drift with every frame, and a correction there holds what lies before it, too."""
    assert abs(rank_frames(dict.fromkeys(range(1, 31), 1.0), [0])[0][0] - 20) <= 1


def test_a_short_stretch_beside_a_known_frame_gives_way_to_a_long_gap_of_little_doubt() -> None:
    confidence = dict.fromkeys(range(1, 100), 0.9) | {2: 0.3, 3: 0.3}
    assert rank_frames(confidence, [0, 100])[0][0] > 30


def test_a_long_gap_is_weighed_at_intervals_and_still_in_its_middle() -> None:
    confidence = dict.fromkeys(range(1, 6000), 0.9)
    assert abs(rank_frames(confidence, [0, 6000])[0][0] - 3000) < 60


@given(
    confidence=st.dictionaries(st.integers(0, 10_000), st.floats(0, 1), max_size=50),
    known=st.sets(st.integers(0, 10_000), max_size=10),
)
def test_every_frame_is_ranked_once_by_its_gain(confidence: dict[int, float], known: set[int]) -> None:
    ranked = rank_frames(confidence, known)
    assert sorted(frame for frame, _ in ranked) == sorted(confidence)
    gains = [gain for _, gain in ranked]
    assert gains == sorted(gains, reverse=True)
    assert all(0 <= gain <= 1.2 * len(confidence) + 1e-6 for gain in gains)
    assert all(np.isclose(gain, 0) for frame, gain in ranked if frame in known)
