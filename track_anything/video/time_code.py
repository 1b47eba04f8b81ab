"""Time codes: the hours, minutes, seconds and frames by which editors find a place (SMPTE ST 12-1)."""

import re
from fractions import Fraction

_FORM = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.])(\d{2,3})")
_DAY = 24 * 3600
_DROPPED = {30: 2, 60: 4, 120: 8}  # numbers left out each minute but every tenth, by frames per second


def later_time_code(time_code: str, frames: int, rate: Fraction) -> str | None:
    """The time code so many frames after another one; None for what is none.

    Codes with ``;`` leave out numbers, so that 30000/1001 frames per second keep step with the clock.

    Args:
        time_code: ``hh:mm:ss:ff``.
        frames: how many.
        rate: frames per second.
    """
    parts = _FORM.fullmatch(time_code.strip())
    if parts is None:
        return None
    hours, minutes, seconds, number = (int(parts[place]) for place in (1, 2, 3, 5))
    per_second = max(round(rate), 1)
    is_dropping = parts[4] in ";." and per_second in _DROPPED
    dropped = _DROPPED[per_second] if is_dropping else 0
    past = 60 * hours + minutes
    count = (60 * past + seconds) * per_second + number - dropped * (past - past // 10)
    per_ten = 600 * per_second - 9 * dropped
    count = (count + frames) % (_DAY // 600 * per_ten)
    tens, rest = divmod(count, per_ten)
    per_minute = 60 * per_second - dropped
    skipped = dropped * (9 * tens + (max(rest - dropped, 0) // per_minute if dropped else 0))
    whole, number = divmod(count + skipped, per_second)
    minutes, seconds = divmod(whole, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{parts[4]}{number:02}"
