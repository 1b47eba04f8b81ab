"""Curves as panels, one above the other: over the frames of a run, or over anything else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

_SIZE = 9.0, 2.6  # inches of a panel
COLOURS = ("#1f5fa8", "#c8502d", "#2e8b57", "#7a4fa3")
"""Of curves and bars, in this order."""


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
    figure = Figure((_SIZE[0], _SIZE[1] * len(panels)), layout="constrained")
    grid = figure.subplots(len(panels), squeeze=False)
    for axes, panel in zip(grid[:, 0], panels, strict=True):
        axes.set_prop_cycle(color=COLOURS)
        axes.set_title(panel.title, loc="left", fontsize=10)
        for label, values in panel.curves.items():  # a curve without a name needs no legend
            places = panel.places or range(len(values))
            axes.plot(places[: len(values)], values, label=label)
        axes.set_ylim(bottom=panel.lowest)
        axes.margins(x=0)
        axes.grid(color="#d8d8d8")
        if any(panel.curves):
            axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=4, frameon=False, fontsize=9)
    figure.savefig(path)
