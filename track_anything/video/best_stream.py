"""Which of the pictures in a file are its video."""

from collections.abc import Sequence
from pathlib import Path

import av.stream
from av.container import InputContainer
from av.video.stream import VideoStream

from track_anything.errors import VideoError

_Disposition = av.stream.Disposition
_NO_VIDEO = _Disposition.attached_pic | _Disposition.timed_thumbnails


def best_stream(container: InputContainer, path: Path) -> VideoStream:
    """The video of a file: of the tracks that can be decoded the largest, of these the one marked as default.

    Covers, thumbnails and single pictures beside a video do not count; a preview track is smaller.

    Raises:
        VideoError: there are no pictures, or none that can be decoded.
    """
    streams = [stream for stream in container.streams.video if is_video(stream)]
    if not streams:
        what = "sound but no pictures" if container.streams.audio else "no pictures"
        raise VideoError(f"{path} holds {what}: give a file with a video track")
    readable = [stream for stream in streams if stream.codec_context is not None]
    if not readable:
        raise VideoError(f"{path} is coded in a way that cannot be decoded here: convert it to H.264 in MP4")
    return max(readable, key=_rank)


def is_video(stream: VideoStream) -> bool:
    """Whether a track is no cover and no strip of thumbnails."""
    return not stream.disposition & _NO_VIDEO


def choice_of_stream(streams: Sequence[VideoStream], chosen: VideoStream) -> tuple[str, ...]:
    """What to say about a choice; nothing where there was none."""
    if len(streams) < 2:
        return ()
    codec = chosen.codec_context
    return (
        f"of {len(streams)} tracks with pictures number {chosen.index} is read, {codec.width} x "
        f"{codec.height}",
    )


def _rank(stream: VideoStream) -> tuple[bool, int, bool]:
    """``max`` takes the first of equals."""
    is_moving = stream.frames != 1
    is_default = bool(stream.disposition & _Disposition.default)
    return is_moving, stream.codec_context.width * stream.codec_context.height, is_default
