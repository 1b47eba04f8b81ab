"""What one decode of a file tells about it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from av.video.frame import VideoFrame

from track_anything.errors import VideoError
from track_anything.video.decoder import Decoder
from track_anything.video.info import VideoInfo, mend_timestamps
from track_anything.video.rates import constant_rate

_RARE = 10  # sizes that fewer than one in so many frames have are not the video's


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
        self._sizes: list[tuple[int, int]] = []
        self._orientation = decoder.orientation()

    def add(self, frame: VideoFrame) -> None:
        """Note the next frame."""
        index = len(self._timestamps)
        self._sizes.append(self._orientation.size_of(frame))
        self._timestamps.append(frame.pts)
        if frame.key_frame:
            self._keyframes.append(index)

    @property
    def resized(self) -> list[int]:
        """The frames of another size than the video."""
        size = _size_of_all(self._sizes)
        return [index for index, own in enumerate(self._sizes) if own != size]

    def info(self) -> VideoInfo:
        """All that was seen.

        Raises:
            VideoError: not one frame was seen.
        """
        losses = replace(self._decoder.losses, resized_frames=len(self.resized))
        if not self._sizes:
            raise VideoError(
                f"no frame of {self._path} can be decoded ({losses}): copy or export the video again"
            )
        height, width = _size_of_all(self._sizes)
        rate, has_times = self._decoder.claimed_rate, any(time is not None for time in self._timestamps)
        time_base = self._decoder.time_base if has_times else 1 / rate
        timestamps = mend_timestamps(self._timestamps, max(round(1 / (rate * time_base)), 1))
        notes = () if has_times else (f"the file holds no times: {float(rate):g} frames per second assumed",)
        can_be_sought = has_times and not losses.is_damage
        return VideoInfo(
            height=height,
            width=width,
            timestamps=timestamps,
            time_base=time_base,
            keyframes=tuple(self._keyframes) if can_be_sought else (0,),
            has_audio=self._decoder.has_audio,
            rotation=self._orientation.rotation,
            losses=losses,
            is_mirrored=self._orientation.is_mirrored,
            constant_rate=constant_rate(timestamps, time_base, rate),
            notes=(*self._decoder.notes, *notes),
        )


def _size_of_all(sizes: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The largest (height, width) that a tenth of the frames have: recordings begin small, damage lies."""
    counts = Counter(sizes)
    usual = [size for size, count in counts.items() if count * _RARE >= len(sizes)]
    return max(usual, key=lambda size: (size[0] * size[1], counts[size]), default=(0, 0))
