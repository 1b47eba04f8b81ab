"""The container formats of exported videos, and what each of them holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

_MIN_TICKS = 10_000  # per second; the muxer refines coarser clocks of tracks in the same way

_MATROSKA_OPTIONS = {"avoid_negative_ts": "disabled", "fflags": "+bitexact"}
"""Sound that begins a little before 0, as AAC does, stays there, instead of moving the pictures later; and no
random number goes into the file: the same export gives the same bytes."""


@dataclass(frozen=True)
class VideoContainer:
    """What one container format can take.

    Attributes:
        name: of the format, for messages.
        suffix: of its files.
        copied_sound: codings of sound that it holds and that its players play.
        sound_encoder: for all other sound, by FFmpeg's name.
        sound_coding: what that encoder writes, for messages.
        sound_rates: samples per second that the encoder takes; None when it takes any.
        keeps_field_order: whether it says of interlaced pictures which of their lines come first.
        keeps_pixel_shape: whether pixels that are not square can be told in it: PyAV hands their shape to the
            coding only, and not to the muxers that would write it.
        ticks: per second, by which it keeps times; None when it takes the clock of the source.
        options: of FFmpeg's muxer.
    """

    name: str
    suffix: str
    copied_sound: frozenset[str]
    sound_encoder: str
    sound_coding: str
    sound_rates: frozenset[int] | None = None
    keeps_field_order: bool = False
    keeps_pixel_shape: bool = True
    ticks: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    def muxer_options(self, time_base: Fraction) -> dict[str, str]:
        """Options with which a late start is written in ticks of ``time_base``, not in milliseconds."""
        if self.ticks is not None:
            return dict(self.options)
        ticks = time_base.denominator
        while ticks < _MIN_TICKS:
            ticks *= 2
        return {**self.options, "movie_timescale": str(ticks)}

    def rounds(self, timestamps: tuple[int, ...], time_base: Fraction) -> bool:
        """Whether some of these times, in units of ``time_base``, lie between two ticks."""
        if self.ticks is None:
            return False
        ticks_per_unit = time_base * self.ticks
        step = ticks_per_unit.denominator
        return any(timestamp % step for timestamp in timestamps)


MP4 = VideoContainer(
    name="MP4",
    suffix=".mp4",
    # FFmpeg would also write PCM and Vorbis, which most players refuse
    copied_sound=frozenset({"aac", "ac3", "alac", "eac3", "flac", "mp2", "mp3", "opus"}),
    sound_encoder="aac",
    sound_coding="AAC",
    sound_rates=frozenset(
        {8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000}
    ),
    options={"movflags": "+faststart"},  # the index goes to the front, for browsers
)

QUICKTIME = VideoContainer(
    name="QuickTime",
    suffix=".mov",
    keeps_field_order=True,
    copied_sound=frozenset(
        {"aac", "ac3", "alac", "eac3", "mp2", "mp3"}
        | {"pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be"}
        | {"pcm_f32le", "pcm_f32be", "pcm_u8"}
    ),
    sound_encoder="pcm_s24le",
    sound_coding="24-bit PCM",
)

WEBM = VideoContainer(
    name="WebM",
    suffix=".webm",
    copied_sound=frozenset({"opus", "vorbis"}),
    sound_encoder="libopus",
    sound_coding="Opus",
    sound_rates=frozenset({8000, 12000, 16000, 24000, 48000}),
    keeps_pixel_shape=False,
    ticks=1000,
    options=_MATROSKA_OPTIONS,
)

MATROSKA = VideoContainer(
    name="Matroska",
    suffix=".mkv",
    keeps_field_order=True,
    copied_sound=frozenset(
        {"aac", "ac3", "alac", "dts", "eac3", "flac", "mp2", "mp3", "opus", "truehd", "vorbis", "wavpack"}
        | {"pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_f32le", "pcm_u8"}
    ),
    sound_encoder="flac",
    sound_coding="FLAC",
    keeps_pixel_shape=False,
    ticks=1000,
    options=_MATROSKA_OPTIONS,
)

CONTAINERS: Mapping[str, VideoContainer] = {each.name: each for each in (MP4, QUICKTIME, WEBM, MATROSKA)}
