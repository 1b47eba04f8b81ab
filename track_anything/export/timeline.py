"""The exported frames as a timeline of an editing program: its rate, its time code, and its markers."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import floor
from statistics import median_low

from track_anything.errors import VideoError
from track_anything.export.order import Order
from track_anything.export.source_facts import SourceFacts
from track_anything.review import Marker, MarkerKind
from track_anything.types import FrameIndex
from track_anything.video import VideoInfo
from track_anything.video.time_code import TimeCode

_NTSC = Fraction(1000, 1001)
_RATES = tuple(
    sorted(
        [Fraction(n) for n in (24, 25, 30, 48, 50, 60, 100, 120)] + [n * _NTSC for n in (24, 30, 48, 60, 120)]
    )
)
"""Frames per second that editing programs have."""

_CLOSE = Fraction(1, 1000)  # from 23.98 to 23.976, but not to 24
_MOST_USUAL = 60  # frames per second that all of them have


@dataclass(frozen=True, eq=False)
class Timeline:
    """What is exported, in frames of a timeline that begins with its first frame.

    In a video of a constant rate that programs have a frame of the timeline is one of the video. Where the
    rate varies or is none of theirs, they lay the video on another one, most of them like FFmpeg: each frame
    goes to the nearest place. Frames that are closer than that share one.

    Attributes:
        info: facts about the source.
        source: its name.
        frames: those that are exported.
        facts: of the source.
        markers: in frames of the video.
    """

    info: VideoInfo
    source: str
    frames: range
    facts: SourceFacts
    markers: Sequence[Marker]

    @classmethod
    def of(cls, order: Order) -> "Timeline":
        """That of an order; without a time code where its source is gone."""
        try:
            facts = SourceFacts.of(order.source, order.info, order.reader)
        except VideoError:
            facts = SourceFacts()
        frames = order.frames if order.frames is not None else range(order.info.frame_count)
        source = order.source.name.encode(errors="replace").decode()
        return cls(order.info, source, frames, facts, tuple(order.markers()))

    @cached_property
    def rate(self) -> Fraction:
        """Frames per second of the timeline: that of the video, or one that editing programs have.

        A rate that is a usual one for as long as the video lasts is the usual one. Of other constant rates
        that programs cannot have it is the usual one close by, the first multiple, or the first one that
        is not lower; where the rate varies the one next to the pace.
        """
        if not self.is_varying:
            return _usual(self._pace, self.info.frame_count)
        return min(_RATES, key=lambda rate: abs(rate - self._pace))

    @property
    def is_varying(self) -> bool:
        """Whether the frames of the video are not shown for equally long."""
        return self.info.constant_rate is None and self.info.frame_count >= 2

    @property
    def is_conformed(self) -> bool:
        """Whether the frames of the timeline are not those of the video."""
        return self.is_varying or not _is_same(self.rate, self._pace, self.info.frame_count)

    @cached_property
    def _pace(self) -> Fraction:
        """Frames per second of the video, as if it had the frames that were left out."""
        if not self.is_varying:
            return self.info.average_rate
        gaps = [after - before for before, after in pairwise(self.info.timestamps)]
        shortest = median_low(gaps)
        steps = sum(max(round(gap / shortest), 1) for gap in gaps)
        return steps / (sum(gaps) * self.info.time_base)

    def place(self, frame: FrameIndex) -> int:
        """The frame of the timeline at which a frame of the video is shown; of the one past the end, too."""
        return self._source_place(frame) - self._source_place(self.frames.start)

    @property
    def length(self) -> int:
        """Frames of the timeline."""
        return self.place(self.frames.stop)

    @property
    def source_start(self) -> int:
        """Where in the source it begins, in frames of the timeline's rate from the source's first frame."""
        return self._source_place(self.frames.start)

    @property
    def source_length(self) -> int:
        """Of the whole source, likewise."""
        return self._source_place(self.info.frame_count)

    @cached_property
    def source_time_code(self) -> TimeCode:
        """That of the source's first frame; 00:00:00:00 where it has none."""
        told = TimeCode.read(self.facts.time_code or "", self.rate)
        if told is None:
            return TimeCode(0, self.rate)
        return told if told.is_dropping else TimeCode(told.frames, self.rate)

    @property
    def time_code(self) -> TimeCode:
        """That of the first exported frame."""
        return self.source_time_code + self.source_start

    @property
    def shots(self) -> list[tuple[int, int]]:
        """(start, stop) of every shot, in frames of the timeline."""
        cuts = [marker.start for marker in self.markers if marker.kind is MarkerKind.CUT]
        edges = [0, *(self.place(cut) for cut in cuts if cut != self.frames.start), self.length]
        return [(start, stop) for start, stop in pairwise(edges) if stop > start]

    def span(self, marker: Marker) -> tuple[int, int]:
        """(start, stop) of a marker in frames of the timeline; at least one frame."""
        start = min(self.place(marker.start), max(self.length - 1, 0))
        return start, max(self.place(marker.stop), start + 1)

    def shot_of(self, start: int) -> int:
        """The number of the shot, from 0, in which a frame of the timeline lies."""
        stops = [stop for _, stop in self.shots]
        return min(bisect_left(stops, start + 1), len(stops) - 1)

    def _source_place(self, frame: FrameIndex) -> int:
        if not self.is_conformed:
            return frame
        count, times = self.info.frame_count, self.info.timestamps
        if frame >= count:  # the last frame is shown for as long as the others are
            usual = max(round(self.rate / self._pace), 1)
            return self._source_place(count - 1) + usual * (frame - count + 1)
        return floor((times[frame] - times[0]) * self.info.time_base * self.rate + Fraction(1, 2))


def _usual(rate: Fraction, count: int) -> Fraction:
    """The rate for programs of a video of so many frames at a constant rate."""
    near = min(_RATES, key=lambda usual: abs(usual - rate))
    if _is_same(near, rate, count) or abs(near / rate - 1) < _CLOSE:
        return near
    if rate.denominator == 1 or (rate / _NTSC).denominator == 1:
        return rate
    multiples = (usual for usual in _RATES if usual <= _MOST_USUAL and (usual / rate).denominator == 1)
    return next(multiples, next((usual for usual in _RATES if usual >= rate), near))


def _is_same(usual: Fraction, rate: Fraction, count: int) -> bool:
    """Whether so many frames lie on the same places at both rates."""
    return abs(usual / rate - 1) * count < Fraction(1, 2)
