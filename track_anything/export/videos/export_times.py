"""When the frames of an exported video are shown."""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from track_anything.types import FrameIndex
from track_anything.video.info import VideoInfo

_LATEST_START = 10
"""Seconds. The times of a whole video are exactly those of the source, unless its clock starts later than
this, as that of a camcorder may by hours: then the first frame is shown at 0, since players would wait."""


@dataclass(frozen=True)
class ExportTimes:
    """Times of frames.

    A part of a video begins at 0. Where the container of the source could only round the times of a constant
    rate, they are exact again.

    Attributes:
        info: of the source.
        first: the frame that comes first.
    """

    info: VideoInfo
    first: FrameIndex = 0

    def beginning_with(self, first: FrameIndex) -> "ExportTimes":
        """The same for a part."""
        return replace(self, first=first)

    @property
    def shift(self) -> Fraction:
        """Seconds that are taken off the source's clock."""
        start = self._seconds(self.first)
        return start if self.first > 0 or start > _LATEST_START else Fraction(0)

    @property
    def time_base(self) -> Fraction:
        """Seconds per tick; the same for every part."""
        rate = self._exact_rate
        if rate is None:
            return self.info.time_base
        start = self.info.timestamps[0] * self.info.time_base
        return Fraction(1, lcm(rate.numerator, start.denominator))

    def pts(self, index: FrameIndex) -> int:
        """When a frame is shown, in ticks."""
        return round((self._seconds(index) - self.shift) / self.time_base)

    def source_seconds(self, index: FrameIndex) -> Fraction:
        """When a frame is shown by the clock of the source."""
        return self.info.timestamps[index] * self.info.time_base

    def _seconds(self, index: FrameIndex) -> Fraction:
        """The same, as it was before the container of the source rounded it."""
        if self._exact_rate is None:
            return self.source_seconds(index)
        return self.source_seconds(0) + index / self._exact_rate

    @property
    def _exact_rate(self) -> Fraction | None:
        """The constant rate, where ticks of the source do not hit its frames."""
        rate = self.info.constant_rate
        is_rounded = rate is not None and (1 / (rate * self.info.time_base)).denominator > 1
        return rate if is_rounded else None
