"""The child: ``python -m track_anything.video.child.main``, which decodes what its parent asks for."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from track_anything.errors import TrackAnythingError, VideoError
from track_anything.types import FrameIndex
from track_anything.video.child.channel import Channel
from track_anything.video.child.ring import Ring
from track_anything.video.frame_store import FrameStore
from track_anything.video.info import VideoInfo
from track_anything.video.open import deep_frames, open_video
from track_anything.video.video import Video

_AHEAD = 8  # frames that may be written to the store before the parent has heard of the first of them


class _Decoding:
    """Answers requests about one source."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._video: Video | None = None
        self._ring: Ring | None = None

    def answer(self, request: dict[str, Any]) -> None:
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


def main() -> None:
    """Answer requests until the parent ends."""
    memory = int(sys.argv[1])
    _limit_memory(memory)
    channel = Channel()
    decoding = _Decoding(channel)
    while True:
        request = channel.receive()
        channel.start_anew()
        try:
            decoding.answer(request)
        except TrackAnythingError as error:
            channel.send(error=type(error).__name__, message=str(error))
        except MemoryError:
            channel.send(error="VideoError", message=_too_large(request, memory))


def _limit_memory(size: int) -> None:
    try:
        import resource  # not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _too_large(request: dict[str, Any], memory: int) -> str:
    name = request.get("source", "the video")
    return f"{name} takes more than {memory / (1 << 30):.1f} GiB of memory to decode: scale it down"


if __name__ == "__main__":
    main()
