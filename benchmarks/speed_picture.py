"""Where the time of each way goes, as one bar per way with its stages beside each other."""

from collections.abc import Mapping
from pathlib import Path

_COLOURS = (
    "#1f5fa8", "#c8502d", "#2e8b57", "#7a4fa3", "#b08d1e", "#4aa3b5",
    "#d1748f", "#6b6b6b", "#94b447", "#31446b", "#e39c5b", "#b9b9b9", "#55301f",
)  # fmt: skip
_INCHES = 10.0, 0.55  # width, and height of a bar


def save_stages(path: Path, ways: Mapping[str, Mapping[str, float]]) -> None:
    """Draw seconds per frame by stage into a PNG file.

    Args:
        path: the file.
        ways: per title of a way, seconds per frame by stage; stages on threads of their own may overlap.
    """
    from matplotlib.figure import Figure

    stages = list(dict.fromkeys(stage for own in ways.values() for stage in own))
    figure = Figure((_INCHES[0], 1.4 + _INCHES[1] * len(ways)), layout="constrained")
    axes = figure.subplots()
    titles, begins = list(ways), [0.0] * len(ways)
    for place, stage in enumerate(stages):
        lengths = [own.get(stage, 0.0) for own in ways.values()]
        axes.barh(titles, lengths, left=begins, label=stage, color=_COLOURS[place % len(_COLOURS)])
        begins = [begin + length for begin, length in zip(begins, lengths, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("seconds per frame")
    figure.legend(loc="outside upper center", ncols=7, frameon=False, fontsize=9)
    figure.savefig(path)
