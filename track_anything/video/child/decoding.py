"""Reading frames in a child, into a store or into memory that is shared with its parent."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from track_anything.errors import VideoError
from track_anything.types import AnyImage, FrameIndex, Image
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
        self._ahead: tuple[FrameIndex, Image] | None = None  # read before it was asked for
        self._newest = -2

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

    def _frame(self, ring: int | str, index: FrameIndex, slot: int) -> None:
        video = self._opened()
        is_read_already = self._ahead is not None and self._ahead[0] == index
        image = self._ahead[1] if self._ahead is not None and is_read_already else video.frame(index)
        self._shared(ring).write(slot, image)
        self._channel.send(is_deep=False)
        goes_on, self._ahead, self._newest = index == self._newest + 1, None, index
        if goes_on and index + 1 < len(video) and not self._channel.is_asked:
            self._ahead = index + 1, video.frame(index + 1)  # who reads in order has it sooner

    def _frames(self, ring: int | str, start: FrameIndex, stop: FrameIndex, is_deep: bool) -> None:
        video, shared = self._opened(), self._shared(ring)
        free = deque(range(shared.slots))

        def hand_over(image: AnyImage) -> None:
            while not free:
                free.extend(self._channel.receive()["free"])
            slot = free.pop()  # the one that was used last still lies in the caches
            shared.write(slot, image)
            self._channel.send(slot=slot, is_deep=image.itemsize > 1)

        images = deep_frames(video, start, stop) if is_deep else video.frames(start, stop)
        with ThreadPoolExecutor(1, "handing over") as writer:  # the next frame is decoded meanwhile
            before: Future[None] | None = None
            for image in images:
                if before is not None:
                    before.result()
                before = writer.submit(hand_over, image)
            if before is not None:
                before.result()
        self._channel.send(end=True)

    def _opened(self) -> Video:
        if self._video is None:
            raise VideoError("nothing is open")
        return self._video

    def _shared(self, address: int | str) -> Ring:
        if self._ring is None:
            self._ring = Ring.found(address, (self._opened().info.height, self._opened().info.width))
        return self._ring
