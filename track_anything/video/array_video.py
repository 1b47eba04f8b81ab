"""Frames that are already in memory."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from track_anything.errors import VideoError
from track_anything.system.lifecycle import Closing
from track_anything.types import FrameIndex, Image
from track_anything.video.info import VideoInfo
from track_anything.video.video import check_frame, frame_range


class ArrayVideo(Closing):
    """A (T, H, W, 3) uint8 RGB array as a video.

    Args:
        array: the frames; they are not copied until asked for.
        frame_rate: frames per second.

    Raises:
        VideoError: the array has another shape or type, or holds no frame.
    """

    def __init__(self, array: Image, *, frame_rate: Fraction = Fraction(25)) -> None:
        is_clip = array.ndim == 4 and array.shape[3] == 3 and array.dtype == np.uint8
        if not is_clip:
            raise VideoError(
                f"an array of shape {array.shape} and type {array.dtype} is no video: "
                "give (T, H, W, 3) uint8 RGB"
            )
        if array.size == 0:
            raise VideoError(f"an array of shape {array.shape} holds no pixels: give at least one frame")
        self._array = array
        frame_count, height, width, _ = array.shape
        self._info = VideoInfo.of_constant_rate(frame_count, height, width, frame_rate)

    @property
    def info(self) -> VideoInfo:
        """Size and timestamps."""
        return self._info

    def __len__(self) -> int:
        return self._info.frame_count

    def frame(self, index: FrameIndex) -> Image:
        """A copy of frame ``index``; see ``Video.frame``."""
        check_frame(index, len(self))
        return np.array(self._array[index])  # (H, W, 3)

    def frames(self, start: FrameIndex = 0, stop: FrameIndex | None = None) -> Iterator[Image]:
        """Copies of the frames in order; see ``Video.frames``."""
        for index in frame_range(start, stop, len(self)):
            yield np.array(self._array[index])  # (H, W, 3)
