"""J&F of every preset on the sequences that settings were chosen on and on the check set, as one table.

    python benchmarks/accuracy.py --data FOLDER [--presets fast,balanced] [--embeddings FOLDER] [--json FILE]
    python benchmarks/accuracy.py --data FOLDER --engine openvino --sequences chair,libby --clicks 0
    python benchmarks/accuracy.py --data FOLDER --clicks 0 --no-refine    # the segmenter never re-prompted

FOLDER holds ``davis2016-dev`` and ``video_extra``; ``make accuracy DATA=FOLDER`` does the same. The check set
is what the recipes of ``configs/`` leave out of training. The protocol is that of ``davis.py``: the first
frame is given, as its true mask or by simulated clicks, and the last is not scored.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

if not __package__:  # run as a file: find packages from the repository's root, as ``python -m`` does
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from rich.console import Console
from rich.progress import Progress

from benchmarks.davis_sequence import DavisSequence, sequence_names
from benchmarks.embeddings import keep_embeddings
from benchmarks.evaluation import SequenceScore, evaluate
from benchmarks.report import mean_of, to_json
from track_anything.errors import InputError, TrackAnythingError
from track_anything.models import ENGINES, PRECISIONS, PRESETS, Models, load_models

SEVEN, CHECK = "seven", "check"
_SEVEN_FOLDER = "davis2016-dev"
_CHECK_SEQUENCES = {
    "video_extra/tabletop_multi": ("mug_fork_brush", "stapler_scissors"),
    "video_extra/ucsd_motion": ("cyclists", "hockey", "surfers"),
    "video_extra/sbi2015": ("CAVIAR1", "HumanBody2", "PeopleAndFoliage"),
    "video_extra/pumavos_chair": ("chair",),
}
_PARTS = {"mug_fork_brush": "000[0-4]?"}
"""Which frames are read of a sequence whose last ones are of another size."""

LoadModels: TypeAlias = Callable[[str], Models]


@dataclass(frozen=True)
class Start:
    """What the first frame gives on which sequences.

    Attributes:
        sequences: ``SEVEN`` or ``CHECK``.
        clicks: most simulated clicks; 0 = the true masks.
    """

    sequences: str
    clicks: int

    @property
    def name(self) -> str:
        """As a column of the table."""
        given = "true mask" if not self.clicks else "1 click" if self.clicks == 1 else f"{self.clicks} clicks"
        return f"{self.sequences}, {given}"


STARTS = (Start(SEVEN, 0), Start(SEVEN, 1), Start(SEVEN, 3), Start(CHECK, 0))


@dataclass(frozen=True)
class Cell:
    """What one preset reached from one start.

    Attributes:
        preset: its name.
        start: what was given.
        scores: of every sequence.
    """

    preset: str
    start: Start
    scores: tuple[SequenceScore, ...]

    @property
    def mean(self) -> SequenceScore:
        """Over the sequences."""
        return mean_of(self.scores)


def main(arguments: Sequence[str] | None = None, load: LoadModels | None = None) -> int:
    """Run the benchmark.

    Args:
        arguments: of the command line; None = those of this process.
        load: makes the models of a preset instead of what the options name.

    Returns:
        The exit code: 0, or 2 for what a user can mend.
    """
    options = _parse(arguments)
    try:
        sequences = {name: open_sequences(options.data, name) for name in (SEVEN, CHECK)}
        if options.sequences:
            sequences = chosen(sequences, options.sequences)
        cells = list(measured(options.presets, options.clicks, sequences, load or _loader(options)))
    except TrackAnythingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(table(cells), by_sequence(cells), sep="\n\n")
    if options.json is not None:
        content = {
            "commit": _commit(),
            "precision": options.precision,
            "refine": options.refine,
            "cells": [as_json(cell) for cell in cells],
        }
        options.json.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    return 0


def open_sequences(data: Path, name: str) -> list[DavisSequence]:
    """The sequences of ``SEVEN`` or ``CHECK`` below a folder; InputError names what is missing."""
    if name == SEVEN:
        folder = data / _SEVEN_FOLDER
        return [DavisSequence.open(folder, each) for each in sequence_names(folder)]
    return [
        DavisSequence.open(data / folder, each, has_objects=True, pattern=_PARTS.get(each, "*"))
        for folder, names in _CHECK_SEQUENCES.items()
        for each in names
    ]


def chosen(sequences: dict[str, list[DavisSequence]], names: Sequence[str]) -> dict[str, list[DavisSequence]]:
    """Those of some names alone; InputError tells which there are."""
    known = [each.name for part in sequences.values() for each in part]
    if unknown := sorted({*names} - {*known}):
        raise InputError(f"there is no sequence {unknown[0]!r}: choose among {', '.join(known)}")
    return {name: [each for each in part if each.name in names] for name, part in sequences.items()}


def measured(
    presets: Sequence[str],
    clicks: Sequence[int],
    sequences: dict[str, list[DavisSequence]],
    load: LoadModels,
) -> Iterator[Cell]:
    """Every preset from every start of so many clicks, with a progress bar on standard error."""
    starts = [start for start in STARTS if start.clicks in clicks and sequences[start.sequences]]
    each_preset = sum(len(sequences[start.sequences]) for start in starts)
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("sequences", total=len(presets) * each_preset)
        for preset in presets:
            models = load(preset)
            for start in starts:
                scores = []
                for sequence in sequences[start.sequences]:
                    progress.update(task, description=f"{preset}, {start.name}: {sequence.name}")
                    scores.append(evaluate(sequence, models, clicks=start.clicks))
                    progress.advance(task)
                yield Cell(preset, start, tuple(scores))


def table(cells: Sequence[Cell]) -> str:
    """J&F (J / F) in Markdown: a row per preset, a column per start."""
    presets = list(dict.fromkeys(cell.preset for cell in cells))
    starts = list(dict.fromkeys(cell.start for cell in cells))
    by_place = {(cell.preset, cell.start): cell.mean for cell in cells}
    rows = [
        f"| `{preset}` | "
        + " | ".join(
            f"{mean.mean:.3f} ({mean.region:.3f} / {mean.boundary:.3f})"
            for mean in (by_place[preset, start] for start in starts)
        )
        + " |"
        for preset in presets
    ]
    return _markdown([start.name for start in starts], rows)


def by_sequence(cells: Sequence[Cell]) -> str:
    """J&F in Markdown: a row per sequence and start, a column per preset."""
    presets = list(dict.fromkeys(cell.preset for cell in cells))
    found: dict[tuple[Start, str], list[str]] = {}
    for cell in cells:
        for score in cell.scores:
            found.setdefault((cell.start, score.name), []).append(f"{score.mean:.3f}")
    rows = [f"| {name}, {start.name} | {' | '.join(means)} |" for (start, name), means in found.items()]
    return _markdown([f"`{preset}`" for preset in presets], rows)


def _markdown(columns: Sequence[str], rows: Sequence[str]) -> str:
    """A table of finished rows, whose first column has no name."""
    return "\n".join((f"| | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|", *rows))


def as_json(cell: Cell) -> dict[str, Any]:
    """One cell with all of its sequences; there is no speed, since embeddings may come from disk."""
    return {
        "preset": cell.preset,
        "sequences_of": cell.start.sequences,
        "clicks": cell.start.clicks,
        "mean": to_json(cell.mean, is_timed=False),
        "sequences": [to_json(score, is_timed=False) for score in cell.scores],
    }


def _loader(options: argparse.Namespace) -> LoadModels:
    wrap = keep_embeddings(options.embeddings, precision=options.precision)

    def load(preset: str) -> Models:
        return load_models(
            engine=options.engine,
            preset=preset,
            precision=options.precision,
            refine=options.refine,
            wrap=wrap,
        )

    return load


def _commit() -> str:
    """Of the working tree that this file is in; empty outside of one."""
    git = shutil.which("git")
    if git is None:
        return ""
    told = subprocess.run(  # noqa: S603  # fixed words
        [git, "describe", "--always", "--dirty"],
        cwd=Path(__file__).resolve().parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="accuracy.py", description="J&F of every preset as one table.")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with davis2016-dev/ and video_extra/"
    )
    parser.add_argument(
        "--presets", type=_presets, default=("fast", "balanced", "accurate"), help="a,b,...: some of them"
    )
    parser.add_argument(
        "--clicks", type=_clicks, default=(0, 1, 3), help="0,1,3 or some of them; 0 = from the true masks"
    )
    parser.add_argument(
        "--sequences", type=lambda text: text.split(","), help="a,b,...: some of them (default: all)"
    )
    parser.add_argument("--engine", choices=ENGINES, default="torch")
    parser.add_argument("--embeddings", type=Path, help="folder that keeps embeddings for runs to come")
    parser.add_argument("--precision", choices=PRECISIONS, default=PRECISIONS[0])
    parser.add_argument(
        "--no-refine", dest="refine", action="store_false", help="never re-prompt the segmenter"
    )
    parser.add_argument("--json", type=Path, help="file for the scores of every sequence")
    return parser.parse_args(arguments)


def _presets(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if unknown := [name for name in names if name not in PRESETS]:
        raise argparse.ArgumentTypeError(f"unknown preset {unknown[0]!r}; choose among {', '.join(PRESETS)}")
    return names


def _clicks(text: str) -> tuple[int, ...]:
    known = sorted({start.clicks for start in STARTS})
    chosen = tuple(each for each in known if str(each) in text.split(","))
    if len(chosen) != len(text.split(",")):
        raise argparse.ArgumentTypeError(f"{text!r}: choose among {', '.join(map(str, known))}")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
