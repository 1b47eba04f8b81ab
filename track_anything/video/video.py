"""What every source of frames offers, wherever the frames come from."""

from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from track_anything.errors import InputError
from track_anything.types import AnyImage, FrameIndex, Image
from track_anything.video.info import VideoInfo


class Video(Protocol):
    """Frames that are decoded when asked for; frame ``i`` is the i-th in our own decode, from 0."""

    @property
    def info(self) -> VideoInfo:
        """Size, timestamps and what could not be read."""
        ...

    def __len__(self) -> int: ...

    def frame(self, index: FrameIndex) -> Image:
        """Frame ``index`` as (H, W, 3) RGB, upright; the array is the caller's own.

        Raises:
            InputError: there is no such frame.
            VideoError: the source can no longer be read.
        """
        ...

    def frames(self, start: FrameIndex = 0, stop: FrameIndex | None = None) -> Iterator[Image]:
        """The frames from ``start`` up to, not including, ``stop``, in order; memory stays bounded."""
        ...

    def close(self) -> None:
        """Release the source; closing twice is fine."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


@runtime_checkable
class HasDeepFrames(Protocol):
    """A video whose frames may have more than 8 bits per sample."""

    def deep_frames(self, start: FrameIndex = 0, stop: FrameIndex | None = None) -> Iterator[AnyImage]:
        """``Video.frames``, each a ``DeepImage`` where it has more than 8 bits per sample."""
        ...


def check_frame(index: FrameIndex, frame_count: int) -> None:
    """Raise ``InputError`` when a video of ``frame_count`` frames has no frame ``index``."""
    if not 0 <= index < frame_count:
        raise InputError(f"frame {index} does not exist: the video has frames 0 to {frame_count - 1}")


def frame_range(start: FrameIndex, stop: FrameIndex | None, frame_count: int) -> range:
    """The frames from ``start`` to ``stop``, the end of the video when None; ``InputError`` if outside it."""
    end = frame_count if stop is None else stop
    if not 0 <= start <= end <= frame_count:
        raise InputError(
            f"frames {start} to {end} do not exist: give a range within 0 to {frame_count}, end excluded"
        )
    return range(start, end)
