import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from track_anything.review.ranking import rank_frames


def test_the_middle_of_the_worst_stretch_comes_first() -> None:
    confidence = {frame: 0.2 if 40 <= frame < 61 else 0.9 for frame in range(1, 100)}
    (best, gain), *_ = rank_frames(confidence, [0])
    assert best == 50
    assert gain > 0.5


def test_a_lone_doubtful_frame_counts_less_than_a_stretch() -> None:
    confidence = dict.fromkeys(range(1, 100), 0.95) | {20: 0.0} | dict.fromkeys(range(60, 75), 0.5)
    assert 60 <= rank_frames(confidence, [0])[0][0] < 75


def test_what_was_corrected_already_is_not_proposed_again() -> None:
    confidence = {frame: 0.5 for frame in range(1, 100) if frame != 50}
    ranked = [frame for frame, _ in rank_frames(confidence, [0, 50])]
    assert {1, 49, 51} & set(ranked[:60]) == set()
    assert {1, 49, 51} <= set(ranked)
    assert rank_frames({}, [0]) == []


def test_without_doubt_nothing_is_gained() -> None:
    assert all(gain == 0 for _, gain in rank_frames(dict.fromkeys(range(20), 1.0), []))


@given(
    confidence=st.dictionaries(st.integers(0, 10_000), st.floats(0, 1), max_size=50),
    known=st.sets(st.integers(0, 10_000), max_size=10),
)
def test_every_frame_is_ranked_once_by_its_gain(confidence: dict[int, float], known: set[int]) -> None:
    ranked = rank_frames(confidence, known)
    assert sorted(frame for frame, _ in ranked) == sorted(confidence)
    gains = [gain for _, gain in ranked]
    assert gains == sorted(gains, reverse=True)
    assert all(0 <= gain <= 1 + 1e-9 for gain in gains)
    assert all(np.isclose(gain, 0) for frame, gain in ranked if frame in known)
