"""Which of the pictures in a file are its video."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import av
import av.stream
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from track_anything.errors import VideoError
from track_anything.video.media_path import FILES_ONLY, media_path

_Disposition = av.stream.Disposition
_NO_VIDEO = _Disposition.attached_pic | _Disposition.timed_thumbnails
_LOOKED_AT = 1000  # packets among which a track that moves has two


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
    moving = _moving_tracks(path, len(readable)) if len(readable) > 1 else set()
    return max(readable, key=lambda stream: (stream.index in moving, *_rank(stream)))


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


def _rank(stream: VideoStream) -> tuple[int, bool]:
    """``max`` takes the first of equals."""
    is_default = bool(stream.disposition & _Disposition.default)
    return stream.codec_context.width * stream.codec_context.height, is_default


def _moving_tracks(path: Path, count: int) -> set[int]:
    """The tracks with more than one picture, counted: Matroska does not tell, and AVI tells wrong."""
    counts: Counter[int] = Counter()
    moving: set[int] = set()
    try:
        with av.open(media_path(path), options=FILES_ONLY) as container:
            for packet in islice(container.demux(video=[*range(len(container.streams.video))]), _LOOKED_AT):
                counts[packet.stream_index] += packet.size > 0
                moving = {track for track, packets in counts.items() if packets > 1}
                if len(moving) == count:
                    break
    except FFmpegError:  # of a damaged file what comes before is what is known
        pass
    return moving
