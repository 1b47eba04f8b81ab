"""Curves as panels, one above the other: over the frames of a run, or over anything else."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

_WIDTH, _HEIGHT = 900, 240  # of a panel
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 20, 40, 30  # around its axes
_COLOURS = ("#1f5fa8", "#c8502d", "#2e8b57", "#7a4fa3")
_GREY, _BLACK = "#d8d8d8", "#303030"
_TICKS = 4


@dataclass(frozen=True)
class Panel:
    """One pair of axes.

    Attributes:
        title: what is shown, with its unit.
        curves: label to one value per frame, none negative; at most four.
        places: where along the axis each value lies, ascending; None = 0, 1, 2 and so on.
        lowest: value at the bottom.
    """

    title: str
    curves: Mapping[str, Sequence[float]]
    places: Sequence[float] | None = None
    lowest: float = 0.0


def save_plot(path: Path, panels: Sequence[Panel]) -> None:
    """Draw panels into a PNG file."""
    image = PIL.Image.new("RGB", (_WIDTH, _HEIGHT * len(panels)), "white")
    draw = PIL.ImageDraw.Draw(image)
    for number, panel in enumerate(panels):
        _draw(draw, panel, number * _HEIGHT)
    image.save(path)


def _draw(draw: PIL.ImageDraw.ImageDraw, panel: Panel, top: int) -> None:
    font = PIL.ImageFont.load_default(13)
    longest = max(len(values) for values in panel.curves.values())
    places = panel.places or range(longest)
    frames = places[-1] if panel.places else longest
    highest = max(max(values) for values in panel.curves.values())
    height = _TICKS * _round_step((highest - panel.lowest) / _TICKS)  # of the axis, in values

    def place(frame: float, value: float) -> tuple[float, float]:
        across = (_WIDTH - _LEFT - _RIGHT) * frame / frames
        up = (_HEIGHT - _TOP - _BOTTOM) * (value - panel.lowest) / height
        return _LEFT + across, top + _HEIGHT - _BOTTOM - up

    for tick in range(_TICKS + 1):
        value, frame = panel.lowest + height * tick / _TICKS, frames * tick / _TICKS
        draw.line((place(0, value), place(frames, value)), fill=_GREY)
        x, y = place(0, value)
        draw.text((x - 8, y), f"{round(value, 6):,g}", fill=_BLACK, font=font, anchor="rm")
        x, y = place(frame, panel.lowest)
        draw.text((x, y + 6), f"{round(frame, 2):,g}", fill=_BLACK, font=font, anchor="ma")
    draw.text((_LEFT, top + 12), panel.title, fill=_BLACK, font=font)
    x = float(_WIDTH - _RIGHT)
    for colour, (label, values) in zip(_COLOURS, panel.curves.items(), strict=False):
        draw.line([place(*point) for point in zip(places, values, strict=False)], fill=colour)
        draw.text((x, top + 12), label, fill=colour, font=font, anchor="ra")
        x -= draw.textlength(label, font=font) + 20


def _round_step(least: float) -> float:
    """The smallest 1, 2, 2.5 or 5 times a power of ten that is not below ``least``."""
    power = 10.0 ** math.floor(math.log10(least)) if least > 0 else 1.0
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= least)
