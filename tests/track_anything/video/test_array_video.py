"""A video that is an array."""

from fractions import Fraction

import numpy as np
import pytest

from track_anything.errors import InputError, VideoError
from track_anything.video.array_video import ArrayVideo

_FRAMES = np.arange(5 * 4 * 6 * 3, dtype=np.uint8).reshape(5, 4, 6, 3)


def test_frames_are_those_of_the_array():
    with ArrayVideo(_FRAMES, frame_rate=Fraction(30)) as video:
        assert len(video) == video.info.frame_count == 5
        assert (video.info.height, video.info.width) == (4, 6)
        assert video.info.average_rate == 30
        assert np.array_equal(video.frame(3), _FRAMES[3])
        assert np.array_equal(np.stack(list(video.frames(1, 4))), _FRAMES[1:4])


def test_frames_are_the_callers_own():
    video = ArrayVideo(_FRAMES.copy())
    video.frame(0)[:] = 0
    next(video.frames())[:] = 0
    assert np.array_equal(video.frame(0), _FRAMES[0])


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((4, 6, 3), np.uint8), r"\(4, 6, 3\).*give \(T, H, W, 3\) uint8 RGB"),
        (np.zeros((2, 4, 6, 4), np.uint8), "is no video"),
        (np.zeros((2, 4, 6, 3), np.float32), "type float32 is no video"),
        (np.zeros((0, 4, 6, 3), np.uint8), "holds no pixels"),
        (np.zeros((2, 0, 6, 3), np.uint8), "holds no pixels"),
    ],
)
def test_other_arrays_are_refused(array, message):
    with pytest.raises(VideoError, match=message):
        ArrayVideo(array)


@pytest.mark.parametrize("index", [-1, 5])
def test_a_frame_out_of_range_is_an_input_error(index):
    with pytest.raises(InputError, match="frames 0 to 4"):
        ArrayVideo(_FRAMES).frame(index)
