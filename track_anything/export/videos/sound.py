"""The sound of a source, carried over into an exported video."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Protocol, cast

from av.audio.codeccontext import AudioCodecContext
from av.audio.format import AudioFormat
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import ArgumentError, FFmpegError, InvalidDataError
from av.packet import Packet

from track_anything.export.videos.video_container import VideoContainer
from track_anything.video.decoder import open_container, packets_of

_INSTANT = Fraction(1, 1000)  # by which sound may begin too early: the ticks of the formats in question
_CHOSEN_BY = ("language", "title")
_IN_QUICKTIME = {
    "deu": "ger", "ell": "gre", "fas": "per", "isl": "ice", "mkd": "mac", "nld": "dut", "sqi": "alb",
    "swe": "sve", "zho": "chi",
}  # fmt: skip
"""Languages that FFmpeg finds in QuickTime's list of numbers by the older of two codes alone."""

_LONGEST_NAME = 200  # characters
_USUAL_LAYOUTS = ("mono", "stereo", "2.1", "quad", "5.0", "5.1", "6.1", "7.1")


class Sound:
    """Copies every sound track of ``source`` into ``container``, packet by packet, in step with the pictures.

    Tracks that the format cannot hold, or that players would not play, are encoded anew; ``notes`` says so.

    Args:
        source: the file whose sound is wanted.
        container: where it goes; nothing may have been written to it yet.
        form: the format of ``container``, which tells what is copied and how the rest is encoded.
        notes: what is known to be lost or changed before.

    Raises:
        VideoError: the source cannot be opened.
    """

    def __init__(
        self, source: Path, container: OutputContainer, form: VideoContainer, notes: Iterable[str] = ()
    ) -> None:
        self._source = source
        self._known_before = tuple(notes)
        self._form = form
        self._input = open_container(source)
        self._start: Fraction | None = None
        self._tracks = {stream.index: self._track(stream, container) for stream in self._input.streams.audio}
        self._packets: Iterator[Packet[AudioStream] | None] = iter(())
        if self._tracks:
            self._packets = packets_of(self._input, *self._input.streams.audio)
        self._waiting: Packet[AudioStream] | None = None
        self._lost_packets = 0

    def begin(self, start: Fraction | None, shift: Fraction) -> None:
        """Say what part is wanted, before the first sound is written.

        Args:
            start: seconds of the source's clock; what ends before is left out, and what begins before where
                the format cannot say that it is to be passed over. None = from the beginning.
            shift: seconds taken off every timestamp, the same as for the pictures.
        """
        self._start = start
        for track in self._tracks.values():
            track.shift = round(shift / track.time_base)

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be carried over as it was, one line each; complete after ``finish``."""
        encoded = (*self._known_before, *(track.note for track in self._tracks.values() if track.note))
        if self._lost_packets == 0:
            return encoded
        return (*encoded, f"{self._lost_packets} packets of sound in {self._source.name} cannot be used")

    @property
    def waits_from(self) -> Fraction | None:
        """Seconds of the source's clock at which what ``advance`` left begins; None when nothing is left."""
        return None if self._waiting is None else _start(self._waiting)

    def advance(self, until: Fraction | None) -> None:
        """Write the sound before ``until`` seconds of the source's clock, all the rest when None."""
        while (packet := self._waiting or self._next_packet()) is not None:
            self._waiting = packet
            is_early_enough = until is None or _start(packet) < until
            if not is_early_enough:
                return
            self._waiting = None
            has_edit_lists = self._form.ticks is None
            heard = _end(packet) if has_edit_lists else _start(packet) + _INSTANT
            if self._start is not None and heard <= self._start:
                continue
            try:
                self._tracks[packet.stream.index].take(packet)
            except (ArgumentError, InvalidDataError):  # refused timestamps, refused data
                self._lost_packets += 1

    def finish(self) -> None:
        """Write what an encoder still holds back."""
        for track in self._tracks.values():
            track.finish()

    def close(self) -> None:
        """Close the source."""
        self._input.close()

    def _next_packet(self) -> "Packet[AudioStream] | None":
        """The next packet that holds something; what cannot be read is counted."""
        for packet in self._packets:
            if packet is None:
                self._lost_packets += 1
            elif packet.size > 0:
                return packet
        return None

    def _track(self, stream: AudioStream, container: OutputContainer) -> "_Track":
        if _codec_of(stream) in self._form.copied_sound:
            return _CopiedTrack(stream, container)
        return _EncodedTrack(stream, container, self._form)


class _Track(Protocol):
    note: str
    shift: int
    time_base: Fraction

    def take(self, packet: "Packet[AudioStream]") -> None: ...

    def finish(self) -> None: ...


class _CopiedTrack:
    note = ""
    shift = 0

    def __init__(self, stream: AudioStream, container: OutputContainer) -> None:
        self._container = container
        self._output = container.add_stream_from_template(stream)
        self._output.metadata.update(_told_of(stream, container))
        self.time_base = stream.time_base or Fraction(1)

    def take(self, packet: "Packet[AudioStream]") -> None:
        packet.stream = self._output
        packet.pts = None if packet.pts is None else packet.pts - self.shift
        packet.dts = None if packet.dts is None else packet.dts - self.shift
        self._container.mux(packet)

    def finish(self) -> None:
        """Nothing is held back."""


class _EncodedTrack:
    shift = 0

    def __init__(self, stream: AudioStream, container: OutputContainer, form: VideoContainer) -> None:
        self._container = container
        self.time_base = stream.time_base or Fraction(1)
        takes_rate = form.sound_rates is None or stream.rate in form.sound_rates
        rate = stream.rate if takes_rate else 48_000
        layout = _layout_of(stream)
        is_mixed = not _takes(form.sound_encoder, rate, layout)
        chosen = "stereo" if is_mixed else layout
        output = container.add_stream(form.sound_encoder, rate=rate, layout=chosen)
        self._output = cast(AudioStream, output)
        self._output.metadata.update(_told_of(stream, container))
        mixed = f", its channels ({layout}) mixed to stereo" if is_mixed else ""
        self.note = (
            f"sound coded as {_codec_of(stream)} does not play in {form.name}: "
            f"it was encoded as {form.sound_coding}{mixed}"
        )

    def take(self, packet: "Packet[AudioStream]") -> None:
        for frame in packet.decode():
            frame.pts = None if frame.pts is None else frame.pts - self.shift
            self._container.mux(self._output.encode(frame))

    def finish(self) -> None:
        self._container.mux(self._output.encode())


def _told_of(stream: AudioStream, container: OutputContainer) -> dict[str, str]:
    """What people choose one of several tracks by, as the container can say it."""
    told = {name: str(stream.metadata.get(name, "")) for name in _CHOSEN_BY}
    if container.format.name == "mov":
        told["language"] = _IN_QUICKTIME.get(told["language"], told["language"])
    return {name: text[:_LONGEST_NAME] for name, text in told.items() if text}


def _codec_of(stream: AudioStream) -> str:
    """The name of the coding, not that of the decoder, which for mp3 is ``mp3float``."""
    return stream.codec_context.codec.canonical_name


def _layout_of(stream: AudioStream) -> str:
    """Where the channels are meant to be heard; where only their number is told, the usual places."""
    name, count = stream.layout.name, stream.layout.nb_channels
    is_told = "channels" not in name
    return name if is_told or count > len(_USUAL_LAYOUTS) else _USUAL_LAYOUTS[count - 1]


def _takes(encoder: str, rate: int, layout: str) -> bool:
    """Whether an encoder can be opened for so many samples per second in such channels."""
    trial = cast(AudioCodecContext, AudioCodecContext.create(encoder, "w"))
    trial.sample_rate, trial.layout = rate, layout
    trial.format = (trial.codec.audio_formats or [AudioFormat("s16")])[0]
    try:
        trial.open()
    except (FFmpegError, ValueError):
        return False
    return True


def _end(packet: "Packet[AudioStream]") -> Fraction:
    return _start(packet) + (packet.duration or 0) * packet.time_base


def _start(packet: "Packet[AudioStream]") -> Fraction:
    timestamp = packet.pts if packet.pts is not None else packet.dts
    return (timestamp or 0) * packet.time_base
