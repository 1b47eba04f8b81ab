"""The exact rate behind times that a container has rounded."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

_SLACK = 1e-6  # of a tick; what the arithmetic may cost
_NTSC = Fraction(1000, 1001)
_FEWEST_TICKS = 4  # in a frame: with coarser ones a dropped frame looks like rounding
_FINE_TICKS = 10  # in a frame: rates that nobody has named are told apart by these
_LIKE = 1e-6  # of a rate: how far Matroska's nanoseconds and FFmpeg's fractions put 60000/1001 off
_JITTER = 1 / 500  # of a frame: MPEG programs tell few times, and those between are counted on in whole ticks


def constant_rate(
    timestamps: Sequence[int], time_base: Fraction, claimed: Fraction | None = None
) -> Fraction | None:
    """Frames per second, exactly, when the times are those of a constant rate; None when they vary.

    Containers keep times in ticks: 24000/1001 per second in Matroska's milliseconds are steps of 41 and 42. A
    rate is that of the video if rounding its times to ticks gives those that are there. Tried are, in this
    order, what the file claims, equal steps, and the whole, half and NTSC rates next to the average.

    Args:
        timestamps: of every frame, increasing, in units of ``time_base``.
        time_base: seconds per tick.
        claimed: what the file says of itself.
    """
    if len(timestamps) < 2:
        return None
    average = Fraction(len(timestamps) - 1, timestamps[-1] - timestamps[0]) / time_base
    ticks = 1 / (average * time_base)  # in a frame
    named = _meant(claimed) if claimed and ticks >= _FEWEST_TICKS else []
    guessed = _near(average) if ticks >= _FINE_TICKS else ()
    rounding = 1 + _SLACK
    if rate := _fitting(named, timestamps, time_base, max(rounding, float(ticks) * _JITTER)):
        return rate
    return _fitting([average], timestamps, time_base, _SLACK) or _fitting(
        guessed, timestamps, time_base, rounding
    )


def _meant(claimed: Fraction) -> list[Fraction]:
    """The usual rate that a claim stands for, and the claim."""
    usual = [rate for rate in _near(claimed) if abs(rate / claimed - 1) < _LIKE]
    return [*usual, claimed]


def _fitting(
    rates: "Iterator[Fraction] | Sequence[Fraction]",
    timestamps: Sequence[int],
    time_base: Fraction,
    allowed: float,
) -> Fraction | None:
    """The first rate whose times differ from these by at most so many ticks, but for when they begin."""
    times = np.array(timestamps, np.float64) - timestamps[0]
    for rate in rates:
        errors = times - np.arange(len(times)) / float(rate * time_base)
        if float(np.ptp(errors)) <= allowed:
            return rate
    return None


def _near(average: Fraction) -> Iterator[Fraction]:
    """The usual rates next to an average."""
    for unit in (Fraction(1), _NTSC, Fraction(1, 2), _NTSC / 2):
        if average > unit / 2:
            yield round(average / unit) * unit
