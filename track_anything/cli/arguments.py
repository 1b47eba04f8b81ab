"""What a user says about one object on the command line."""

import argparse
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from track_anything.errors import InputError

if TYPE_CHECKING:
    from sam.prompt import Prompt
    from track_anything.types import FrameIndex

_WITH_NUMBERS = ("--click", "--negative", "--box")
_NEGATIVE = re.compile(r"-[.\d]")

Point = tuple[float, float]
_MOST = 1e6  # of anything that is limited: GiB, minutes, projects


@dataclass(frozen=True)
class ObjectRequest:
    """One object: where it is on one frame.

    Attributes:
        name: for people; None = numbered.
        frame: the frame that clicks, box and mask are about.
        positive: pixels that belong to it.
        negative: pixels that do not.
        box: around it.
        mask: an image file with its mask, instead of clicks.
    """

    name: str | None = None
    frame: "FrameIndex" = 0
    positive: tuple[Point, ...] = ()
    negative: tuple[Point, ...] = ()
    box: tuple[float, float, float, float] | None = None
    mask: Path | None = None

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was said yet."""
        return self == ObjectRequest()

    def with_option(self, option: str, value: Any) -> "ObjectRequest":  # noqa: ANN401 - the option decides
        """The request with one more command-line option taken in."""
        match option:
            case "click":
                return replace(self, positive=(*self.positive, value))
            case "negative":
                return replace(self, negative=(*self.negative, value))
            case "box":
                return replace(self, box=value)
            case "mask":
                return replace(self, mask=value)
            case _:
                return replace(self, frame=value)

    def check(self, *, may_take_away: bool = False) -> None:
        """Raise InputError when nothing is pointed at, or in two ways of which one would be left out."""
        if self.mask is None:
            self.prompt(may_take_away=may_take_away)
        elif self.positive or self.negative or self.box is not None:
            raise InputError("an object is pointed at by --mask, or by clicks and --box: leave one out")

    def prompt(self, *, may_take_away: bool = False) -> "Prompt":
        """The clicks and the box as a prompt.

        Args:
            may_take_away: there may be a mask that clicks on what is too much are about.

        Raises:
            InputError: nothing was clicked, or only what does not belong to the object.
        """
        import numpy as np

        from sam.prompt import Prompt

        is_taking_away = may_take_away and bool(self.negative)
        if not self.positive and self.box is None and not is_taking_away:
            raise InputError("no object was pointed at: give --click X,Y, --box X0,Y0,X1,Y1 or --mask FILE")
        points = Prompt.clicks(self.positive, self.negative) if self.positive or self.negative else None
        box = np.array(self.box, np.float32) if self.box else None
        return Prompt(box=box) if points is None else replace(points, box=box)


def with_negative_values(arguments: Sequence[str]) -> list[str]:
    """Arguments in which ``--click -5,10`` is ``--click=-5,10``: a number and no option, for argparse too."""
    joined: list[str] = []
    for argument in arguments:
        takes_numbers = bool(joined) and joined[-1] in _WITH_NUMBERS
        if takes_numbers and _NEGATIVE.match(argument):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def parse_point(text: str) -> Point:
    """``"12,34"`` as a point; an argparse type."""
    x, y = _numbers(text, 2, "a click is X,Y in pixels, for example 320,180")
    return x, y


def parse_box(text: str) -> tuple[float, float, float, float]:
    """``"10,20,110,220"`` as a box; an argparse type."""
    x0, y0, x1, y1 = _numbers(text, 4, "a box is X0,Y0,X1,Y1 in pixels, for example 10,20,110,220")
    return x0, y0, x1, y1


def parse_range(text: str) -> range:
    """``"10-20"`` as the frames 10 to 20, both included; an argparse type."""
    first, dash, last = text.partition("-")
    if not (dash and first.strip().isdecimal() and last.strip().isdecimal()) or int(first) > int(last):
        raise argparse.ArgumentTypeError(
            f"{text!r} cannot be used: frames are FIRST-LAST, for example 10-200"
        )
    return range(int(first), int(last) + 1)


def parse_frames(text: str) -> range | Literal["all"]:
    """``"10-20"`` as a range, ``"all"`` as it is; an argparse type."""
    return "all" if text == "all" else parse_range(text)


def parse_colour(text: str) -> tuple[int, int, int]:
    """``"#00b140"`` as red, green and blue; an argparse type."""
    digits = text.removeprefix("#")
    if len(digits) != 6 or not set(digits.lower()) <= set("0123456789abcdef"):
        raise argparse.ArgumentTypeError(f"{text!r} is no colour: give RRGGBB, for example 00b140 for green")
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def parse_pair(text: str) -> tuple[int, int]:
    """``"3:1"`` as two ids; an argparse type."""
    theirs, colon, ours = text.partition(":")
    if not (colon and theirs.strip().isdecimal() and ours.strip().isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be used: ids are THEIRS:OURS, for example 3:1")
    return int(theirs), int(ours)


def parse_positive(text: str) -> float:
    """A number above 0 that is not endless."""
    (number,) = _numbers(text, 1, "give one number, like 4 or 0.5")
    if not 0 < number < _MOST:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not above 0 and below {_MOST:.0e}: give another number"
        )
    return number


def parse_count(text: str) -> int:
    """A whole number above 0."""
    number = parse_positive(text)
    if number != round(number):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number: give one from 1 on")
    return round(number)


def parse_share(text: str) -> float:
    """A number from 0 to 1."""
    (number,) = _numbers(text, 1, "give a share, like 0.3")
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share: give a number from 0 to 1")
    return number


def _numbers(text: str, count: int, remedy: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(math.isfinite(number) for number in numbers):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be used: {remedy}")
    return numbers
