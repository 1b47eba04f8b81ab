"""What automatic re-prompting is worth: J&F with it and without, sequence by sequence.

    python benchmarks/refinement.py --data FOLDER --preset balanced

The true mask of the first frame is given. A firing is one time the segmenter was asked; harmful = its answer
was taken and overlaps the truth less than the propagated mask did.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])


from benchmarks.davis_sequence import DavisSequence, sequence_names
from benchmarks.embeddings import keep_embeddings
from benchmarks.report import shown
from benchmarks.watched import watch
from track_anything.drift.refine import SCHEDULED
from track_anything.errors import TrackAnythingError
from track_anything.models import DEFAULT_PRESET, PRESETS, Models, load_models

_HEADER = (
    f"{'sequence':<18}{'off':>8}{'on':>8}{'gain':>8}{'fired':>7}{'taken':>7}{'harmful':>9}{'on drift':>10}"
)


@dataclass(frozen=True)
class Comparison:
    """One sequence with re-prompting off and on.

    Attributes:
        name: of the sequence.
        off: J&F without.
        on: J&F with.
        fired: times the segmenter was asked.
        accepted: times its answer was taken.
        harmful: times that made the mask worse.
        on_drift: times it was asked because of drift, and not by schedule.
    """

    name: str
    off: float
    on: float
    fired: int
    accepted: int
    harmful: int
    on_drift: int

    def __str__(self) -> str:
        return (
            f"{self.name:<18}{self.off:8.3f}{self.on:8.3f}{self.on - self.off:+8.3f}{self.fired:7d}"
            f"{self.accepted:7d}{self.harmful:9d}{self.on_drift:10d}"
        )


def main(arguments: Sequence[str] | None = None, models: Models | None = None) -> int:
    """Run the benchmark; returns the exit code, 2 for what a user can mend."""
    options = _parse(arguments)
    try:
        models = models or load_models(
            engine="torch", preset=options.preset, wrap=keep_embeddings(options.embeddings)
        )
        print(f"{options.preset}\n{_HEADER}", flush=True)
        rows: list[Comparison] = []
        for name in options.sequences or sequence_names(options.data):
            rows.append(compare(DavisSequence.open(options.data, name), models))
            print(rows[-1], flush=True)
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(_mean(rows))
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", "utf-8")
    return 0


def compare(sequence: DavisSequence, models: Models) -> Comparison:
    """Track a sequence twice."""
    off = _scores(sequence, replace(models, refine_policy=None))
    on: list[float] = []
    fired = accepted = harmful = on_drift = 0
    for frame in shown(watch(sequence, models), f"{sequence.name}, on", len(sequence.scored)):
        on.append((frame.region + frame.boundary) / 2)
        fired += len(frame.result.firings)
        accepted += frame.is_accepted
        harmful += frame.is_harmed
        on_drift += sum(firing.reason != SCHEDULED for firing in frame.result.firings)
    return Comparison(sequence.name, fmean(off), fmean(on), fired, accepted, harmful, on_drift)


def _scores(sequence: DavisSequence, models: Models) -> list[float]:
    frames = shown(watch(sequence, models), f"{sequence.name}, off", len(sequence.scored))
    return [(frame.region + frame.boundary) / 2 for frame in frames]


def _mean(rows: Sequence[Comparison]) -> Comparison:
    """J&F as means over the sequences, counts as sums."""
    return Comparison(
        "mean",
        fmean(row.off for row in rows),
        fmean(row.on for row in rows),
        sum(row.fired for row in rows),
        sum(row.accepted for row in rows),
        sum(row.harmful for row in rows),
        sum(row.on_drift for row in rows),
    )


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="refinement.py", description="Automatic re-prompting on and off.")
    parser.add_argument("--data", type=Path, required=True, help="folder with JPEGImages/ and Annotations/")
    parser.add_argument("--sequences", type=lambda text: text.split(","), help="a,b,...; all when left out")
    parser.add_argument("--preset", choices=tuple(PRESETS), default=DEFAULT_PRESET)
    parser.add_argument("--embeddings", type=Path, help="folder that keeps embeddings for runs to come")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
