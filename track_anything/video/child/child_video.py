"""A video whose frames are decoded in a child process."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from track_anything.errors import InputError
from track_anything.system.lifecycle import Closing
from track_anything.types import AnyImage, FrameIndex, Image
from track_anything.video.child.ring import Ring
from track_anything.video.child.worker import PATIENCE, Worker
from track_anything.video.info import VideoInfo
from track_anything.video.picture_size import check_picture_size, enough_memory
from track_anything.video.video import check_frame, frame_range

_FOLDER = 5  # times the patience that one frame has


class ChildVideo(Closing):
    """A video file or image folder; each frame comes through memory that is shared with a child process.

    The child lives as long as the video is open; one that has crashed is replaced when the next frame is
    asked for. Who goes through the frames while another asks for single ones gets a child for it.

    Args:
        source: the file or folder.
        info: what is known of it; None = find out.
        patience: seconds that a frame may take.
        start: starts a child for a source.

    Raises:
        VideoError: the source cannot be read as frames, or its decoder crashed or hangs.
    """

    def __init__(
        self,
        source: Path,
        info: VideoInfo | None = None,
        *,
        patience: float = PATIENCE,
        start: Callable[[Path, float], Worker] = Worker,
    ) -> None:
        self._source = source
        self._patience = patience
        self._start = start
        self._known = info
        self._lock = threading.Lock()
        self._single: _Reading | None = None  # serves single frames
        self._closed = False
        if info is None:
            self._single = _Reading(start(source, patience), source, None, patience)
            self._known = self._single.info

    @property
    def info(self) -> VideoInfo:
        """Size, timestamps and what could not be read."""
        assert self._known is not None  # noqa: S101 - the constructor has found out
        return self._known

    def __len__(self) -> int:
        return self.info.frame_count

    def frame(self, index: FrameIndex) -> Image:
        """Frame ``index``; see ``Video.frame``."""
        check_frame(index, len(self))
        with self._lock:
            if self._single is not None and not self._single.is_alive:
                self._single.close()
                self._single = None
            if self._single is None:
                self._single = self._begin()
            return self._single.frame(index)

    def frames(self, start: FrameIndex = 0, stop: FrameIndex | None = None) -> Iterator[Image]:
        """The frames in order; see ``Video.frames``."""
        for image in self._read(start, stop, is_deep=False):
            yield np.asarray(image, np.uint8)  # (H, W, 3)

    def deep_frames(self, start: FrameIndex = 0, stop: FrameIndex | None = None) -> Iterator[AnyImage]:
        """The same, each a ``DeepImage`` where it has more than 8 bits per sample."""
        return self._read(start, stop, is_deep=True)

    def close(self) -> None:
        """End the child."""
        with self._lock:
            if self._single is not None:
                self._single.close()
                self._single = None

    def _read(self, start: FrameIndex, stop: FrameIndex | None, *, is_deep: bool) -> Iterator[AnyImage]:
        indices = frame_range(start, stop, len(self))
        reading = self._begin()
        try:
            yield from reading.frames(indices, is_deep=is_deep)
        finally:
            reading.close()

    def _begin(self) -> "_Reading":
        child = self._start(self._source, self._patience)
        return _Reading(child, self._source, self.info, self._patience)


class _Reading:
    """A child that has opened a source, and the memory shared with it."""

    def __init__(self, worker: Worker, source: Path, info: VideoInfo | None, patience: float) -> None:
        self._worker, self._source = worker, source
        self._ring: Ring | None = None
        try:
            # A folder is opened at once, however many images it holds.
            known = None if info is None else info.to_json()
            told = self._worker.ask(patience=_FOLDER * patience, do="open", source=str(source), info=known)
            self.info = self._info_in(told) if info is None else info
            self._ring = self._new_ring()
            self._free = deque(range(self._ring.slots))  # for single frames
        except BaseException:
            self.close()
            raise

    @property
    def is_alive(self) -> bool:
        return self._worker.is_alive

    def frame(self, index: FrameIndex) -> Image:
        ring = self._shared()
        self._free.extend(ring.returned())
        slot = self._free.popleft()  # there is one: half of them are not lent
        try:
            self._worker.ask(do="frame", ring=self._worker.shared.address, index=index, slot=slot)
        except InputError:
            self._free.append(slot)
            raise
        return np.asarray(ring.read(slot, is_deep=False), np.uint8)  # (H, W, 3)

    def frames(self, indices: range, *, is_deep: bool) -> Iterator[AnyImage]:
        ring, address = self._shared(), self._worker.shared.address
        start, stop = indices.start, indices.stop
        self._worker.send(do="frames", ring=address, start=start, stop=stop, is_deep=is_deep)
        for _ in indices:
            told = self._worker.answer()
            slot, is_deep_frame = told.get("slot"), told.get("is_deep") is True
            if not isinstance(slot, int) or not 0 <= slot < ring.slots:
                raise self._worker.nonsense()
            yield ring.read(slot, is_deep=is_deep_frame)
            if free := ring.returned(at_least=max(ring.slots // 4, 1)):
                self._worker.send(free=free)
        self._worker.answer()

    def close(self) -> None:
        self._worker.close()
        if self._ring is not None:
            self._ring.close()
            self._ring = None

    def _info_in(self, told: dict[str, Any]) -> VideoInfo:
        try:
            info = VideoInfo.from_json(told["info"])
        except (KeyError, TypeError, ValueError) as error:
            raise self._worker.nonsense() from error
        check_picture_size(info.width, info.height, self._source)
        return info

    def _new_ring(self) -> Ring:
        size = (self.info.height, self.info.width)
        try:
            with enough_memory(self.info.width, self.info.height):
                return Ring(self._worker.shared.mapped(Ring.length_for(size)), size)
        except OSError as error:
            raise self._worker.nonsense() from error

    def _shared(self) -> Ring:
        assert self._ring is not None  # noqa: S101 - asked for frames after it was closed
        return self._ring
