"""Which mask is for which frame, and that the choice is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from track_anything.errors import InputError
from track_anything.importing.frame_matching import SourceFrames, match_frames

ONE_BASED = SourceFrames(8, tuple(f"frame_{number:04}.jpg" for number in range(1, 9)))
FROM_100 = SourceFrames(8, tuple(f"IMG_{number}.png" for number in range(100, 108)))
VIDEO = SourceFrames(30)


@pytest.mark.parametrize(
    ("names", "source", "frames", "how"),
    [
        (["frame_0001.png", "frame_0007.png"], ONE_BASED, (0, 6), "names of the source's images"),
        (["frame_0002_mask.png", "frame_0003_mask.png"], ONE_BASED, (1, 2), "names of the source's images"),
        (["mask_frame_0008.png"], ONE_BASED, (7,), "names of the source's images"),
        (["seg_0002.png", "seg_0003.png"], ONE_BASED, (1, 2), "numbers in the names of the source's images"),
        (["m100.png", "m103.png"], FROM_100, (0, 3), "numbers in the names of the source's images"),
        ([f"{number}.png" for number in range(30)], VIDEO, tuple(range(30)), "one for each frame"),
        ([f"{number}.png" for number in range(1, 31)], VIDEO, tuple(range(30)), "one for each frame"),
        ([f"x{number}.png" for number in "abcdefgh"], ONE_BASED, tuple(range(8)), "one for each frame"),
        (["0.png", "12.png"], VIDEO, (0, 12), "counted from 0"),
        (["00001.png", "00002.png"], VIDEO, (0, 1), "counted from 1"),
        (["00010.png", "00019.png"], VIDEO, (10, 19), "counted from 0"),
        (["100.png", "102.png"], VIDEO, (0, 2), "number 100 is frame 0"),
        (["mask.png"], VIDEO, (0,), "single mask"),
    ],
)  # fmt: skip
def test_names_come_first_then_order(names, source, frames, how):
    match = match_frames(names, source)
    assert match.frames == frames
    assert how in match.how


def test_a_person_may_say_which_number_is_frame_0():
    assert match_frames(["7.png", "9.png"], VIDEO, first_number=5).frames == (2, 4)
    assert match_frames(["1.png", "2.png"], VIDEO, first_number=0).frames == (1, 2)


def test_our_own_numbers_are_frames_whatever_the_images_are_called():
    assert match_frames(["00003.png", "00004.png"], ONE_BASED, is_indexed=True).frames == (3, 4)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["0.png", "30.png"], r"30\.png would be for frame 30, .* frames 0 to 29: .*--first-number"),
        (["a.png", "b.png"], r"a\.png has no frame number"),
        (["a_3.png", "b_3.png", "c_0.png"], r"b_3\.png has the frame number of another file, a_3\.png"),
    ],
)
def test_what_fits_nothing_is_refused_with_the_remedy(names, message):
    with pytest.raises(InputError, match=message):
        match_frames(names, VIDEO)


@given(start=st.integers(0, 2000), places=st.sets(st.integers(0, 19), min_size=1), width=st.integers(1, 6))
def test_masks_named_like_the_images_always_find_them(start, places, width):
    images = tuple(f"shot{place + start:0{width}}.jpg" for place in range(20))
    names = [f"shot{place + start:0{width}}.png" for place in sorted(places)]
    assert match_frames(names, SourceFrames(20, images)).frames == tuple(sorted(places))
