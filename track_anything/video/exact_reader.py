"""Random access that never trusts a seek before the timestamps have confirmed it."""

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from av.error import FFmpegError
from av.video.frame import VideoFrame

from track_anything.errors import VideoError
from track_anything.types import FrameIndex
from track_anything.video.decoder import Decoder
from track_anything.video.info import VideoInfo


class ExactReader:
    """Reads frame ``i`` of a file such that it is always the i-th frame of a decode from the start.

    Three ways, the cheapest first: read on from where the reader is, seek to the keyframe before, decode from
    the start. A seek counts only if it lands on that keyframe, told by its timestamp, and if every frame
    after it carries the timestamp that it had in the first decode.

    Args:
        path: the video file.
        info: what a decode from the start has found.
    """

    def __init__(self, path: Path, info: VideoInfo) -> None:
        self._path = path
        self._info = info
        self._decoder: Decoder | None = None
        self._coming: Iterator[VideoFrame] = iter(())
        self._position = 0  # index of the frame that comes next
        self._is_after_seek = False

    def read(self, index: FrameIndex) -> VideoFrame:
        """Frame ``index``, which must exist.

        Raises:
            VideoError: the file can no longer be read, or is not the one that ``info`` describes.
        """
        frame = self._read_on(index)
        if frame is None:
            frame = self._read_after_seek(index)
        if frame is None:
            frame = self._read_from_start(index)
        if frame is None:
            raise VideoError(
                f"{self._path} ends before frame {index} although it had {self._info.frame_count} frames "
                "when it was opened: it was changed; open it again"
            )
        return frame

    def close(self) -> None:
        """Close the file; a later ``read`` opens it again."""
        if self._decoder is not None:
            self._decoder.close()
            self._decoder = None

    def _read_on(self, index: FrameIndex) -> VideoFrame | None:
        is_ahead = self._decoder is not None and self._position <= index
        is_near = self._keyframe_before(index) <= self._position
        return self._advance(index) if is_ahead and is_near else None

    def _read_after_seek(self, index: FrameIndex) -> VideoFrame | None:
        keyframe = self._keyframe_before(index)
        if keyframe == 0:
            return None
        earlier = self._keyframe_before(keyframe - 1)  # MPEG-TS seeks by decoding time and may land too late
        for target in (keyframe, earlier):
            frame = self._land(target, keyframe)
            if frame is not None:
                return frame if keyframe == index else self._advance(index)
        return None

    def _read_from_start(self, index: FrameIndex) -> VideoFrame | None:
        self.close()
        self._start()
        self._position = 0
        self._is_after_seek = False
        return self._advance(index)

    def _land(self, target: FrameIndex, keyframe: FrameIndex) -> VideoFrame | None:
        """Seek to ``target`` and go on to ``keyframe``; None when it does not show up on time."""
        decoder = self._decoder or self._start()
        try:
            decoder.seek(self._info.timestamps[target])
        except FFmpegError:
            return None
        self._coming = decoder.frames()
        self._is_after_seek = True
        timestamp = self._info.timestamps[keyframe]
        for frame in self._coming:
            if frame.pts is None or frame.pts > timestamp:
                return None
            if frame.pts == timestamp:
                self._position = keyframe + 1
                return frame if frame.key_frame else None
        return None

    def _advance(self, index: FrameIndex) -> VideoFrame | None:
        """Decode up to ``index``; None when the file ends before or the frames prove to be others."""
        for frame in self._coming:
            is_expected = frame.pts == self._info.timestamps[self._position]
            if self._is_after_seek and not is_expected:
                return None
            self._position += 1
            if self._position > index:
                return frame
        return None

    def _start(self) -> Decoder:
        self._decoder = Decoder(self._path)
        self._coming = self._decoder.frames()
        return self._decoder

    def _keyframe_before(self, index: FrameIndex) -> FrameIndex:
        """The last keyframe at or before ``index``, or 0."""
        keyframes = self._info.keyframes
        place = bisect_right(keyframes, index) - 1
        return keyframes[place] if place >= 0 else 0
