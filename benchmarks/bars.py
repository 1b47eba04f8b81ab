"""Figures side by side as bars, with intervals where they have any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from benchmarks.plot import COLOURS

_WIDTH = 9.0  # inches
_PER_BAR, _AROUND = 0.16, 0.9  # inches of height
_THICKNESS = 0.8  # share of the height that a label has


@dataclass(frozen=True)
class Bars:
    """One pair of axes with a row of bars per label.

    Attributes:
        title: what is shown, with its unit.
        labels: what each row is of, from the top.
        series: name to one value per label, 0 to 1; at most four.
        intervals: name to the lower and the upper ends, (2, labels), of those series that have them.
    """

    title: str
    labels: Sequence[str]
    series: Mapping[str, Sequence[float]]
    intervals: Mapping[str, Sequence[Sequence[float]]] | None = None


def save_bars(path: Path, panels: Sequence[Bars]) -> None:
    """Draw panels into a PNG file, one above the other."""
    heights = [_AROUND + _PER_BAR * len(panel.labels) * len(panel.series) for panel in panels]
    figure = Figure((_WIDTH, sum(heights)), layout="constrained")
    grid = figure.subplots(len(panels), squeeze=False, height_ratios=heights)
    for axes, panel in zip(grid[:, 0], panels, strict=True):
        places = np.arange(len(panel.labels))
        thickness = _THICKNESS / len(panel.series)
        for number, (name, values) in enumerate(panel.series.items()):
            at = places - _THICKNESS / 2 + (number + 0.5) * thickness
            axes.barh(at, values, thickness, label=name, color=COLOURS[number])
            if panel.intervals and name in panel.intervals:
                low, high = panel.intervals[name]
                axes.hlines(at, low, high, color="#202020", linewidth=2)
        axes.set_yticks(places, panel.labels, fontsize=9)
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.set_title(panel.title, loc="left", fontsize=10)
        axes.grid(axis="x", color="#d8d8d8")
        axes.set_axisbelow(True)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=4, frameon=False, fontsize=9)
    figure.savefig(path)
