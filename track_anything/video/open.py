"""One way in for every kind of source."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from track_anything.errors import InputError
from track_anything.types import AnyImage, FrameIndex, Image, OnProgress
from track_anything.video.array_video import ArrayVideo
from track_anything.video.decoder import Decoder
from track_anything.video.decord_video import DecordVideo
from track_anything.video.folder_video import FolderVideo
from track_anything.video.frame_store import FrameStore
from track_anything.video.info import VideoInfo
from track_anything.video.pyav_video import PyAVVideo
from track_anything.video.stills import are_stills
from track_anything.video.video import HasDeepFrames, Video

Source: TypeAlias = str | Path | Image
"""A video file, images as ``find_stills`` finds them, or a (T, H, W, 3) uint8 RGB array."""

Backend: TypeAlias = Literal["pyav", "decord"]

_BACKENDS: dict[str, type[PyAVVideo] | type[DecordVideo]] = {"pyav": PyAVVideo, "decord": DecordVideo}


def open_video(source: Source, *, backend: Backend = "pyav", info: VideoInfo | None = None) -> Video:
    """Open whatever can be read as frames.

    A truncated or damaged file opens with the frames that are there; ``video.info.losses`` says what is not.

    Args:
        source: a video file, images as ``find_stills`` finds them, or a (T, H, W, 3) uint8 RGB array.
        backend: which library reads a video file; decord is accepted only for files on which it agrees
            with PyAV.
        info: for a video file, what an earlier decode of it has found; saves the decode that counts.

    Raises:
        VideoError: the source cannot be read as frames; the message says why and what to do.
        InputError: there is no such backend.
    """
    if backend not in _BACKENDS:
        raise InputError(f"there is no video backend {backend!r}: choose {' or '.join(_BACKENDS)}")
    if isinstance(source, np.ndarray):
        return ArrayVideo(source)
    path = Path(source)
    if are_stills(path):
        return FolderVideo(path)
    return _BACKENDS[backend](path, info=info)


def deep_frames(video: Video, start: FrameIndex, stop: FrameIndex) -> Iterator[AnyImage]:
    """``Video.frames``, but each a ``DeepImage`` where a file has more than 8 bits per sample."""
    return video.deep_frames(start, stop) if isinstance(video, HasDeepFrames) else video.frames(start, stop)


def is_deep_source(source: Path) -> bool:
    """Whether frames of a source have more than 8 bits per sample; VideoError when it cannot be read."""
    if are_stills(source):
        return FolderVideo(source).is_deep
    with Decoder(source) as decoder:
        return decoder.is_deep


def store_video(source: Source, folder: Path, *, progress: OnProgress | None = None) -> Video:
    """The frames of ``source`` with fast random access: a file goes through a frame store in ``folder``.

    Image folders and arrays need no store and are opened as they are.

    Raises:
        VideoError: the source cannot be read as frames.
        OutputError: the store cannot be written.
    """
    if isinstance(source, np.ndarray) or are_stills(Path(source)):
        return open_video(source)
    return FrameStore.of(Path(source), folder, progress=progress)


def stored_video(source: Path, folder: Path, info: VideoInfo) -> Video:
    """The frames of ``source``, from a store in ``folder`` if they are there; writes nothing.

    Raises:
        VideoError: the source cannot be read as frames.
    """
    return (None if are_stills(source) else FrameStore.found(source, folder)) or open_video(source, info=info)
