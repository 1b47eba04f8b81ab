"""What is known of a video without its frames."""

import json
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from track_anything.video import Losses, VideoInfo
from track_anything.video.info import mend_timestamps

_counts = st.integers(0, 1000)
_infos = st.builds(
    VideoInfo,
    height=st.integers(1, 9000),
    width=st.integers(1, 9000),
    timestamps=st.sets(st.integers(-1000, 10**12), min_size=1).map(lambda values: tuple(sorted(values))),
    time_base=st.fractions(min_value=Fraction(1, 90_000), max_value=1),
    keyframes=st.sets(_counts).map(lambda values: tuple(sorted(values))),
    has_audio=st.booleans(),
    rotation=st.sampled_from([0, 90, 180, -90]),
    losses=st.builds(Losses, _counts, _counts, _counts, _counts),
    is_mirrored=st.booleans(),
    constant_rate=st.none() | st.fractions(min_value=Fraction(1, 100), max_value=1000),
    notes=st.lists(st.text()).map(tuple),
)


@given(info=_infos)
def test_info_survives_json(info):
    assert VideoInfo.from_json(json.loads(json.dumps(info.to_json()))) == info


def test_rate_and_duration_follow_the_timestamps():
    info = VideoInfo(4, 4, (10, 20, 40), Fraction(1, 100))
    assert info.frame_count == 3
    assert info.average_rate == Fraction(200, 30)
    assert info.duration == Fraction(45, 100)
    assert info.seconds(2) == pytest.approx(0.3)


def test_a_single_frame_lasts_a_moment():
    info = VideoInfo(4, 4, (7,), Fraction(1, 100))
    assert info.average_rate == 25
    assert info.duration == Fraction(1, 25)


def test_losses_tell_only_what_was_lost():
    assert not Losses()
    assert str(Losses()) == "no losses"
    assert Losses(damaged_frames=1)
    text = str(Losses(1, 2, 3, 4))
    assert text == (
        "1 packets cannot be decoded, 2 frames are damaged, 3 frames have another size and were scaled, "
        "4 packets are missing"
    )
    assert str(Losses(missing_packets=2)) == "2 packets are missing"


@pytest.mark.parametrize(
    ("timestamps", "mended"),
    [
        ([], ()),
        ([3, 5, 9], (3, 5, 9)),
        ([1, 4, 3, 5, 2, 8], (1, 2, 3, 4, 5, 8)),
        ([None, None], (0, 1)),
        ([None, 3, 6], (0, 3, 6)),
        ([10, 12, None, 16], (10, 12, 14, 16)),
        ([10, 12, 14, 10, 12, 14], (10, 12, 14, 16, 18, 20)),
        ([5, 5, 5], (5, 6, 7)),
    ],
)
def test_timestamps_are_mended(timestamps, mended):
    assert mend_timestamps(timestamps) == mended


@given(timestamps=st.lists(st.none() | st.integers(-50, 50)))
def test_mended_timestamps_increase(timestamps):
    mended = mend_timestamps(timestamps)
    assert len(mended) == len(timestamps)
    assert all(after > before for before, after in pairwise(mended))
