"""A video file read through PyAV, with exact frame indices."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from av.video.frame import VideoFrame

from track_anything.system.lifecycle import Closing
from track_anything.types import AnyImage, FrameIndex, Image
from track_anything.video.converter import Converter
from track_anything.video.exact_reader import ExactReader
from track_anything.video.info import VideoInfo
from track_anything.video.orientation import Orientation
from track_anything.video.survey import survey
from track_anything.video.video import check_frame, frame_range

ImageT = TypeVar("ImageT")


class PyAVVideo(Closing):
    """A video file; frames come from the file itself and never passed through another codec.

    Args:
        path: the file.
        info: what an earlier decode of the same file has found; without it the whole file is decoded once,
            to count the frames and to note their timestamps.

    Raises:
        VideoError: the file cannot be read as a video.
    """

    def __init__(self, path: Path, *, info: VideoInfo | None = None) -> None:
        self._path = path
        self._info = info if info is not None else survey(path)
        self._converter = self._new_converter()
        self._reader = ExactReader(path, self._info)

    @property
    def info(self) -> VideoInfo:
        """Size, timestamps and what could not be read."""
        return self._info

    def __len__(self) -> int:
        return self._info.frame_count

    def frame(self, index: FrameIndex) -> Image:
        """Frame ``index``, by a verified seek; see ``Video.frame``."""
        check_frame(index, len(self))
        return self._converter.image(self._reader.read(index))

    def frames(self, start: FrameIndex = 0, stop: FrameIndex | None = None) -> Iterator[Image]:
        """The frames in order, through a decoder of their own; see ``Video.frames``."""
        return self._converted(start, stop, self._new_converter().image)

    def deep_frames(self, start: FrameIndex = 0, stop: FrameIndex | None = None) -> Iterator[AnyImage]:
        """The same, each a ``DeepImage`` where it has more than 8 bits per sample."""
        return self._converted(start, stop, self._new_converter().deep_image)

    def _new_converter(self) -> Converter:
        info = self._info
        orientation = Orientation.of(info.rotation, is_mirrored=info.is_mirrored)
        return Converter(orientation, (info.height, info.width))

    def _converted(
        self, start: FrameIndex, stop: FrameIndex | None, convert: Callable[[VideoFrame], ImageT]
    ) -> Iterator[ImageT]:
        reader = ExactReader(self._path, self._info)
        try:
            for index in frame_range(start, stop, len(self)):
                yield convert(reader.read(index))
        finally:
            reader.close()

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        self._reader.close()
