"""Decoding a file packet by packet, so that damage costs only what it touches and is counted."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from track_anything.errors import VideoError
from track_anything.system.lifecycle import Closing
from track_anything.video.best_stream import best_stream, choice_of_stream, is_video
from track_anything.video.converter import ColourTags, is_deep
from track_anything.video.info import DEFAULT_RATE, Losses
from track_anything.video.media_path import FILES_ONLY, media_path
from track_anything.video.orientation import Orientation, orientation_of, side_data_of
from track_anything.video.picture_size import MAX_PIXELS, check_picture_size

StreamT = TypeVar("StreamT", VideoStream, AudioStream)

_MAX_READ_ERRORS = 100  # in a row; a reader that makes no headway after so many never will
_SLICE_THREADS = 4
_TEXT_FORMATS = frozenset({"tty", "bin", "xbin", "adf", "idf"})  # FFmpeg would render any text as ANSI art

# What these show lies in other files, anywhere on the machine.
_LIST_FORMATS = frozenset({"hls", "concat", "dash", "hds", "imf", "sdp", "rtsp", "webm_dash_manifest"})


class Decoder(Closing):
    """The pictures of one file in the order in which they are shown.

    Frames may change their size, be it by damage, by splicing or because a recording begins small.

    It decodes with a fixed number of slice threads: with frame threads, or as many as there are cores, the
    frames that survive damage and what they look like would differ between machines.

    Raises:
        VideoError: the file is missing, empty, not a video, without pictures, or its pictures are too large.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._container = open_container(path)
        try:
            self._stream = _picture_stream(self._container, path)
        except VideoError:
            self._container.close()
            raise
        self._packet_count = 0
        self._refused_packets = 0
        self._damaged_frames = 0

    @property
    def time_base(self) -> Fraction:
        """Seconds per unit of a frame's ``pts``."""
        return self._stream.time_base or Fraction(1, av.time_base)

    @property
    def has_audio(self) -> bool:
        """Whether the file holds sound."""
        return len(self._container.streams.audio) > 0

    @property
    def colour_tags(self) -> ColourTags:
        """How the file says that its colours are meant."""
        codec = self._stream.codec_context
        return ColourTags(codec.colorspace, codec.color_primaries, codec.color_trc)

    @property
    def pixel_aspect(self) -> Fraction:
        """Width over height of a stored pixel, before rotation."""
        return self._stream.sample_aspect_ratio or Fraction(1)

    def orientation(self) -> Orientation:
        """Which way up the pictures are stored; see ``first_side_data`` for what it costs."""
        return orientation_of(self.first_side_data().get(Type.DISPLAYMATRIX))

    def first_side_data(self) -> dict[Type, bytes]:
        """What is told of the first picture beside it; it costs opening the file once more.

        A frame that was asked for its side data is not let go with the last name for it, and where frames
        lie in memory decides what damaged ones look like: so it is not one of ``frames``.
        """
        with open_container(self._path) as container:
            frames = container.decode(_picture_stream(container, self._path))
            try:
                frame = next(iter(frames), None)
            except FFmpegError:
                frame = None
            return {} if frame is None else side_data_of(frame)

    @property
    def claimed_rate(self) -> Fraction:
        """Frames per second by the word of the file: what times were made from, or what to make them from."""
        return self._stream.guessed_rate or self._stream.average_rate or DEFAULT_RATE

    @property
    def notes(self) -> tuple[str, ...]:
        """What was chosen, one line each."""
        pictures = [stream for stream in self._container.streams.video if is_video(stream)]
        return choice_of_stream(pictures, self._stream)

    @property
    def is_deep(self) -> bool:
        """Whether samples have more than 8 bits, by the word of the file."""
        pixel_format = self._stream.codec_context.format
        return pixel_format is not None and is_deep(pixel_format)

    @property
    def time_code(self) -> str | None:
        """That of the first frame, as the file, its video or a track of its own states it."""
        for holder in (self._stream, self._container, *self._container.streams):
            for key, value in holder.metadata.items():
                if key.lower() == "timecode":
                    return str(value)
        return None

    @property
    def field_order(self) -> int:
        """FFmpeg's number for how the lines of a frame follow each other in time; 1 is all at once."""
        return int(self._stream.codec_context.field_order)

    @property
    def promised_frame_count(self) -> int | None:
        """How many frames the container claims: an estimate for progress bars, and only for them."""
        if self._stream.frames > 0:
            return self._stream.frames
        if self._container.duration and self._stream.average_rate:
            return round(Fraction(self._container.duration, av.time_base) * self._stream.average_rate)
        return None

    @property
    def losses(self) -> Losses:
        """What could not be read; complete once ``frames`` has come to its end."""
        missing_packets = max(0, len(self._stream.index_entries) - self._packet_count)
        return Losses(self._refused_packets, self._damaged_frames, missing_packets=missing_packets)

    def frames(self) -> Iterator[VideoFrame]:
        """The frames from here to the end, left out where the data cannot be decoded."""
        for packet in packets_of(self._container, self._stream):
            if packet is None:
                self._refused_packets += 1
                continue
            self._packet_count += packet.size > 0
            try:
                decoded = packet.decode()
            except FFmpegError:
                self._refused_packets += 1
                continue
            for frame in decoded:
                self._damaged_frames += frame.is_corrupt
                yield frame

    def seek(self, timestamp: int) -> None:
        """Go to about ``timestamp``: some demuxers land elsewhere, so the caller verifies by ``pts``.

        Raises:
            FFmpegError: this container cannot seek.
        """
        self._container.seek(timestamp, stream=self._stream)

    def close(self) -> None:
        """Close the file."""
        self._container.close()


def packets_of(container: InputContainer, *streams: StreamT) -> "Iterator[Packet[StreamT] | None]":
    """The packets of some streams, with None for every place where the file could not be read."""
    read_errors = 0
    while read_errors < _MAX_READ_ERRORS:
        try:
            for packet in container.demux(streams):
                read_errors = 0
                yield packet
        except FFmpegError:
            read_errors += 1
            yield None
        else:
            return


def open_container(path: Path) -> InputContainer:
    """Open a local media file, whatever it holds.

    Raises:
        VideoError: it is missing, empty or not a media file.
    """
    if not path.exists():
        raise VideoError(f"{path} does not exist: check the path")
    if not path.is_file():
        raise VideoError(f"{path} is not a file: give a video file or a folder of images")
    if path.stat().st_size == 0:
        raise VideoError(f"{path} is empty (0 bytes): copy or export the video again")
    try:
        # A playlist may name addresses; only files on this machine are opened.
        container = av.open(media_path(path), options=FILES_ONLY)
    except (FFmpegError, OSError, ValueError) as error:
        raise VideoError(
            f"{path} cannot be opened as a video ({_reason(error)}): it is of another kind or cut off before "
            "its index; export it again, best as MP4"
        ) from error
    if container.format.name in _TEXT_FORMATS:
        container.close()
        raise VideoError(f"{path} is text, not a video: give a video file or a folder of images")
    if _LIST_FORMATS & set(container.format.name.split(",")):
        container.close()
        raise VideoError(f"{path} is a list of other files, not a video: join them to one file first")
    return container


def _picture_stream(container: InputContainer, path: Path) -> VideoStream:
    stream = best_stream(container, path)
    width, height = stream.codec_context.width, stream.codec_context.height
    if width <= 0 or height <= 0:
        raise VideoError(f"{path} does not tell the size of its pictures: copy or export the video again")
    check_picture_size(width, height, path)
    # The claim in the header may be a lie; the decoder itself refuses larger pictures too.
    stream.thread_type = "SLICE"
    stream.codec_context.thread_count = _SLICE_THREADS
    stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
    return stream


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
