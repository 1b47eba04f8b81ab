"""The next frame is read while one is looked at; an error comes when it is its turn."""

from threading import Event, current_thread

import numpy as np
import pytest

from track_anything.errors import VideoError
from track_anything.testing import MovingShapes
from track_anything.tracking.read_ahead import read_ahead
from track_anything.types import Image


class Watched(MovingShapes):
    """Notes which frames were asked for, and cannot read frame 9."""

    def __init__(self) -> None:
        super().__init__(frame_count=10)
        object.__setattr__(self, "asked", {})
        object.__setattr__(self, "read", {index: Event() for index in range(10)})

    def frame(self, index: int) -> Image:
        self.asked[index] = current_thread()
        if index == 9:
            raise VideoError("frame 9 is damaged")
        picture = super().frame(index)
        self.read[index].set()
        return picture


@pytest.mark.parametrize("frames", [[0, 1, 2, 3], [7, 5, 3], range(8, 4, -1), [4], []])
def test_frames_come_in_the_order_asked_for(frames: list[int]) -> None:
    clip = Watched()
    found = list(read_ahead(clip, frames))
    assert [index for index, _ in found] == list(frames)
    for index, picture in found:
        np.testing.assert_array_equal(picture, MovingShapes(frame_count=10).frame(index))
    assert list(clip.asked) == list(frames)


def test_the_next_frame_is_read_on_another_thread_meanwhile() -> None:
    clip = Watched()
    frames = read_ahead(clip, [2, 3, 4])
    assert next(frames)[0] == 2
    assert clip.read[3].wait(60)
    assert clip.asked[3] is not current_thread()
    assert 4 not in clip.asked
    frames.close()


def test_what_cannot_be_read_raises_when_it_is_its_turn() -> None:
    frames = read_ahead(Watched(), [8, 9])
    assert next(frames)[0] == 8
    with pytest.raises(VideoError, match="frame 9 is damaged"):
        next(frames)
