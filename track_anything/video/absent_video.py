"""A video that is not there: its facts are known, its frames cannot be had."""

from collections.abc import Iterator
from typing import NoReturn

from track_anything.errors import VideoError
from track_anything.system.lifecycle import Closing
from track_anything.types import FrameIndex, Image
from track_anything.video.info import VideoInfo


class AbsentVideo(Closing):
    """What stands for the video of a project that was moved, for work that looks at no frame.

    Args:
        info: what an earlier decode has found.
        reason: raised when a frame is asked for.
    """

    def __init__(self, info: VideoInfo, reason: VideoError) -> None:
        self._info = info
        self._reason = reason

    @property
    def info(self) -> VideoInfo:
        """Size and timestamps."""
        return self._info

    def __len__(self) -> int:
        return self._info.frame_count

    def frame(self, index: FrameIndex) -> Image:  # noqa: ARG002 - the contract's
        """There is none: raises why."""
        self._fail()

    def frames(self, start: FrameIndex = 0, stop: FrameIndex | None = None) -> Iterator[Image]:  # noqa: ARG002
        """There are none: raises why."""
        self._fail()

    def _fail(self) -> NoReturn:
        raise self._reason
