"""What one decode of a file tells about it."""

from pathlib import Path

from av.video.frame import VideoFrame

from track_anything.errors import VideoError
from track_anything.video.converter import upright_size
from track_anything.video.decoder import Decoder
from track_anything.video.info import VideoInfo, mend_timestamps


def survey(path: Path) -> VideoInfo:
    """Decode a whole file once to learn how many frames it has and when each is shown.

    Raises:
        VideoError: the file cannot be read as a video.
    """
    with Decoder(path) as decoder:
        facts = Survey(decoder, path)
        for frame in decoder.frames():
            facts.add(frame)
        return facts.info()


class Survey:
    """Collects a video's facts while its frames are being decoded.

    Args:
        decoder: where the frames come from.
        path: the file, for messages.
    """

    def __init__(self, decoder: Decoder, path: Path) -> None:
        self._decoder = decoder
        self._path = path
        self._timestamps: list[int | None] = []
        self._keyframes: list[int] = []
        self._size: tuple[int, int] | None = None
        self._rotation = 0

    def add(self, frame: VideoFrame) -> None:
        """Note the next frame."""
        index = len(self._timestamps)
        if index == 0:
            self._size = upright_size(frame)
            self._rotation = frame.rotation
        self._timestamps.append(frame.pts)
        if frame.key_frame:
            self._keyframes.append(index)

    def info(self) -> VideoInfo:
        """All that was seen.

        Raises:
            VideoError: not one frame was seen.
        """
        losses = self._decoder.losses
        if self._size is None:
            raise VideoError(
                f"no frame of {self._path} can be decoded ({losses}): copy or export the video again"
            )
        height, width = self._size
        return VideoInfo(
            height=height,
            width=width,
            timestamps=mend_timestamps(self._timestamps),
            time_base=self._decoder.time_base,
            keyframes=(0,) if losses else tuple(self._keyframes),
            has_audio=self._decoder.has_audio,
            rotation=self._rotation,
            losses=losses,
        )
