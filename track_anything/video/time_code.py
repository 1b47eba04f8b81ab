"""Time codes: the hours, minutes, seconds and frames by which editors find a place (SMPTE ST 12-1)."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction

_FORM = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.])(\d{2,3})")
_DAY = 24 * 3600
_DROPPED = {30: 2, 60: 4, 120: 8}  # numbers left out each minute but every tenth, by frames per second


@dataclass(frozen=True)
class TimeCode:
    """A place, counted in frames from midnight.

    Codes with ``;`` leave out numbers, so that 30000/1001 frames per second keep step with the clock.

    Attributes:
        frames: from 00:00:00:00 on, as many as are shown.
        rate: frames per second.
        separator: before the number of the frame, as the source writes it.
    """

    frames: int
    rate: Fraction
    separator: str = ":"

    @classmethod
    def read(cls, text: str, rate: Fraction) -> "TimeCode | None":
        """The place that ``hh:mm:ss:ff`` names; None for what is none."""
        parts = _FORM.fullmatch(text.strip())
        if parts is None:
            return None
        hours, minutes, seconds, number = (int(parts[place]) for place in (1, 2, 3, 5))
        code = cls(0, rate, parts[4])
        past = 60 * hours + minutes
        count = (60 * past + seconds) * code._per_second + number - code._dropped * (past - past // 10)
        return code + count

    def __add__(self, frames: int) -> "TimeCode":
        """The place so many frames later; after a day it begins anew."""
        per_day = _DAY // 600 * self._per_ten_minutes
        return replace(self, frames=(self.frames + frames) % per_day)

    def __str__(self) -> str:
        tens, rest = divmod(self.frames, self._per_ten_minutes)
        per_minute = 60 * self._per_second - self._dropped
        in_tens = max(rest - self._dropped, 0) // per_minute if self._dropped else 0
        skipped = self._dropped * (9 * tens + in_tens)
        whole, number = divmod(self.frames + skipped, self._per_second)
        minutes, seconds = divmod(whole, 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{self.separator}{number:02}"

    @property
    def is_dropping(self) -> bool:
        """Whether numbers are left out."""
        return self._dropped > 0

    @property
    def _per_second(self) -> int:
        return max(round(self.rate), 1)

    @property
    def _dropped(self) -> int:
        return _DROPPED.get(self._per_second, 0) if self.separator in ";." else 0

    @property
    def _per_ten_minutes(self) -> int:
        return 600 * self._per_second - 9 * self._dropped


def later_time_code(time_code: str, frames: int, rate: Fraction) -> str | None:
    """The time code so many frames after another one; None for what is none.

    Args:
        time_code: ``hh:mm:ss:ff``.
        frames: how many.
        rate: frames per second.
    """
    code = TimeCode.read(time_code, rate)
    return None if code is None else str(code + frames)
