"""What is known about a video once it has been decoded, and how it is stored."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median_low
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, TypeAdapter

_FRACTION = re.compile(r"-?\d{1,40}(/\d{1,40})?")
_MOST_PIXELS = 1 << 28  # of a frame; more than any decoder gives
DEFAULT_RATE = Fraction(25)  # frames per second of a video too short to tell
_MOST_TIME = 1 << 62  # units of a time; FFmpeg counts them in 64 bits


def _plain(value: object) -> object:
    """Refuse to work out ``1e999999999``, which takes all of the memory there is."""
    if isinstance(value, str) and not _FRACTION.fullmatch(value):
        raise ValueError("it is no plain fraction")
    return value


PlainFraction: TypeAlias = Annotated[Fraction, BeforeValidator(_plain)]
"""A fraction as ``str`` writes it: when it is read, nothing else is taken."""


@dataclass(frozen=True)
class Losses:
    """What is not as it was meant to be, in numbers; all zero for an intact file.

    Attributes:
        refused_packets: pieces of the file that could not be read or decoded; their frames are left out.
        damaged_frames: frames decoded in part; they are kept, with what the decoder could make of them.
        resized_frames: frames of another size than the video; they were scaled to it.
        missing_packets: pieces that the index of the file lists after the point where the file ends.
    """

    refused_packets: int = 0
    damaged_frames: int = 0
    resized_frames: int = 0
    missing_packets: int = 0

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    @property
    def is_damage(self) -> bool:
        """Whether something is missing or broken; that sizes change is no damage."""
        return any(value for name, value in asdict(self).items() if name != "resized_frames")

    def __str__(self) -> str:
        counts = {
            "packets cannot be decoded": self.refused_packets,
            "frames are damaged": self.damaged_frames,
            "frames have another size and were scaled": self.resized_frames,
            "packets are missing": self.missing_packets,
        }
        return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "no losses"


@dataclass(frozen=True)
class VideoInfo:
    """Facts about a video, counted while decoding and never taken from the container's word.

    Attributes:
        height: rows of a frame, after rotation.
        width: columns of a frame, after rotation.
        timestamps: presentation time of every frame in units of ``time_base``, strictly increasing.
        time_base: seconds per unit of a timestamp.
        keyframes: frames from which decoding can start, increasing; of a damaged file only the first, since
            there the pictures depend on where decoding began.
        has_audio: whether the source holds sound.
        rotation: degrees counter-clockwise by which the stored pictures were turned to stand upright.
        losses: what could not be read.
        is_mirrored: whether left and right of the stored pictures were exchanged before they were turned.
        constant_rate: frames per second where that is the same throughout, also if the container could not
            keep such times exactly; None where it varies, or nobody has looked.
        notes: what was chosen or taken for granted while reading, one line each.
    """

    height: int
    width: int
    timestamps: tuple[int, ...]
    time_base: PlainFraction
    keyframes: tuple[int, ...] = (0,)
    has_audio: bool = False
    rotation: int = 0
    losses: Losses = Losses()
    is_mirrored: bool = False
    constant_rate: PlainFraction | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def of_constant_rate(
        cls, frame_count: int, height: int, width: int, frame_rate: Fraction, notes: tuple[str, ...] = ()
    ) -> "VideoInfo":
        """The info of frames without timestamps of their own, shown at ``frame_rate`` per second."""
        every = tuple(range(frame_count))
        return cls(
            height, width, every, 1 / frame_rate, keyframes=every, constant_rate=frame_rate, notes=notes
        )

    @property
    def frame_count(self) -> int:
        """Number of frames."""
        return len(self.timestamps)

    @property
    def average_rate(self) -> Fraction:
        """Frames per second over the whole length."""
        if self.constant_rate is not None:
            return self.constant_rate
        if self.frame_count < 2:
            return DEFAULT_RATE
        return (self.frame_count - 1) / ((self.timestamps[-1] - self.timestamps[0]) * self.time_base)

    @property
    def duration(self) -> Fraction:
        """Seconds from the first frame to the end of the last, which is taken to last the average time."""
        return self.frame_count / self.average_rate

    def seconds(self, index: int) -> float:
        """When frame ``index`` is shown, in seconds from the first frame."""
        return float((self.timestamps[index] - self.timestamps[0]) * self.time_base)

    def to_json(self) -> dict[str, Any]:
        """A form that ``json`` can write and ``from_json`` reads back."""
        rate = None if self.constant_rate is None else str(self.constant_rate)
        return asdict(self) | {"time_base": str(self.time_base), "constant_rate": rate}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "VideoInfo":
        """The info that ``to_json`` described; raises ValueError for anything else."""
        try:
            info = _INFO.validate_python(fields)
        except ZeroDivisionError as error:
            raise ValueError(f"{error}") from error
        _check(info)
        return info


_INFO: TypeAdapter[VideoInfo] = TypeAdapter(VideoInfo)


def _check(info: VideoInfo) -> None:
    """Raise ValueError for values that no video has, whoever wrote them."""
    if not (info.height > 0 and info.width > 0 and info.height * info.width <= _MOST_PIXELS):
        raise ValueError(f"no frame has {info.width} x {info.height} pixels")
    if not info.timestamps or any(after <= before for before, after in pairwise(info.timestamps)):
        raise ValueError("the timestamps do not increase")
    if max(-info.timestamps[0], info.timestamps[-1]) > _MOST_TIME:
        raise ValueError("no video is so long")
    if info.time_base <= 0:
        raise ValueError(f"time does not go by in steps of {info.time_base} s")
    if info.constant_rate is not None and info.constant_rate <= 0:
        raise ValueError(f"no video has {info.constant_rate} frames per second")
    keyframes = info.keyframes
    are_ordered = all(before < after for before, after in pairwise(keyframes))
    if not are_ordered or any(keyframe < 0 for keyframe in keyframes[:1]):
        raise ValueError("the frames at which decoding can begin are not in order")


def mend_timestamps(timestamps: Sequence[int | None], step: int = 1) -> tuple[int, ...]:
    """Strictly increasing timestamps for frames in the order in which the decoder shows them.

    Intact files pass unchanged. AVI stores no presentation times: there the decoder hands out the right set
    of times in decoding order, and sorting mends it. Missing, repeated or returning times (spliced
    transport streams) go on from the frame before at the usual pace.

    Args:
        timestamps: what the decoder said about each frame, None where it did not know.
        step: the usual pace, should no two frames tell it.
    """
    known = [timestamp for timestamp in timestamps if timestamp is not None]
    all_differ = len(set(known)) == len(timestamps)
    if all_differ:
        return tuple(sorted(known))
    steps = [after - before for before, after in pairwise(known) if after > before]
    usual_step = median_low(steps) if steps else step
    mended: list[int] = []
    for timestamp in timestamps:
        if not mended:
            mended.append(timestamp or 0)
        elif timestamp is None or timestamp <= mended[-1]:
            mended.append(mended[-1] + usual_step)
        else:
            mended.append(timestamp)
    return tuple(mended)
