"""Reading frames in a child, into a store or into memory that is shared with its parent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from track_anything.errors import VideoError
from track_anything.types import FrameIndex
from track_anything.video.child.channel import Channel
from track_anything.video.child.ring import Ring
from track_anything.video.frame_store import FrameStore
from track_anything.video.info import VideoInfo
from track_anything.video.open import deep_frames, open_video
from track_anything.video.video import Video

_AHEAD = 8  # frames that may be written to the store before the parent has heard of the first of them


class Decoding:
    """What a child does to read a video or images: a ``Duty``."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._video: Video | None = None
        self._ring: Ring | None = None

    def answer(self, request: dict[str, Any]) -> None:
        """See ``Duty``."""
        deeds: dict[str, Callable[..., None]] = {
            "store": self._store,
            "open": self._open,
            "frame": self._frame,
            "frames": self._frames,
        }
        deeds[request.pop("do")](**request)

    def _store(self, source: str, folder: str) -> None:
        def report(done: int, total: int | None) -> None:
            self._channel.report(done=done, total=total)
            self._channel.wait_for(_AHEAD)

        FrameStore.of(Path(source), Path(folder), progress=report).close()
        self._channel.wait_for(0)
        self._channel.send(end=True)

    def _open(self, source: str, info: dict[str, Any] | None) -> None:
        self._video = open_video(source, info=None if info is None else VideoInfo.from_json(info))
        self._channel.send(info=self._video.info.to_json())

    def _frame(self, ring: str, index: FrameIndex) -> None:
        video = self._opened()
        self._shared(ring).write(0, video.frame(index))
        self._channel.send(is_deep=False)

    def _frames(self, ring: str, start: FrameIndex, stop: FrameIndex, is_deep: bool) -> None:
        video, shared = self._opened(), self._shared(ring)
        frames = deep_frames(video, start, stop) if is_deep else video.frames(start, stop)
        for number, image in enumerate(frames):
            self._channel.wait_for(shared.slots - 1)
            shared.write(number, image)
            self._channel.report(is_deep=image.itemsize > 1)
        self._channel.wait_for(0)
        self._channel.send(end=True)

    def _opened(self) -> Video:
        if self._video is None:
            raise VideoError("nothing is open")
        return self._video

    def _shared(self, path: str) -> Ring:
        if self._ring is None:
            self._ring = Ring(Path(path), (self._opened().info.height, self._opened().info.width))
        return self._ring
