"""Scores as a table for people and as JSON for programs."""

from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import track

from benchmarks.evaluation import SequenceScore

Item = TypeVar("Item")

HEADER = (
    f"{'sequence':<20}{'J':>7}{'F':>7}{'J&F':>7}{'frames':>8}"
    f"{'fps':>7}{'mended/asked':>14}{'clicks':>8}{'MiB':>7}"
)
"""The columns of ``line``; mended/asked: refinements accepted and fired; MiB: peak resident memory so far."""


def shown(items: Iterable[Item], name: str, total: int) -> Iterator[Item]:
    """The items, with a progress bar on standard error that is gone in the end."""
    return iter(track(items, name, total, console=Console(stderr=True), transient=True))


def mean_of(scores: Sequence[SequenceScore]) -> SequenceScore:
    """J and F as means over the sequences; frames, seconds, refinements and clicks as sums."""
    return SequenceScore(
        name="mean",
        region=fmean(score.region for score in scores),
        boundary=fmean(score.boundary for score in scores),
        frames=sum(score.frames for score in scores),
        seconds=sum(score.seconds for score in scores),
        fired=sum(score.fired for score in scores),
        accepted=sum(score.accepted for score in scores),
        clicks=sum(score.clicks for score in scores),
        peak_rss_mib=max(score.peak_rss_mib for score in scores),
    )


def line(score: SequenceScore, *, is_timed: bool) -> str:
    """One row of the table; the speed is "-" where stored embeddings make it meaningless."""
    speed = f"{score.frames_per_second:.2f}" if is_timed else "-"
    mended = f"{score.accepted}/{score.fired}"
    return (
        f"{score.name:<20}{score.region:7.3f}{score.boundary:7.3f}{score.mean:7.3f}{score.frames:8d}"
        f"{speed:>7}{mended:>14}{score.clicks:8d}{score.peak_rss_mib:7.0f}"
    )


def to_json(score: SequenceScore, *, is_timed: bool) -> dict[str, Any]:
    """The same row by name; ``fps`` is null where ``line`` shows "-"."""
    return {
        "name": score.name,
        "J": score.region,
        "F": score.boundary,
        "J&F": score.mean,
        "frames": score.frames,
        "fps": score.frames_per_second if is_timed else None,
        "refinements_fired": score.fired,
        "refinements_accepted": score.accepted,
        "clicks": score.clicks,
        "peak_rss_mib": score.peak_rss_mib,
    }
